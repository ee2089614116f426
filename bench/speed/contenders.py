"""Who takes part: how each is prepared for a world, run once over it, and asked how many articles it holds."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from measuring import Cost, Order, measure
from peering import HERE, PEERS, python_of
from prefect_stack import PrefectStack
from webworld import Shape

_PROJECT = HERE.parents[1]
_FULL = "SELECT count(*) FROM article WHERE length(trim(text)) > 0"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a contender works: a folder of its own, the world, and the Prefect that is up, if one is."""

    folder: Path
    shape: Shape
    stack: PrefectStack | None = None

    @property
    def feeds(self) -> Path:
        """The subscriptions, one a line."""
        return self.folder / "feeds.txt"

    @property
    def lookups(self) -> Path:
        """One line for each name that was looked up."""
        return self.folder / "lookups"

    def environment(self) -> dict[str, str]:
        """What every measured program sees."""
        paths = {"PYTHONPATH": str(HERE / "names"), "BENCH_LOOKUPS": str(self.lookups)}
        return {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")} | paths

    def clear(self) -> None:
        """Make it empty but for the subscriptions."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.feeds.write_text("\n".join(self.shape.feed_urls()))


class Contender(Protocol):
    """One line of a table."""

    name: str

    @property
    def needs_prefect(self) -> bool:
        """Whether a Prefect server has to be up."""

    def prepare(self, place: Place) -> None:
        """Begin with an empty store. Raises PeerMissingError where it cannot be had."""

    def run(self, place: Place) -> Cost:
        """One round over all feeds. Raises CommandFailedError."""

    def stored(self, place: Place) -> int:
        """How many articles with text its store holds."""


@dataclass(frozen=True)
class Feedmill:
    """feedmill itself: the command, or a run of its deployment."""

    name: str
    needs_prefect: bool = False
    settings: Mapping[str, str] | None = None

    def environment(self, place: Place) -> dict[str, str]:
        """The politeness of the others, which is none, and the address guard open for loopback."""
        return {
            **place.environment(),
            "FEEDMILL_DATA_DIR": str(place.folder),
            "FEEDMILL_DATABASE_URL": f"sqlite:///{place.folder / 'feedmill.db'}",
            "FEEDMILL_ALLOW_NETWORKS": "127.0.0.0/8",
            "FEEDMILL_HOST_DELAY_SECONDS": "0",
            "FEEDMILL_MIN_INTERVAL_SECONDS": "0",
            **(self.settings or {}),
        }

    def prepare(self, place: Place) -> None:
        """Subscribe to the feeds."""
        place.clear()
        outlines = "".join(f'<outline type="rss" xmlUrl="{url}"/>' for url in place.shape.feed_urls())
        (place.folder / "feeds.opml").write_text(f'<opml version="2.0"><body>{outlines}</body></opml>')
        command = [self._program(), "feeds", "import", "feeds.opml"]
        environment = self.environment(place)
        subprocess.run(command, cwd=place.folder, env=environment, check=True, stdout=subprocess.DEVNULL)

    def run(self, place: Place) -> Cost:
        """`feedmill ingest --all`, or the same as a flow run."""
        if self.needs_prefect:
            assert place.stack is not None
            return place.stack.measure_round(self.environment(place))
        return measure(Order(self.command(), self.environment(place), place.folder / "run.log", place.folder))

    def stored(self, place: Place) -> int:
        """Count them."""
        return _count(place.folder / "feedmill.db")

    def command(self) -> list[str]:
        """A round here and now."""
        return [self._program(), "ingest", "--all", "--json"]

    @staticmethod
    def _program() -> str:
        return str(Path(sys.executable).with_name("feedmill"))


@dataclass(frozen=True)
class Script:
    """A program of peers/, in the environment of the requirements of ``peer``."""

    name: str
    peer: str
    script: str
    more: tuple[str, ...] = ()
    needs_prefect: bool = False
    counted: str = _FULL

    def prepare(self, place: Place) -> None:
        """See that it is installed."""
        python_of(self.peer)
        place.clear()

    def run(self, place: Place) -> Cost:
        """One run of the script."""
        script = str(PEERS / f"{self.script}.py")
        command = [python_of(self.peer), script, str(place.feeds), str(place.folder / "store.db"), *self.more]
        environment, beside = place.environment(), ()
        if self.needs_prefect:
            assert place.stack is not None
            environment |= {"PREFECT_API_URL": place.stack.url, "PREFECT_HOME": str(place.folder), "DO_NOT_TRACK": "1"}
            beside = (place.stack.server,)
        return measure(Order(command, environment, place.folder / "run.log", place.folder, beside))

    def stored(self, place: Place) -> int:
        """Count them."""
        return _count(place.folder / "store.db", self.counted)


def _count(path: Path, statement: str = _FULL) -> int:
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path)) as store:
        return int(store.execute(statement).fetchone()[0])


COMMAND = Feedmill("feedmill ingest")
PROFILES = Feedmill("the same, with site profiles", settings={"FEEDMILL_SITE_PROFILES": "1"})
FLOW = Feedmill("feedmill, scheduled flow", needs_prefect=True)
AFTERNOON = Script("feedparser + requests + trafilatura", "afternoon", "afternoon")
THREADS = Script("the same, 16 threads", "afternoon", "afternoon", ("16",))
TASKS = Script("the same, one Prefect task an article", "afternoon_flow", "afternoon_flow", needs_prefect=True)
SCRAPY = Script("Scrapy + trafilatura", "scrapy_spider", "scrapy_spider")
READER = Script("reader (polls only)", "reader_poll", "reader_poll", counted="SELECT count(*) FROM entries")
NEWSPAPER = Script("newspaper4k", "newspaper_script", "newspaper_script")
NEWSPLEASE = Script("news-please", "newsplease_script", "newsplease_script")
SHORT_NAMES: dict[str, Feedmill | Script] = {
    "feedmill": COMMAND,
    "profiles": PROFILES,
    "flow": FLOW,
    "afternoon": AFTERNOON,
    "threads": THREADS,
    "tasks": TASKS,
    "scrapy": SCRAPY,
    "reader": READER,
    "newspaper": NEWSPAPER,
    "newsplease": NEWSPLEASE,
}
