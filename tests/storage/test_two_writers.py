"""Two programs that write at once, a flow and commands: nobody is turned away, and nothing is lost."""

import os
from typing import Any

from sqlalchemy import func, select

from storage import search, tables

TURNS = int(os.environ.get("FEEDMILL_TEST_WRITES", "12"))  # a thousand take a minute or more
SHOWN = 10

# What it sends next, it has committed. Both store the pages of "shared" entries, too.
FLOW = """
    import asyncio
    from flows.steps.store_page import PageHarvest, store_pages
    from flows.writer import Writer
    from storage.archive import Archive

    def harvest(page):
        record = newsroom.record(page, f"Words of the flow about {page.url}.")
        return PageHarvest(record=record, archive=Archive(), stored_at=NOW)

    async def work(feed_id, turns):
        async with Writer(database) as writer:
            for turn in range(turns):
                names = [f"shared-{turn}", *(f"flow-{turn}-{number}" for number in range(SHOWN - 1))]
                seen = tuple(newsroom.seen(name) for name in names)
                record = feeds.PollRecord(feed_id=feed_id, decision=newsroom.decision(feed_id), now=NOW, seen=seen)
                await writer.apply(lambda session: feeds.record_poll(session, record))
                harvests = [harvest(page) for page in newsroom.waiting()]
                await asyncio.gather(*(writer.apply_to(store_pages, one) for one in harvests))
                pipe.send("flow")

    pipe.send("ready")
    pipe.recv()
    asyncio.run(work(1, TURNS))
    pipe.send("done")
"""
COMMANDS = """
    from storage import pages
    from storage.pages import NewPage

    pipe.send("ready")
    pipe.recv()
    for turn in range(TURNS):
        newsroom.subscribe(f"feed-{turn}", host=f"host-{turn}.example")
        newsroom.poll(2, newsroom.seen(f"shared-{turn}"), newsroom.seen(f"command-{turn}", host="else.example"))
        for page in newsroom.waiting("else.example"):
            newsroom.save(page, f"Words of a command about {page.url}.")
        with database.begin() as session:
            url = f"https://asked.example/{turn}"
            pages.add_urls(session, [NewPage(url, turn, "asked.example")], NOW)
        if turn % 5 == 0:
            database.tidy()
        pipe.send("command")
    pipe.send("done")
"""


def run(programs: Any, *codes: str) -> None:
    """Run them at once until all are done. One that fails ends without a word."""
    running = [programs.start(f"\n    TURNS, SHOWN = {TURNS}, {SHOWN}{code}") for code in codes]
    for program in running:
        assert program.answer() == "ready"
    for program in running:
        program.pipe.send("go")
    for program in running:
        while program.answer() != "done":
            pass


def test_a_flow_and_commands_that_write_at_once_lose_nothing(newsroom: Any, programs: Any) -> None:
    newsroom.subscribe("one")
    newsroom.subscribe("two", host="else.example")

    run(programs, FLOW, COMMANDS)

    for page in newsroom.waiting():  # shared ones that a command's poll brought when the flow had looked
        newsroom.save(page)
    articles = newsroom.exported()
    assert len(articles) == (SHOWN + 1) * TURNS
    assert len({article["url"] for article in articles}) == len(articles)
    assert len({article["cursor"] for article in articles}) == len(articles)
    with newsroom.database.read() as session:
        connection = session.connection()
        assert connection.scalar(select(func.count()).select_from(tables.FEED)) == TURNS + 2
        shared = select(func.count()).select_from(tables.ARTICLE_FEED).group_by(tables.ARTICLE_FEED.c.article_id)
        assert sorted(connection.scalars(shared)) == [1] * SHOWN * TURNS + [2] * TURNS
        assert len(search.search(session, search.SearchQuery(text="command words", limit=10_000))) == TURNS


NEVER_PAUSES = """
    import time
    from storage.dialects import take_turn
    pipe.send("ready")
    transactions = 0
    while not pipe.poll():
        with database.begin() as session:
            take_turn(session.connection())
            time.sleep(0.06)
        transactions += 1
    pipe.send(transactions)
"""


def test_a_writer_that_never_pauses_lets_others_in(newsroom: Any, programs: Any) -> None:
    busy = programs.start(NEVER_PAUSES)
    assert busy.answer() == "ready"

    for number in range(10):
        newsroom.subscribe(f"feed-{number}")

    busy.pipe.send("stop")
    assert busy.answer() < 150  # 600 and more, where the others only look ten times a second
