"""A store that takes no more: the round ends at once, in one sentence, and the next does what it left."""

import logging

import pytest
from sqlalchemy import event

from flows.batches import RoundPlan, run_round
from storage import articles, pages
from storage.articles import ExportQuery
from storage.errors import Busy, DiskFull, lasting


def grow_no_more(connection, _record, _proxy):
    """What a full disk is to SQLite: no page beyond those that there are."""
    connection.execute("PRAGMA max_page_count = 1")


async def test_a_full_disk_ends_the_round_in_one_sentence_and_the_next_does_the_rest(world, caplog):
    async with world.mill() as mill:
        await world.subscribe(mill)
        event.listen(mill.database.engine, "checkout", grow_no_more)
        with caplog.at_level(logging.ERROR), pytest.raises(DiskFull, match="free some disk space"):
            await run_round(mill, RoundPlan(poll_all=True))
        assert caplog.records == [], "said once, by whoever asked for the round"
        event.remove(mill.database.engine, "checkout", grow_no_more)
        mill.database.dispose()

    world.clock.forward(minutes=5)  # the leases have ended
    report = await world.round()

    assert not report.bugs
    async with world.mill() as mill:
        with mill.database.read() as session:
            stored = [article["url"] or article["title"] for article in articles.export(session, ExportQuery())]
            assert pages.counts(session)["pending"] == 0
    assert len(stored) == len(set(stored)) > 50


def test_what_lasts_is_found_in_groups_and_a_lock_that_passes_does_not_last():
    full = DiskFull("full")
    assert lasting(ExceptionGroup("hosts", [ValueError(), ExceptionGroup("pages", [full])])) is full
    assert lasting(Busy("locked")) is None
    assert lasting(ValueError()) is None
