"""What one more page changes of its site's profile: trust is earned by full runs, and one loss ends it."""

from dataclasses import replace
from datetime import datetime

from ingest.profiles import Observation, ProfileState, Sight, SiteProfile, Through, read_name

AGREEING = 5  # full runs in a row, before pages are read through a container
AUDIT_EVERY = 25  # pages
LEARNS_FROM = 25  # texts of a site: what learning costs, only some fifty pages save again
_MOST_TRIES = 25  # a site that has not settled by then has no container that all its pages share
_TEMPLATE_CHANGED = 10  # pages in a row that the container is not on, or that were refused


def is_worth_learning(profile: SiteProfile, texts: int) -> bool:
    """Whether a site with so many texts gives enough pages for a profile to pay."""
    return texts >= LEARNS_FROM or profile != SiteProfile()


def is_audit(page_key: int) -> bool:
    """Whether a page is read both ways although its site's profile is trusted: by its address, so that it stays so."""
    return page_key % AUDIT_EVERY == 0


def renew(profile: SiteProfile, extractor: str) -> SiteProfile:
    """The profile as far as it was learned with this version of the extractor; else one that knows nothing."""
    return profile if profile.extractor == extractor else SiteProfile(extractor=extractor)


def tell_through(profile: SiteProfile) -> Through | None:
    """What a site's pages may be read through; None as long as the profile is not trusted."""
    if profile.state is not ProfileState.TRUSTED:
        return None
    return Through(profile.container, profile.least_chars, profile.most_outside)


def learn(profile: SiteProfile, seen: Observation, now: datetime) -> SiteProfile:
    """The profile after one more page."""
    profile = renew(profile, seen.extractor)
    if profile.state is ProfileState.LEARNING:
        return _try_on(profile, seen, now)
    if profile.state is ProfileState.TRUSTED and seen.sight is Sight.OTHER and seen.container == profile.container:
        lost = f"{seen.lost} characters were missing" if seen.lost else "the article was another"
        return _drop(profile, f"dropped by an audit: {lost} on {seen.url}", now)
    if seen.sight in {Sight.REFUSED, Sight.MISSING}:
        return _miss(profile, now)
    if seen.sight is Sight.SAME and profile.state is ProfileState.TRUSTED:
        return replace(_with_limits(profile, seen), audits=profile.audits + 1, misses=0)
    return replace(profile, misses=0) if profile.misses else profile


def _try_on(profile: SiteProfile, seen: Observation, now: datetime) -> SiteProfile:
    if seen.sight not in {Sight.SAME, Sight.OTHER, Sight.REFUSED}:
        return profile
    tried = replace(profile, tries=profile.tries + 1, changed_at=profile.changed_at or now)
    if tried.tries >= _MOST_TRIES:
        return _drop(
            tried, f"dropped: after {tried.tries} pages no container has given {AGREEING} articles in a row", now
        )
    if seen.sight is Sight.REFUSED:
        return tried
    if seen.sight is Sight.OTHER:
        return _begin(tried, seen.wider, 0, f"another article through a smaller container on {seen.url}")
    if not _is_same_place(profile.container, seen.container):
        return _with_limits(_begin(tried, seen.container, 1, "learning"), seen)
    container = min(profile.container, seen.container, key=len)
    agreed = replace(_with_limits(tried, seen), container=container, agreed=profile.agreed + 1, reason="learning")
    if agreed.agreed < AGREEING:
        return agreed
    reason = f"{agreed.agreed} full runs in a row gave the same article"
    return replace(agreed, state=ProfileState.TRUSTED, reason=reason, misses=0, changed_at=now)


def _is_same_place(known: str, seen: str) -> bool:
    """Whether two names mean one container: the same, but for classes that one of them leaves out."""
    *place, classes = read_name(known)
    *other, others = read_name(seen)
    return place == other and (classes <= others or others <= classes)


def _begin(profile: SiteProfile, container: str, agreed: int, reason: str) -> SiteProfile:
    return replace(profile, container=container, agreed=agreed, least_chars=0, most_outside=0, reason=reason)


def _with_limits(profile: SiteProfile, seen: Observation) -> SiteProfile:
    least = min(profile.least_chars or seen.chars, seen.chars)
    return replace(profile, least_chars=least, most_outside=max(profile.most_outside, seen.outside))


def _drop(profile: SiteProfile, reason: str, now: datetime) -> SiteProfile:
    return replace(profile, state=ProfileState.DROPPED, reason=reason, misses=0, changed_at=now)


def _miss(profile: SiteProfile, now: datetime) -> SiteProfile:
    if profile.misses + 1 < _TEMPLATE_CHANGED:
        return replace(profile, misses=profile.misses + 1)
    reason = f"learnt anew: {_TEMPLATE_CHANGED} pages in a row did not fit {profile.container or 'any container'}"
    return SiteProfile(reason=reason, extractor=profile.extractor, changed_at=now)
