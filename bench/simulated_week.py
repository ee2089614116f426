"""Two weeks of the sample newsroom in minutes: real flows under a real Prefect server, by a clock that is turned.

Leaves every artifact that the dashboard can show, to be looked at: `python bench/simulated_week.py --data-dir D --stay`
keeps the server up. On the way one site renames all its classes, one hides most of its text from us in a new template
(at the end somebody writes it a rule), one feed's server breaks down, one publishes whatever a title could do harm
with, and on the last day several tell the same stories.
"""

import argparse
import asyncio
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from html import escape
from pathlib import Path
from types import ModuleType

PROJECT = Path(__file__).resolve().parent.parent
START = datetime(2026, 11, 2, 0, 30, tzinfo=UTC)
DAY = timedelta(days=1)
CHANGED, BROKEN = START + 9 * DAY, START + 11 * DAY  # so that the last night sees five changed days of seven
EVIL_HOST = "evil.localhost"
NEW_TEMPLATE = (  # no rule by class fits any more, and none by words but what was learned
    (b'class="', b'class="x-'),
    (b"Written by ", b""),
    (b"By ", b""),
    (b"About the author", b"Who wrote this"),
)
# The other one takes what comes after the first paragraph for what readers say: so do we, until a rule says otherwise.
AFTER_FIRST = re.compile(
    rb'(<p class="written-by">.*?</p>\s*<p>.*?</p>)(.*?)(?=<div class="(?:house-line|share-box))', re.DOTALL
)
SITE_RULE = "body: //div[contains(@class, 'entry-content')]/p | //div[@class='comments']/p\n"
SENT = START + 15 * DAY + timedelta(hours=18)  # a day before the last stories that several tell
LEFT_OUT = ("atelier", "chaguan", "forum", "gazette", "plaza")  # after hours each brings hundreds of older entries too
EVIL_TITLES = (
    "A [link](javascript:alert(1)) and ![a picture](x) | a cell | `code` **bold** # head",
    "<script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\"><b>bold</b>",
    "\x1b[2J\x1b[31mred\x07 \u202egnirts a si siht\u202c end",
    "عنوان من اليمين إلى اليسار مع English في الوسط 123",
    "日本語の見出しはとても長いので途中で切れるはずですがどこで切れるのでしょうか日本語の見出し",
    "long " * 2_000,
    "```\n~~~\n<!-- comment --> <details> --- ***\n| a | b |\n|---|---|",
)


@dataclass
class TurnedClock:
    """Time that moves when told."""

    now: datetime = START

    def __call__(self) -> datetime:
        """The moment that it stands at."""
        return self.now


def moments(first: int, days: int) -> Iterator[datetime]:
    """When a round runs: once a day, and four times on the last one."""
    for day in range(first, days):
        a_day = 4 if day == days - 1 else 1
        for number in range(a_day):
            yield START + day * DAY + number * DAY / a_day + timedelta(minutes=11 * (day % 3))


def bend_the_world() -> None:
    """Let the newsroom's server also answer for what goes wrong in the two weeks."""
    from flows.sample import server, world
    from flows.sample.answers import Answer, Asked, answer
    from flows.sample.articles import Article
    from flows.sample.sites import Site
    from flows.sample.world import Newsroom

    def bent(newsroom: Newsroom, asked: Asked, now: datetime) -> Answer:
        if asked.host == EVIL_HOST:
            return Answer(body=_evil(asked, now), headers={"Content-Type": _evil_type(asked)})
        if asked.host.startswith("kitchen") and now >= BROKEN and "feeds" in asked.path:
            return Answer(status=503)
        found = answer(newsroom, asked, now)
        if asked.host.startswith("harbour") and now >= CHANGED:
            return replace(found, body=_in_new_template(found.body))
        if asked.host.startswith("wire") and now >= CHANGED:
            return replace(found, body=AFTER_FIRST.sub(rb'\1<div class="comments">\2</div>', found.body))
        return found

    server.answer = bent  # type: ignore[attr-defined]
    told = world.syndicate

    def sent_late(sites: Sequence[Site], started_at: datetime, seed: int) -> list[Article]:
        return told(sites, started_at + (SENT - START), seed)

    world.syndicate = sent_late  # type: ignore[attr-defined]


def _in_new_template(body: bytes) -> bytes:
    for old, new in NEW_TEMPLATE:
        body = body.replace(old, new)
    return body


def _evil_type(asked: "object") -> str:
    return "application/rss+xml" if getattr(asked, "path", "") == "/feed.xml" else "text/html; charset=utf-8"


def _evil(asked: "object", now: datetime) -> bytes:
    path, port = getattr(asked, "path", ""), getattr(asked, "port", 0)
    day = (now - START).days
    if path != "/feed.xml":
        words = " ".join(f"word{number}" for number in range(80))
        return f"<html><body><article><h1>{escape(EVIL_TITLES[0])}</h1><p>{words}</p></article></body></html>".encode()
    items = "".join(
        f"<item><title>{escape(escape(title) if number == 1 else title)}</title><guid>{day}-{number}</guid>"
        f"<link>http://{EVIL_HOST}:{port}/{day}/{number}</link>"
        f"<pubDate>{now - timedelta(minutes=20 + number):%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for number, title in enumerate(title.replace("\x1b", "").replace("\x07", "") for title in EVIL_TITLES)
    )
    title = escape(EVIL_TITLES[0] + " " + EVIL_TITLES[1])
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'.encode()


