"""A web of many hosts as files: every answer that it will ever give, gzipped once, and where it lies.

Each host, ``paper00017.example``, has a feed, /feed.xml, and the pages of its entries. At each step every twentieth
feed has two entries more. Rendering takes some milliseconds a page, so a world is kept and found again by its shape.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import escape

import pages
from pages import Told, packed, read_pool

OUT = Path(__file__).parent / "out"
WINDOW = 20
CHANGED_EVERY = 20
NEW_AT_ONCE = 2
_BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
_COPIES_OF = 10


@dataclass(frozen=True, slots=True)
class Shape:
    """What makes a world: equal shapes are equal worlds.

    ``brief``: how many of a feed's first entries have a page of a few words, so that a store is soon filled.
    ``copies``: so many of ten articles, and of ten, tell what another host's tells.
    """

    feeds: int
    entries: int = WINDOW
    steps: int = 0
    copies: int = 0
    brief: int = 0
    port: int = 8791

    @property
    def key(self) -> str:
        """A name for its folder: with the code that renders it, and whether the corpus is there."""
        told = json.dumps(asdict(self)) + str((pages.FOLDER).exists())
        code = b"".join(Path(file).read_bytes() for file in (__file__, pages.__file__))
        return hashlib.sha256(told.encode() + code).hexdigest()[:16]

    def hosts(self) -> list[str]:
        """Their names, one for each feed."""
        return [f"paper{number:05d}.example" for number in range(self.feeds)]

    def feed_urls(self) -> list[str]:
        """What to subscribe to."""
        return [f"http://{host}:{self.port}/feed.xml" for host in self.hosts()]

    def entries_at(self, number: int, step: int) -> int:
        """How many entries a feed has had by a step."""
        return self.entries + NEW_AT_ONCE * self.changes(number, step)

    def changes(self, number: int, step: int) -> int:
        """How often a feed has changed by a step."""
        return sum(1 for one in range(1, step + 1) if (number + one) % CHANGED_EVERY == 0)

    def articles_at(self, step: int) -> int:
        """How many articles there are by a step."""
        return sum(self.entries_at(number, step) for number in range(self.feeds))


def build(shape: Shape) -> Path:
    """The folder of a world, rendered if it is not there: bodies.bin, and in index.json where each of them lies."""
    folder = OUT / "worlds" / shape.key
    if (folder / "index.json").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print(f"rendering {shape.articles_at(shape.steps):,} pages (kept for the next time) ...", flush=True)
    index = {}
    with (folder / "bodies.bin").open("wb") as bodies:
        for address, body in _render(shape, folder):
            index[address] = _append(bodies, body)
    about = {"shape": asdict(shape), "index": index, "source": (folder / "source").read_text()}
    (folder / "index.json").write_text(json.dumps(about))
    return folder


def _append(bodies: BinaryIO, body: bytes) -> tuple[int, int]:
    start = bodies.tell()
    bodies.write(packed(body))
    return start, bodies.tell() - start


def _render(shape: Shape, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Addresses and bodies; a feed's address has its version behind a blank."""
    pool = read_pool()
    (folder / "source").write_text(pool.source)
    before: list[Told] = []
    for number, host in enumerate(shape.hosts()):
        site, told = pool.site(number), []
        for entry in range(shape.entries_at(number, shape.steps)):
            url = f"http://{host}:{shape.port}{_path(entry)}"
            is_copy = entry % _COPIES_OF < shape.copies and entry < len(before)
            one = site.retell(before[entry], url) if is_copy else site.tell(url)
            told.append(one)
            yield f"{host}{_path(entry)}", _brief(one) if entry < shape.brief else one.page
        for version in range(shape.changes(number, shape.steps) + 1):
            upto = shape.entries + NEW_AT_ONCE * version
            yield f"{host}/feed.xml {version}", _feed(host, shape.port, told, upto)
        before = told


def _path(entry: int) -> str:
    return f"/2026/11/story-{entry:04d}.html"


def _brief(told: Told) -> bytes:
    head = f"<html><head><title>{escape(told.title)}</title></head>"
    return f"{head}<body><h1>{escape(told.title)}</h1><p>{escape(told.text[:600])}</p></body></html>".encode()


def _feed(host: str, port: int, told: list[Told], upto: int) -> bytes:
    """RSS with what most feeds have: title, link, guid, date, and the first words."""
    base, items = f"http://{host}:{port}", []
    for entry in reversed(range(max(0, upto - WINDOW), upto)):
        at = format_datetime(_BEGIN + timedelta(minutes=30 * entry))
        link = f"{base}{_path(entry)}"
        items.append(
            f"<item><title>{escape(told[entry].title)}</title><link>{link}</link><guid>{link}</guid>"
            f"<pubDate>{at}</pubDate><dc:creator>Robin Author</dc:creator>"
            f"<description>{escape(told[entry].summary)}</description></item>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>{host}</title><link>{base}/</link><description>Of {host}</description>{''.join(items)}</channel></rss>"
    ).encode()
