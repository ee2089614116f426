"""A site's memory as it is kept, and stored texts that are rewritten without a revision."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from sqlalchemy import insert

from ingest.blocks import (
    BlockState,
    LearnedBlock,
    MemoryChange,
    SeenLine,
    Sighting,
    Trait,
    Zone,
    pack_page,
)
from ingest.model import Removal, SaveOutcome
from ingest.resemblance import signature
from storage import blocks, feeds, search, texts
from storage.dialects import writing
from storage.search import SearchQuery
from storage.tables import ARTICLE, BLOCK, PAGE, PAGE_TEXT, REVISION, SITE
from storage.upgrade import config

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PITCH = "Write to us if you have seen the crane at work."


def block(key=7, **changes):
    plain = {
        "key": key, "digits": 0, "text": PITCH, "zone": Zone.TAIL, "state": BlockState.LEARNED, "is_boxed": True,
        "reason": "12 of 12 texts", "pages": 12, "window": 12, "first_number": 1, "last_number": 12, "share": 0.95,
        "last_seen_at": NOW, "changed_at": NOW,
    }  # fmt: skip
    return LearnedBlock(**{**plain, **changes})


def page_lines(page_id, number, keys=(7, -3)):
    lines = tuple(SeenLine(key, key & 0xFFFF, 90, Trait.PROSE | Trait.BOXED) for key in keys)
    return pack_page(Sighting(lines, (1, 2**32 - 1)), page_id, number, number)


@pytest.fixture
def pages(newsroom):
    """The ids of four waiting pages of one host, and the host's own."""
    feed_id = newsroom.subscribe()
    newsroom.poll(feed_id, *(newsroom.seen(name) for name in ("one", "two", "three", "four")))
    with newsroom.database.read() as session:
        site_id = blocks.find_site(session, "news.example")
    return site_id, [page.page_id for page in newsroom.waiting()]


def record(newsroom, site_id, page, oldest=0, **changes):
    with newsroom.database.begin() as session:
        blocks.record(session, site_id, MemoryChange(page, oldest, **changes))


def load(newsroom, site_id):
    with newsroom.database.read() as session:
        return blocks.load(session, site_id)


def test_a_memory_comes_out_as_it_went_in(newsroom, pages):
    site_id, [one, two, *_] = pages
    record(newsroom, site_id, page_lines(two, 1))
    record(newsroom, site_id, page_lines(one, 2), written=[block(), block(-(2**63), digits=None, zone=Zone.HEAD)])

    memory = load(newsroom, site_id)

    assert memory.pages == (page_lines(two, 1), page_lines(one, 2))
    assert memory.blocks == {7: block(), -(2**63): block(-(2**63), digits=None, zone=Zone.HEAD)}


def test_a_page_read_again_replaces_itself_and_old_ones_go(newsroom, pages):
    site_id, [one, two, three, _] = pages
    for number, page_id in enumerate((one, two, three), start=1):
        record(newsroom, site_id, page_lines(page_id, number))
    record(newsroom, site_id, page_lines(two, 4), oldest=3)

    assert [page.page_id for page in load(newsroom, site_id).pages] == [three, two]


def test_blocks_are_replaced_and_dropped_by_key(newsroom, pages):
    site_id, [one, *_] = pages
    record(newsroom, site_id, page_lines(one, 1), written=[block(1), block(2), block(3)])
    record(newsroom, site_id, page_lines(one, 2), written=[block(2, pages=40)], dropped=frozenset({3}))

    assert load(newsroom, site_id).blocks == {1: block(1), 2: block(2, pages=40)}


def test_what_an_operator_keeps_stays_so_whatever_a_run_writes(newsroom, pages):
    site_id, [one, *_] = pages
    record(newsroom, site_id, page_lines(one, 1), written=[block()])
    with newsroom.database.begin() as session:
        assert blocks.keep(session, "news.example", 7, NOW).state is BlockState.KEPT
        assert blocks.keep(session, "news.example", 8, NOW) is None
        assert blocks.keep(session, "other.example", 7, NOW) is None
    record(newsroom, site_id, page_lines(one, 2), written=[block(pages=50)])
    record(newsroom, site_id, page_lines(one, 3), dropped=frozenset({7}))

    assert load(newsroom, site_id).blocks[7].state is BlockState.KEPT


def test_a_page_whose_feed_was_removed_meanwhile_leaves_no_lines(newsroom, pages):
    site_id, [one, *_] = pages
    record(newsroom, site_id, page_lines(one + 1_000, 1), written=[block()])

    assert load(newsroom, site_id).pages == ()


def test_a_memory_goes_with_its_pages(newsroom, pages):
    site_id, [one, *_] = pages
    record(newsroom, site_id, page_lines(one, 1))
    with newsroom.database.begin() as session:
        feeds.remove(session, "https://news.example/a.xml")

    assert newsroom.rows(PAGE_TEXT) == []


