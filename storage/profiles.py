"""Site profiles: where the articles of each site stand on its pages, one row a site."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select
from sqlmodel import Session

from ingest.profiles import ProfileState, SiteProfile
from storage.tables import PROFILE, SITE

_NAMES = tuple(field.name for field in fields(SiteProfile))


@dataclass(frozen=True, slots=True)
class HostProfile:
    """A profile and its host."""

    host: str
    profile: SiteProfile


def load(session: Session, site_id: int) -> SiteProfile:
    """A site's profile; one that knows nothing before it was learned."""
    row = session.connection().execute(select(PROFILE).where(PROFILE.c.site_id == site_id)).first()
    return _profile_of(row) if row is not None else SiteProfile()


def put_all(session: Session, profiles: Mapping[int, SiteProfile]) -> None:
    """Write profiles down by their sites' ids, in place of what was there."""
    if not profiles:
        return
    connection = session.connection()
    connection.execute(delete(PROFILE).where(PROFILE.c.site_id.in_(profiles)))
    connection.execute(insert(PROFILE), [{"site_id": site_id, **_plain(one)} for site_id, one in profiles.items()])


def find(session: Session, host: str | None = None) -> list[HostProfile]:
    """The profiles of all hosts, by host, or of one."""
    statement: Select[Any] = select(PROFILE, SITE.c.host).join(SITE, SITE.c.id == PROFILE.c.site_id)
    if host is not None:
        statement = statement.where(SITE.c.host == host)
    return [
        HostProfile(row.host, _profile_of(row)) for row in session.connection().execute(statement.order_by(SITE.c.host))
    ]


def _profile_of(row: Row[Any]) -> SiteProfile:
    values = {name: getattr(row, name) for name in _NAMES}
    return SiteProfile(**{**values, "state": ProfileState(row.state)})


def _plain(profile: SiteProfile) -> dict[str, Any]:
    return {**asdict(profile), "state": profile.state.value}
