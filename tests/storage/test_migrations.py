"""Upgrades keep what is there: a database of the first schema, with data in it, becomes the present one."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import select, text

from ingest.filters import FilterAction, FilterField, FilterRule, KeptOut
from ingest.profiles import ProfileState, SiteProfile
from ingest.resemblance import signature
from storage import (
    archive,
    articles,
    blocks,
    filters,
    pages,
    profiles,
    removing,
    revisits,
    search,
    stories,
    tallies,
    told,
    yields,
)
from storage.tables import FEED
from storage.upgrade import config

ROWS = Path(__file__).parent / "samples" / "schema_0001.sql"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def old_database(own_database: Any) -> Any:
    """A database with the first schema and some rows."""
    with own_database.begin() as session:
        connection = session.connection()
        if own_database.revision() is not None:
            command.downgrade(config(connection), "base")
        command.upgrade(config(connection), "0001")
        for statement in ROWS.read_text(encoding="utf-8").split(";\n"):
            connection.execute(text(statement))
    return own_database


def test_articles_pages_and_feeds_of_the_first_schema_are_still_there(old_database: Any) -> None:
    old_database.upgrade()

    with old_database.begin() as session:
        exported = list(articles.export(session, articles.ExportQuery()))
        assert [(a["title"], a["text"], a["story_id"]) for a in exported] == [("A title", "Some words.", None)]
        pages = session.connection().execute(
            text("SELECT state, priority, first_fetched_at IS NOT NULL, revisit_at FROM page ORDER BY id")
        )
        assert [tuple(row) for row in pages] == [("done", 0, True, None), ("pending", 2, False, None)]
        assert session.connection().scalar(text("SELECT url FROM feed")) == "https://news.example/a.xml"


def test_an_upgraded_database_takes_copies_captures_and_revisits(old_database: Any) -> None:
    old_database.upgrade()

    words = " ".join(f"word{number}" for number in range(60))
    signed = signature(words)
    with old_database.begin() as session:
        assert stories.group(session.connection(), [stories.Signed(1, words, signed)]) == set()
        capture = archive.Capture(url="https://news.example/one", body=b"bytes", fetched_at=NOW)
        kept = archive.Archive()
        assert kept.keep(session, 1, kept.pack(session, 1, capture))
        assert revisits.queue(session, NOW, 10) == 0


def test_what_was_upgraded_agrees_with_the_models(old_database: Any) -> None:
    old_database.upgrade()
    assert old_database.check() == []


def test_an_upgraded_database_lets_its_articles_go_and_keeps_them_away(old_database: Any) -> None:
    old_database.upgrade()

    with old_database.begin() as session:
        assert search.rebuild(session) == 1  # the sample has rows alone
        going = removing.Going(1, NOW.replace(day=20, minute=1), "kept 1 day")
        assert removing.remove(session, [going], NOW).articles == 1
        again = pages.NewPage("https://news.example/one", 11, "news.example")
        assert pages.add_urls(session, [again], NOW) == 0
    with old_database.read() as session:
        assert session.connection().scalar(text("SELECT state FROM page WHERE id = 1")) == "removed"


def test_an_upgraded_database_takes_a_backfill_of_the_host_that_it_had(old_database: Any) -> None:
    old_database.upgrade()

    with old_database.begin() as session:
        job = (
            "INSERT INTO backfill (id, home_key, site, home_url, state, sources, files, uses_copies, orders, planned,"
            " requests, attempts, is_wait_asked, why, months_before, created_at, updated_at) VALUES (1, 7, 'a', 'a',"
            " 'running', '[]', '[]', FALSE, 1, 0, 0, 0, FALSE, '', '{}', '2026-11-21', '2026-11-21')"
        )
        walk = (
            "INSERT INTO backfill_walk (id, job_id, name, position, mark, progress, requests, found, attempts,"
            " is_wait_asked) VALUES (1, 1, 'sitemaps', 0, 1, '{}', 0, 0, 0, FALSE)"
        )
        find = (
            "INSERT INTO backfill_find (id, job_id, key, page_key, host, source, named_by, copies, is_preview,"
            " is_inside, state) VALUES (1, 1, 5, 5, 'news.example', 'sitemaps', 1, '[]', FALSE, FALSE, 'found')"
        )
        for statement in (job, walk, find, "DELETE FROM backfill"):
            session.connection().execute(text(statement))
        left = "SELECT (SELECT count(*) FROM backfill_walk) + (SELECT count(*) FROM backfill_find)"
        assert session.connection().scalar(text(left)) == 0
        assert session.connection().scalar(text("SELECT count(*) FROM site WHERE live_wanted_at IS NULL")) > 0


def test_an_upgraded_database_takes_filters_and_gives_them_up_again(old_database: Any) -> None:
    old_database.upgrade()

    with old_database.begin() as session:
        rule = FilterRule(action=FilterAction.EXCLUDE, field=FilterField.TITLE, value="words")
        number, _ = filters.add(session, rule, NOW)
        assert filters.keep_out(session, 2, "A title", KeptOut(str(rule), "why", number), NOW)
        assert not filters.keep_out(session, 1, "A title", KeptOut(str(rule), "why", number), NOW), "it is stored"
        command.downgrade(config(session.connection()), "0009")
        assert session.connection().scalar(text("SELECT state FROM page WHERE id = 2")) == "failed"
    old_database.upgrade()
    assert old_database.check() == []


def test_an_upgraded_database_tells_what_its_articles_gave_and_takes_a_saved_search(old_database: Any) -> None:
    old_database.upgrade()

    with old_database.begin() as session:
        [seen] = list(yields.glances(session, 10))
        assert (seen.host, seen.statuses) == ("news.example", ["ok"])
        session.connection().execute(
            text(
                "INSERT INTO saved_search (id, name, query, created_at, last_article_id, delivered, failures)"
                " VALUES (1, 'n', 'q', '2026-11-21', 1, 0, 0)"
            )
        )
        told.put(session, {"feedmill.feed.1": told.Told("silent", NOW)}, (), NOW)
        assert told.read(session)["feedmill.feed.1"].since == NOW


def test_an_upgraded_database_counts_and_knows_since_when_its_feeds_are_watched(old_database: Any) -> None:
    with old_database.begin() as session:
        connection = session.connection()
        command.upgrade(config(connection), "0011")
        quiet = "INSERT INTO feed (id, url, site_id, tags, created_at, status, failures, post_count, post_days, "
        quiet += "full_answers, moved_count, hints) SELECT 2, 'https://news.example/b.xml', site_id, tags, created_at,"
        quiet += " status, failures, post_count, post_days, full_answers, moved_count, hints FROM feed WHERE id = 1"
        entry = "INSERT INTO entry (id, feed_id, entry_key, fingerprint, first_seen_at) VALUES "
        entry += "(1, 1, 5, 5, '2026-11-20 12:30:00'), (2, 1, 6, 6, '2026-11-20 13:00:00')"
        for statement in (quiet, entry):
            connection.execute(text(statement))

    old_database.upgrade()

    with old_database.begin() as session:
        tallies.add(session, [tallies.Tally("articles", "", NOW, 2)])
        assert tallies.sums(session, "articles", (NOW, NOW.replace(hour=13))) == {"": 2}
        watched = session.connection().execute(select(FEED.c.watched_since).order_by(FEED.c.id)).scalars()
        assert list(watched) == [NOW.replace(day=20, minute=30), None]
        command.downgrade(config(session.connection()), "0011")
    old_database.upgrade()
    assert old_database.check() == []


def test_an_upgraded_database_keeps_site_profiles_and_learned_blocks_stay(old_database: Any) -> None:
    with old_database.begin() as session:
        connection = session.connection()
        command.upgrade(config(connection), "0012")
        block = "INSERT INTO learned_block (site_id, key, text, zone, state, reason, pages, of_pages, first_number,"
        block += " last_number, last_seen_at, changed_at, share, is_boxed, heads_links, misfits, is_mended)"
        block += " SELECT id, 7, 'A line.', 'tail', 'learned', 'r', 4, 4, 1, 4, '2026-11-20', '2026-11-20', 0.5,"
        connection.execute(text(block + " (1 = 0), (1 = 0), 0, (1 = 0) FROM site WHERE host = 'news.example'"))

    old_database.upgrade()

    profile = SiteProfile(container="div.text", state=ProfileState.DROPPED, agreed=5, reason="r", changed_at=NOW)
    with old_database.begin() as session:
        [known] = blocks.find(session, "news.example")
        site_id = blocks.find_site(session, "news.example")
        assert (known.block.text, profiles.load(session, site_id)) == ("A line.", SiteProfile())
        profiles.put_all(session, {site_id: profile})
        assert profiles.load(session, site_id) == profile
        command.downgrade(config(session.connection()), "0012")
    old_database.upgrade()
    assert old_database.check() == []
    with old_database.read() as session:
        assert profiles.find(session) == []
        assert [one.block.key for one in blocks.find(session)] == [7]
