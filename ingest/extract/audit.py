"""Read a page as its site's profile wants: through the container, whole, or both ways to compare."""

from collections import Counter
from dataclasses import dataclass, replace

from ingest.decide.site_profile import is_audit, renew, tell_through
from ingest.extract.article import Extraction, extract_fully
from ingest.extract.context import ExtractContext
from ingest.extract.profile import count_prose
from ingest.extract.sitecontainer import find_place, propose, widen
from ingest.extract.version import extraction_version
from ingest.model import Article, ArticleStatus, Entry, Page
from ingest.profiles import Observation, ProfileState, ProfileTask, Sight, SiteProfile, Through
from ingest.urls import dedupe_key

_LEAST_PROSE = 500  # characters: shorter articles teach nothing of where long ones stand


@dataclass(frozen=True, slots=True)
class _Given:
    page: Page
    entry: Entry | None
    context: ExtractContext


def extract_by_profile(
    page: Page, entry: Entry | None, context: ExtractContext, task: ProfileTask
) -> tuple[Extraction, Observation | None]:
    """The article, and what the page shows of the profile; None: nothing."""
    given, profile = _Given(page, entry, context), renew(task.profile, extraction_version())
    if context.site_rule is not None or context.is_further_part:
        return extract_fully(page, entry, context), None
    through = tell_through(profile)
    if through is not None and not (task.learns and is_audit(dedupe_key(page.url))):
        found = extract_fully(page, entry, replace(context, through=through))
        seen = _tell_use(found, page)
    else:
        found = extract_fully(page, entry, context)
        seen = _observe(given, found, profile) if task.learns else None
    is_new = seen is not None and task.learns
    return found, replace(seen, extractor=extraction_version()) if is_new and seen is not None else None


def _tell_use(found: Extraction, page: Page) -> Observation | None:
    """A page without an article shows nothing."""
    if found.cut is not None and found.cut.is_used:
        return Observation(sight=Sight.USED, url=page.url)
    if found.cut is None or not _is_telling(found):
        return None
    return Observation(sight=Sight.REFUSED, url=page.url, reason=found.cut.refusal or found.cut.doubt)


def _observe(given: _Given, found: Extraction, profile: SiteProfile) -> Observation | None:
    if found.page is None or found.choice is None or not _is_telling(found):
        return None
    if profile.state is ProfileState.DROPPED:
        is_there = find_place(found.page, profile.container) is not None if profile.container else True
        return Observation(sight=Sight.FOUND if is_there else Sight.MISSING, url=given.page.url)
    if (through := tell_through(profile)) is not None:
        return _compare(given, found, through)
    kept = [block.index for block in found.choice.blocks]
    container = propose(found.page, kept, profile.container)
    if not container:
        return Observation(sight=Sight.REFUSED, url=given.page.url, reason="no container has a name of its own")
    seen = _compare(given, found, Through(container))
    return replace(seen, wider=widen(found.page, kept, container)) if seen.sight is Sight.OTHER else seen


def _compare(given: _Given, whole: Extraction, through: Through) -> Observation:
    """Read the page again, through the container, and say whether the article is the same."""
    found = extract_fully(given.page, given.entry, replace(given.context, through=through))
    url, cut = given.page.url, found.cut
    if cut is None or not cut.is_used:
        reason = cut.refusal or cut.doubt if cut is not None else ""
        return Observation(sight=Sight.REFUSED, url=url, container=through.container, reason=reason)
    is_same = _plain(found.article) == _plain(whole.article) and found.next_url == whole.next_url
    return Observation(
        sight=Sight.SAME if is_same else Sight.OTHER,
        url=url,
        container=through.container,
        lost=count_lost(whole.article.text or "", found.article.text or ""),
        chars=count_prose(whole.choice) if whole.choice is not None else 0,
        outside=cut.outside,
    )


def count_lost(whole: str, other: str) -> int:
    """Characters of the first text's lines that the second has not, or not as often."""
    lost = Counter(whole.split("\n")) - Counter(other.split("\n"))
    return sum(len(line) * times for line, times in lost.items())


def _plain(article: Article) -> Article:
    """The article without what says how it was read."""
    return replace(article, removed=(), provenance={}, extractor="")


def _is_telling(found: Extraction) -> bool:
    """Whether the article is the page's own, and long enough to show where the site's articles stand."""
    choice, article = found.choice, found.article
    is_own = choice is not None and article.provenance.get("text") == choice.name
    return is_own and article.status is ArticleStatus.OK and choice is not None and count_prose(choice) >= _LEAST_PROSE