def test_blocks_are_found_by_host_and_by_the_moment_of_their_change(newsroom, pages):
    site_id, [one, *_] = pages
    record(
        newsroom,
        site_id,
        page_lines(one, 1),
        written=[block(1, pages=3), block(2), block(3, changed_at=NOW - timedelta(days=3))],
    )
    with newsroom.database.read() as session:
        found = {"all": blocks.find(session), "late": blocks.find(session, since=NOW - timedelta(days=1))}
        other = blocks.find(session, "other.example")

    assert [one.block.key for one in found["all"]] == [2, 3, 1]
    assert [(one.host, one.block.key) for one in found["late"]] == [("news.example", 2), ("news.example", 1)]
    assert other == []


def test_sites_with_texts_to_mend_are_found_until_they_are_mended(newsroom, pages):
    site_id, [one, *_] = pages
    record(newsroom, site_id, page_lines(one, 1), written=[block(1), block(2, state=BlockState.GONE)])
    with newsroom.database.begin() as session:
        before = blocks.unmended(session)
        blocks.mark_mended(session, site_id, {1}, BlockState.KEPT)
        unchanged = blocks.unmended(session)
        blocks.mark_mended(session, site_id, {1}, BlockState.LEARNED)
        after = blocks.unmended(session)

    assert (before, unchanged, after) == ([(site_id, "news.example")], [(site_id, "news.example")], [])


def test_a_site_with_texts_and_no_memory_is_found_until_it_has_one(newsroom, pages):
    site_id, [one, *_] = pages
    for page in newsroom.waiting():
        newsroom.save(page)
    with newsroom.database.read() as session:
        assert blocks.untaught(session, 4) == [(site_id, "news.example")]
        assert blocks.untaught(session, 5) == []
    record(newsroom, site_id, page_lines(one, 1))
    with newsroom.database.read() as session:
        assert blocks.untaught(session, 4) == []


# --- texts -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def story(newsroom):
    """One stored article whose text ends in furniture."""
    newsroom.poll(newsroom.subscribe(), newsroom.seen("one"))
    [page] = newsroom.waiting()
    newsroom.save(page, f"The crane turned.\n\n{PITCH}", authors=("Nora Field",))
    return page


def hits(newsroom, words):
    with newsroom.database.read() as session:
        return [hit.article_id for hit in search.search(session, SearchQuery(text=words))]


def test_a_text_is_rewritten_without_a_revision_and_search_and_export_follow(newsroom, story):
    with newsroom.database.begin() as session:
        [before] = texts.of_pages(session, [story.page_id])
        after = replace(before, text="The crane turned.", removed=(Removal("learned/7", PITCH),), content_hash="new")
        assert texts.replace(session, [(before, after)]) == 1
    [article] = newsroom.exported()

    assert (article["text"], article["word_count"], article["revision"]) == ("The crane turned.", 3, 1)
    assert article["removed"] == [{"rule": "learned/7", "text": PITCH}]
    assert article["cursor"] == 2
    assert newsroom.rows(REVISION) == []
    assert (hits(newsroom, "turned"), hits(newsroom, "seen")) == ([article["id"]], [])


def test_texts_that_only_furniture_made_alike_are_one_story_no_more(newsroom):
    furniture = " ".join(f"Word {number} of what the page prints below." for number in range(30))
    own = {
        "one": "The crane on the quay turned at noon, and all the children of the town stood by.",
        "two": "A new baker has taken the shop behind the church; his bread is said to be good.",
    }
    newsroom.poll(newsroom.subscribe(), *map(newsroom.seen, own))
    pages = newsroom.waiting()
    for page, text in zip(pages, own.values(), strict=True):
        newsroom.save(page, f"{text}\n\n{furniture}")
    assert {article["is_duplicate_of"] for article in newsroom.exported()} == {None, 1}

    with newsroom.database.begin() as session:
        before = texts.of_pages(session, [page.page_id for page in pages])
        plain = [text.text.partition("\n")[0] for text in before]
        after = [replace(old, text=new, signature=signature(new)) for old, new in zip(before, plain, strict=True)]
        texts.replace(session, zip(before, after, strict=True))

    assert {(article["story_id"], article["is_duplicate_of"]) for article in newsroom.exported()} == {(None, None)}


def test_a_text_that_has_changed_meanwhile_is_left_alone(newsroom, story):
    with newsroom.database.begin() as session:
        [before] = texts.of_pages(session, [story.page_id])
        stale = replace(before, text="Another text.")
        assert texts.replace(session, [(stale, replace(stale, text="Nothing."))]) == 0
    assert newsroom.exported()[0]["text"].endswith(PITCH)


