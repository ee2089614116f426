"""What a backfill's finds come to: by state, by reason, by month."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import extract, func, select
from sqlmodel import Session

from storage.finds import REFUSED
from storage.tables import ARTICLE, BACKFILL_FIND

_FIND = BACKFILL_FIND.c


@dataclass(frozen=True, slots=True)
class Sums:
    """How many finds there are in each state, and why those that were refused were; ``refused_now``: by this order."""

    states: Mapping[str, int]
    refused: Mapping[str, int]
    refused_now: Mapping[str, int]


def sums(session: Session, job_id: int) -> Sums:
    """A job's finds by state, and its refusals by reason."""
    counted = select(_FIND.state, _FIND.reason, func.count().label("finds")).where(_FIND.job_id == job_id)
    by_state: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    refused_now: Counter[str] = Counter()
    for row in session.connection().execute(counted.group_by(_FIND.state, _FIND.reason)):
        by_state[row.state] += row.finds
        if row.state in REFUSED:
            refused[row.reason or "unknown"] += row.finds
        if row.state == "refused":
            refused_now[row.reason or "unknown"] += row.finds
    return Sums(by_state, refused, refused_now)


def months(session: Session, job_id: int) -> dict[str, int]:
    """How many finds of the window there are of each month, as far as their dates are known: "2024-05"."""
    dated = func.coalesce(_FIND.published_at, _FIND.latest_at)
    mine = (_FIND.job_id == job_id) & (_FIND.state != "outside")
    return _by_month(session, dated, mine)


def months_stored(session: Session, hosts: Collection[str]) -> dict[str, int]:
    """How many articles of these hosts are stored, by the month of their publication."""
    return _by_month(session, ARTICLE.c.published_at, ARTICLE.c.site.in_(sorted(hosts)))


def hosts(session: Session, job_id: int) -> set[str]:
    """The hosts of a job's finds."""
    return set(session.connection().scalars(select(_FIND.host).where(_FIND.job_id == job_id).distinct()))


def _by_month(session: Session, moment: Any, wanted: Any) -> dict[str, int]:
    # Postgres takes parts of a moment in the session's own zone; SQLite keeps them in UTC.
    in_utc = func.timezone("UTC", moment) if session.connection().dialect.name == "postgresql" else moment
    year, month = extract("year", in_utc), extract("month", in_utc)
    counted = select(year.label("year"), month.label("month"), func.count().label("articles"))
    rows = session.connection().execute(counted.where(wanted, moment.is_not(None)).group_by(year, month))
    return {f"{int(row.year):04}-{int(row.month):02}": row.articles for row in sorted(rows, key=tuple)}
