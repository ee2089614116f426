"""The nightly run's sentences, and its list of what sites taught."""

from datetime import UTC, datetime

from flows.outcomes import Lessons
from flows.reports.upkeep import lessons_markdown, retention_sentence, upkeep_sentence
from ingest.blocks import BlockState, LearnedBlock, Zone
from storage.blocks import SiteBlock
from storage.removing import Removed


def test_one_article_is_not_many():
    one = {"articles": 1, "database_bytes": 2_000_000}
    assert upkeep_sentence(one, {"healthy": 1}) == "1 article in 2.0 MB; feeds: 1 healthy"
    assert retention_sentence(Removed(articles=1, revisions=1, captures=1)).startswith(
        "1 article went, and 1 earlier version; with them 1 capture of the archive"
    )


def test_many_have_their_commas():
    many = {"articles": 12_345, "database_bytes": 2_000_000}
    assert upkeep_sentence(many, {"failing": 2, "healthy": 4_000}).startswith(
        "12,345 articles in 2.0 MB; feeds: 2 failing, 4,000"
    )
    assert retention_sentence(Removed(articles=2_000), is_foretold=True).startswith(
        "2,000 articles would go, and 0 earlier versions"
    )


def test_no_learned_line_breaks_the_list(title, rendered):
    block = LearnedBlock(
        key=1,
        digits=None,
        text=title,
        zone=next(iter(Zone)),
        state=BlockState.LEARNED,
        reason=title,
        pages=3,
        window=3,
        first_number=1,
        last_number=3,
        last_seen_at=datetime(2026, 11, 21, tzinfo=UTC),
        changed_at=datetime(2026, 11, 21, tzinfo=UTC),
    )
    page = rendered(lessons_markdown([SiteBlock("a.example", block)], Lessons()))
    assert len(list(page.iter("h1", "h2"))) == 1
    assert len(list(page.iter("li"))) == 1
    assert list(page.iter("a", "img", "table")) == []
