"""Nouns of ingest as JSON documents and columns, and back: entries, pacing hints, feed states."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from ingest.model import Enclosure, Entry, FailureKind, FeedState, FeedStatus, PacingHints, Validators

_TIMES = ("published_at", "updated_at")
_LISTS = ("authors", "tags")
_STATE_COLUMNS = (
    "url",
    "body_hash",
    "min_interval_seconds",
    "max_interval_seconds",
    "interval_seconds",
    "created_at",
    "last_polled_at",
    "last_changed_at",
    "failures",
    "failing_since",
    "post_count",
    "post_days",
    "window_entries",
    "full_answers",
    "moved_to",
    "moved_count",
    "moved_seen_at",
    "archive_url",
    "push_until",
)


def entry_document(entry: Entry) -> dict[str, Any]:
    """The entry as JSON, without what is not there."""
    document = {name: value for name, value in asdict(entry).items() if value}
    for name in _TIMES:
        if name in document:
            document[name] = document[name].isoformat()
    return document


def entry_of(document: dict[str, Any] | None) -> Entry | None:
    """The entry that ``entry_document`` wrote."""
    if document is None:
        return None
    values: dict[str, Any] = {"id": None, "url": None, **document}
    values |= {name: datetime.fromisoformat(values[name]) for name in _TIMES if name in values}
    values |= {name: tuple(values[name]) for name in _LISTS if name in values}
    values["enclosures"] = tuple(Enclosure(**enclosure) for enclosure in values.get("enclosures", ()))
    return Entry(**values)


def state_columns(state: FeedState) -> dict[str, Any]:
    """A feed's state as columns of ``feed``."""
    return {
        **{name: getattr(state, name) for name in _STATE_COLUMNS},
        "status": state.status.value,
        "etag": state.validators.etag,
        "last_modified": state.validators.last_modified,
        "validators_url": state.validators.url,
        "last_failure_kind": None if state.failure is None else state.failure.value,
        "last_failure_detail": state.failure_detail,
        "hints": _hints_document(state.hints),
    }


def state_of(row: Row[Any]) -> FeedState:
    """The state that a row of ``feed`` holds."""
    return FeedState(
        **{name: getattr(row, name) for name in _STATE_COLUMNS},
        status=FeedStatus(row.status),
        validators=Validators(row.etag, row.last_modified, row.validators_url),
        failure=None if row.last_failure_kind is None else FailureKind(row.last_failure_kind),
        failure_detail=row.last_failure_detail,
        hints=_hints_of(row.hints),
    )


def _hints_document(hints: PacingHints) -> dict[str, Any]:
    document = {
        "ttl_seconds": hints.ttl_seconds,
        "update_period_seconds": hints.update_period_seconds,
        "skip_hours": sorted(hints.skip_hours),
        "skip_days": sorted(hints.skip_days),
    }
    return {name: value for name, value in document.items() if value not in (None, [])}


def _hints_of(document: dict[str, Any]) -> PacingHints:
    return PacingHints(
        ttl_seconds=document.get("ttl_seconds"),
        update_period_seconds=document.get("update_period_seconds"),
        skip_hours=frozenset(document.get("skip_hours", ())),
        skip_days=frozenset(document.get("skip_days", ())),
    )
