"""Backfills: what was asked for, how far each source was walked, and what became of all that was found."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

STATES = ("running", "waiting", "done", "cancelled", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A backfill as it stands. ``since`` and ``until`` are days in UTC, both included."""

    id: int
    site: str  # as it was asked for
    state: str  # one of STATES
    created_at: datetime
    updated_at: datetime
    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    uses_copies: bool = False
    requests: int = 0
    next_at: datetime | None = None
    why: str = ""


def list_jobs(session: Session) -> list[Job]:
    """All jobs, the newest first."""
    raise NotImplementedError


def get(session: Session, job_id: int) -> Job | None:
    """A job; None where there is none with this number."""
    raise NotImplementedError


def cancel(session: Session, job_id: int, now: datetime) -> Job | None:
    """Stop a job: who works on it ends with what is in hand, and pages that only it waits for are withdrawn.

    A job that has ended stays as it is. None where there is none with this number.
    """
    raise NotImplementedError