def test_a_host_s_texts_come_newest_first_a_portion_at_a_time(newsroom):
    newsroom.poll(newsroom.subscribe(), *(newsroom.seen(name) for name in ("one", "two", "three")))
    for page in newsroom.waiting():
        newsroom.save(page, f"On {page.url}.")
    with newsroom.database.read() as session:
        first = texts.of_site(session, "news.example", limit=2)
        rest = texts.of_site(session, "news.example", below=first[-1].article_id, limit=2)

    assert [text.article_id for text in (*first, *rest)] == [3, 2, 1]
    assert [text.page_id for text in (*first, *rest)] == [3, 2, 1]


def test_authors_that_only_the_text_named_are_none_for_cleaning(newsroom):
    newsroom.poll(newsroom.subscribe(), newsroom.seen("one"), newsroom.seen("two"))
    one, two = newsroom.waiting()
    newsroom.save(one, authors=("Nora Field",))
    newsroom.save(two, authors=("Nora Field",), provenance={"authors": "text"})
    with newsroom.database.read() as session:
        found = texts.of_pages(session, [one.page_id, two.page_id])

    assert {text.page_id: text.authors for text in found} == {one.page_id: ("Nora Field",), two.page_id: ()}


@pytest.mark.parametrize("rule", ["learned/0000000000000007", "language/en/share/share"])
def test_a_page_read_again_without_its_furniture_is_the_same_article_in_a_better_text(newsroom, story, rule):
    outcome = newsroom.save(story, "The crane turned.", removed=(Removal(rule, PITCH),))
    [article] = newsroom.exported()

    assert outcome is SaveOutcome.SAME
    assert (article["text"], article["revision"]) == ("The crane turned.", 1)
    assert newsroom.rows(REVISION) == []
    assert hits(newsroom, "seen") == []


def test_a_page_read_again_with_what_was_no_furniture_after_all_gets_it_back(newsroom, story):
    newsroom.save(story, "The crane turned.", removed=(Removal("learned/7", PITCH),))
    outcome = newsroom.save(story, f"The crane turned.\n\n{PITCH}")

    assert outcome is SaveOutcome.SAME
    assert newsroom.exported()[0]["text"].endswith(PITCH)


def test_an_edit_is_a_revision_though_furniture_went_as_well(newsroom, story):
    outcome = newsroom.save(story, "The crane turned twice.", removed=(Removal("learned/7", PITCH),))

    assert outcome is SaveOutcome.REVISED
    assert newsroom.exported()[0]["revision"] == 2


ARTICLE_ROW = {
    "id": 1, "cursor": 1, "site": "news.example", "authors": [], "published_source": "none", "first_seen_at": NOW,
    "fetched_at": NOW, "text": "The crane turned.", "tags": [], "word_count": 3, "status": "ok", "extractor": "",
    "removed": [], "content_hash": "old", "provenance": {}, "revision": 1,
}  # fmt: skip
WRITER = """
pipe.send("ready")
number = pipe.recv()
from ingest.blocks import MemoryChange, Sighting, SeenLine, Trait, pack_page
from storage import blocks
for turn in range(20):
    page = pack_page(Sighting((SeenLine(turn, 0, 90, Trait(0)),)), 1 + (2 * turn + number) % 4, 100 * number + turn, 1)
    with database.begin() as session:
        blocks.record(session, 1, MemoryChange(page, 0))
pipe.send("done")
"""


def test_two_writers_at_once_lose_nothing_but_what_they_replace(newsroom, pages, programs):
    site_id, page_ids = pages
    for program in programs.start_together(WRITER, 2):
        assert program.answer() == "done"

    assert {page.page_id for page in load(newsroom, site_id).pages} == set(page_ids)


def test_both_tables_are_bounded_by_the_memory(newsroom, pages):
    site_id, page_ids = pages
    for number in range(1, 200):
        record(
            newsroom, site_id, page_lines(page_ids[number % 4], number), oldest=number - 3, written=[block(number % 5)]
        )

    assert len(newsroom.rows(PAGE_TEXT)) == 4
    assert len(newsroom.rows(BLOCK)) == 5


def test_a_store_of_the_first_schema_keeps_its_articles_and_can_be_taught(own_database):
    with writing(own_database.engine).begin() as connection:
        command.downgrade(config(connection), "0001")
    assert not own_database.is_current()
    with own_database.begin() as session:
        connection = session.connection()
        connection.execute(insert(SITE).values(id=1, host="news.example", is_hold_asked=False))
        connection.execute(insert(ARTICLE).values(ARTICLE_ROW))
        plain = {"state": "done", "priority": 0, "attempts": 0, "robots_tags": [], "created_at": NOW}
        connection.execute(insert(PAGE).values(id=1, site_id=1, page_key=1, article_id=1, **plain))

    own_database.upgrade()

    assert own_database.check() == []
    with own_database.begin() as session:
        assert [text.text for text in texts.of_site(session, "news.example")] == ["The crane turned."]
        assert blocks.untaught(session, 1) == [(1, "news.example")]
        blocks.record(session, 1, MemoryChange(page_lines(1, 1), 0, (block(),)))
        assert blocks.load(session, 1).blocks == {7: block()}