def environment(folder: Path, port: int) -> dict[str, str]:
    """What the server and the flows are told."""
    return {
        "DO_NOT_TRACK": "1",
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_PROFILES_PATH": str(folder / "prefect" / "profiles.toml"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": f"http://127.0.0.1:{port}",
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "FEEDMILL_DATA_DIR": str(folder),
        "FEEDMILL_HOST_DELAY_SECONDS": "0",
        "FEEDMILL_WORKERS": "2",
    }


def start_server(folder: Path, port: int) -> "subprocess.Popen[bytes]":
    """A Prefect server on the port, once it answers."""
    with (folder / "server.log").open("wb") as sink:
        words = ("prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port))
        process = subprocess.Popen([sys.executable, "-m", *words], cwd=PROJECT, stdout=sink, stderr=subprocess.STDOUT)
    for _ in range(240):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=2).close()
        except OSError:
            time.sleep(0.5)
        else:
            return process
    process.terminate()
    raise SystemExit(f"the Prefect server did not come up: see {folder / 'server.log'}")


async def live(first: int, days: int, port: int) -> None:
    """Go through the days, rounds and nights; at the end foretell and begin a backfill, and extract a site again."""
    from flows import backfill, ingest_feeds, maintain, reextract
    from flows.mill import open_mill
    from flows.newsroom import announced
    from flows.sample.server import serve
    from flows.sample.world import Newsroom
    from flows.settings import Settings
    from ingest.urls import host_of

    clock, settings = TurnedClock(), Settings()
    for module in (ingest_feeds, backfill, reextract):
        _turn(module, clock, open_mill)
    maintain.utc_now = clock  # type: ignore[assignment]
    running = await serve(Newsroom(START, syndicated=True), port, clock)
    with announced(settings, running.port):
        listed = running.newsroom.feeds(START, running.port)
        feeds = {feed.url: feed.title for feed in listed if not host_of(feed.url).startswith(LEFT_OUT)}
        feeds[f"http://{EVIL_HOST}:{running.port}/feed.xml"] = "evil"
        async with open_mill(settings, clock) as mill:
            for url, title in feeds.items():
                await mill.writer.apply(partial(_subscribe, url=url, host=host_of(url), title=title))
        night = (START + first * DAY).date()
        for number, moment in enumerate(moments(first, days)):
            clock.now = moment
            state = await ingest_feeds.ingest_feeds(poll=ingest_feeds.Which.ALL, return_state=True)
            print(f"{number:3} {moment:%d %b %H:%M}  {state.name}: {state.message}", flush=True)
            if moment.date() != night:
                night = moment.date()
                await _end("night", maintain.maintain(return_state=True))
        clock.now = START + days * DAY
        await _end("night", maintain.maintain(return_state=True))
        await ingest_feeds.ingest_feeds(return_state=True)
        site = f"http://tagebuch.localhost:{running.port}/"
        for is_dry in (True, False):
            await _end("backfill", backfill.backfill(site=site, dry_run=is_dry, max_pages=40, return_state=True))
        host = f"wire.localhost:{running.port}"
        settings.site_rules.mkdir(parents=True, exist_ok=True)
        (settings.site_rules / "wire.localhost.txt").write_text(SITE_RULE)
        for is_dry in (True, False):
            again = reextract.reextract(
                dry_run=is_dry, site=host, since=CHANGED.date(), everything=True, return_state=True
            )
            await _end("reextract", again)
    await running.stop()


async def _end(name: str, run: Awaitable[object]) -> None:
    state = await run
    print(f"    {name}: {getattr(state, 'message', '')}", flush=True)


def _turn(module: ModuleType, clock: TurnedClock, opened: object) -> None:
    """Let a flow's machinery go by the clock that is turned."""
    module.open_mill = partial(opened, clock=clock)  # type: ignore[attr-defined, arg-type]


def _subscribe(session: "object", *, url: str, host: str, title: str) -> None:
    from storage import feeds

    new = feeds.NewFeed(url=url, host=host, created_at=START, title=title, min_interval_seconds=60)
    feeds.add(session, new)  # type: ignore[arg-type]


def main() -> None:
    """Run it; with --stay the dashboard is left up until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--port", type=int, default=4291)
    parser.add_argument("--days", type=int, default=15)
    parser.add_argument("--first-day", type=int, default=0, help="Go on with a folder, from this day.")
    parser.add_argument("--newsroom-port", type=int, default=8791)
    parser.add_argument("--stay", action="store_true")
    given = parser.parse_args()
    given.data_dir.mkdir(parents=True, exist_ok=True)
    os.environ.update(environment(given.data_dir, given.port))
    sys.path.insert(0, str(PROJECT))
    server = start_server(given.data_dir, given.port)
    try:
        bend_the_world()
        asyncio.run(live(given.first_day, given.days, given.newsroom_port))
        print(f"The dashboard: http://127.0.0.1:{given.port}/artifacts", flush=True)
        if given.stay:
            server.wait()
    finally:
        server.terminate()
        server.wait(60)


if __name__ == "__main__":
    main()
