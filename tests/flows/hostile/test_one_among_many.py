"""One hostile host among a hundred costs the others nothing: they are all stored while it still holds on."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from flows.batches import RoundPlan, run_round
from flows.children import WorkerLimits
from flows.mill import Mill
from flows.workers import Workers
from storage import articles
from storage.articles import ExportQuery

HOLDING = (str(Path(__file__).parents[1] / "odd_worker.py"),)  # a page with the mark below takes until told to end
POLITE = 99
LIMIT_SECONDS = 120.0  # of one job and one fetch: longer than the test, so that only the test lets go


def stored(mill: Mill) -> dict[str, list[str]]:
    """The articles' extractors by host."""
    found: dict[str, list[str]] = {}
    with mill.database.read() as session:
        for article in articles.export(session, ExportQuery()):
            found.setdefault(article["site"].partition(".")[0], []).append(article["extractor"])
    return found


async def until_polite_are_done(mill: Mill) -> dict[str, list[str]]:
    for _ in range(200):
        if len(stored(mill)) == POLITE:
            break
        await asyncio.sleep(0.2)
    return stored(mill)


async def test_pages_that_never_end_drip_and_explode_hold_up_nobody_else(hostile: Any, tmp_path: Path) -> None:
    """Design note: the other feeds of the same run are unaffected, in the worker pool and in the client."""
    web, let_go, limits = hostile.web, tmp_path / "let go", WorkerLimits(count=2, wall_seconds=LIMIT_SECONDS)
    held = f"<!-- hold until there is {let_go} -->".encode() + web.page("evil")
    evil = [web.articles("evil", held, of=4), web.articles("drip", of=4, **web.drip())]
    exploding = web.articles("bomb", **web.bomb_page("br"))
    polite = [web.articles(f"polite{number}") for number in range(POLITE - 1)]

    async with hostile.mill(fetch_timeout_seconds=LIMIT_SECONDS) as opened, Workers(limits, HOLDING) as workers:
        mill = replace(opened, workers=workers)
        await hostile.subscribe(mill, *evil, exploding, *polite)
        under_way = asyncio.create_task(run_round(mill, RoundPlan(poll_all=True)))
        try:
            meanwhile = await until_polite_are_done(mill)
        finally:
            let_go.touch()
            web.let_go.set()
            report = await under_way
        at_last = stored(mill)

    assert meanwhile.keys() == {f"polite{number}" for number in range(POLITE - 1)} | {"bomb"}
    assert report.bugs == 0
    assert len(at_last["evil"]) == 4
    assert at_last["bomb"] == ["feedmill-1/feed-content"]
