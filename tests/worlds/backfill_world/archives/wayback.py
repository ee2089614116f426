"""The Wayback Machine: its CDX server and its copies, as documented and as the server's published code does it.

Index: wayback-cdx-server/README.md and CDXServer.java of internetarchive/wayback. Filters come before collapsing;
``collapse`` drops neighbours only, and forgets what it saw when a query is resumed. The resume key is the last row's
key and its timestamp with the last character raised, and is decoded once; it is given whenever the limit was reached,
even where nothing follows; a query reads so many lines at most, and one that stops there gives no key. ``page`` is cut
before the filters are applied, so that pages come back empty. Rows are a header and lists of text; none is ``[]``.
"""

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote_plus

from backfill_world.archives.captures import Archive, Capture
from backfill_world.archives.limits import Limiter, Verdict
from backfill_world.server import Answer, Asked, Fake, text_answer

FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
_COPY = re.compile(r"/web/(\d{1,14})([a-z]{2}_)?/(.+)", re.DOTALL)
_INDEX = ("/cdx/search/cdx", "/cdx/search", "/cdx")


@dataclass(frozen=True, slots=True, kw_only=True)
class WaybackSpec:
    """How the fake machine behaves. The clock is in seconds."""

    index_per_minute: int | None = 24
    copies_per_minute: int | None = None
    patience: int = 5
    retry_after: int | None = None  # seconds; None: the answer 429 says nothing
    most_lines: int = 150_000
    page_lines: int = 100
    excluded: frozenset[str] = field(default_factory=frozenset)  # hosts whose owners had them taken out
    fails_every: int = 0  # one index request in so many is answered 503 or 504
    clock: Callable[[], float] = time.monotonic


class Wayback(Fake):
    """The machine while it answers; ``url`` stands for https://web.archive.org."""

    def __init__(self, archive: Archive, spec: WaybackSpec) -> None:
        super().__init__()
        self.archive = archive
        self.spec = spec
        self._index_limit = Limiter(spec.index_per_minute, spec.clock, spec.patience)
        self._copy_limit = Limiter(spec.copies_per_minute, spec.clock, spec.patience)
        self._asked = 0

    def _answer(self, asked: Asked) -> Answer:
        if asked.path.rstrip("/") in _INDEX:
            return self._limited(self._index_limit, "index") or self._index(asked)
        if found := _COPY.fullmatch(asked.raw_path):
            return self._limited(self._copy_limit, "copy") or self._copy(found[1], found[2] or "", found[3])
        return text_answer("<h1>Not Found</h1>", "text/html", "other", 404)

    def _limited(self, limiter: Limiter, kind: str) -> Answer | None:
        match limiter.verdict():
            case Verdict.BLOCKED:
                return Answer(kind=kind, breaks=True)
            case Verdict.REFUSED:
                headers = {} if self.spec.retry_after is None else {"Retry-After": str(self.spec.retry_after)}
                found = text_answer("<html><body><h1>429 Too Many Requests</h1></body></html>", "text/html", kind, 429)
                return Answer(status=429, body=found.body, headers=dict(found.headers) | headers, kind=kind)
            case _:
                return None

    # --- the index

    def _index(self, asked: Asked) -> Answer:
        self._asked += 1
        if self.spec.fails_every and self._asked % self.spec.fails_every == 0:
            return text_answer("upstream", "text/html", "index", 503 + self._asked // self.spec.fails_every % 2)
        url = asked.get("url")
        if not url:
            return text_answer("url parameter is required\n", "text/plain", "index", 400)
        found = self.archive.selected(url, asked.get("matchType"))
        if any(host in url for host in self.spec.excluded):
            why = "org.archive.util.io.RuntimeIOException: AdministrativeAccessControlException: Blocked Site Error"
            return text_answer(why + "\n", "text/plain", "index", 403)
        try:
            filters = [_filter(text) for text in asked.all("filter")]
        except re.error as error:
            return text_answer(f"{error}\n", "text/plain", "index", 400)
        return self._rows(asked, found, filters)

    def _rows(self, asked: Asked, found: list[Capture], filters: list[Any]) -> Answer:
        pages = 2 * -(-len(found) // self.spec.page_lines)
        if asked.get("showNumPages") == "true":
            return text_answer(f"{max(1, pages)}\n", "text/plain", "index")
        found = _paged(found, asked.number("page", -1), self.spec.page_lines)
        found = list(_resumed(found, asked.get("resumeKey") or ""))
        reading = _Reading(asked, filters, self.spec.most_lines)
        rows = reading.rows(found)
        names = [name for name in (asked.get("fl") or ",".join(FIELDS)).split(",") if name in FIELDS]
        table = [[_field(one, name) for name in names] for one in rows]
        key = reading.resume_key if asked.get("showResumeKey") == "true" else None
        if asked.get("output") == "json":
            return text_answer(_json(names, table, key), "application/json", "index")
        lines = [" ".join(row) for row in table] + (["", key] if key else [])
        return text_answer("".join(f"{line}\n" for line in lines), "text/plain", "index")

    # --- copies

    def _copy(self, timestamp: str, flag: str, url: str) -> Answer:
        capture = self.archive.nearest(url, timestamp)
        if capture is None:
            text = "<html><body><h1>The Wayback Machine has not archived that URL.</h1></body></html>"
            return text_answer(text, "text/html", "copy", 404)
        if capture.timestamp != timestamp:
            location = f"{self.url}/web/{capture.timestamp}{flag}/{capture.url}"
            return Answer(status=302, headers={"Location": location}, kind="copy")
        headers = {f"X-Archive-Orig-{name}": text for name, text in capture.headers}
        headers |= {"Memento-Datetime": format_datetime(capture.captured_at, usegmt=True)}
        headers |= {"Content-Type": dict(capture.headers)["Content-Type"], "X-Archive-Src": "slipway-0001.warc.gz"}
        if capture.location:
            headers["Location"] = f"{self.url}/web/{capture.timestamp}{flag}/{capture.location}"
        return Answer(status=capture.status, body=capture.body, headers=headers, kind="copy")


class _Reading:
    """One pass over the index: dates, filters, collapsing, the limit, in this order."""

    def __init__(self, asked: Asked, filters: list[Any], most_lines: int) -> None:
        self._from, self._to = asked.get("from") or "", asked.get("to") or ""
        self._filters = filters
        self._collapse = [text.partition(":")[::2] for text in asked.all("collapse")]
        self._limit = asked.number("limit", 0)
        self._most = most_lines
        self.resume_key: str | None = None

    def rows(self, captures: Iterable[Capture]) -> list[Capture]:
        limit = self._limit or self._most
        if limit < 0:
            return list(self._passing(captures))[limit:]
        found: list[Capture] = []
        for one in self._passing(captures):
            found.append(one)
            if len(found) == limit:
                self.resume_key = quote_plus(f"{one.key} {_raised(one.timestamp)}")
                break
        return found

    def _passing(self, captures: Iterable[Capture]) -> Iterator[Capture]:
        last: tuple[str, ...] | None = None
        for number, one in enumerate(captures):
            if number >= self._most:
                return
            if not self._is_wanted(one):
                continue
            now = tuple(
                _field(one, name)[: int(length)] if length else _field(one, name) for name, length in self._collapse
            )
            if self._collapse and now == last:
                continue
            last = now
            yield one

    def _is_wanted(self, one: Capture) -> bool:
        if one.timestamp < self._from or (one.timestamp > self._to and not one.timestamp.startswith(self._to)):
            return False
        return all(passes(one) for passes in self._filters)


def _filter(text: str) -> Callable[[Capture], bool]:
    """``[!]field:regex``; the whole value must match, as Java's ``matches`` has it."""
    is_not = text.startswith("!")
    name, _, pattern = text.removeprefix("!").partition(":")
    compiled = re.compile(pattern)
    return lambda one: bool(compiled.fullmatch(_field(one, name))) is not is_not


def _field(one: Capture, name: str) -> str:
    values = (one.key, one.timestamp, one.url, one.mime, str(one.status), one.digest, str(len(one.body) + 200))
    return dict(zip(FIELDS, values, strict=True)).get(name, "-")


def _raised(timestamp: str) -> str:
    return timestamp[:-1] + chr(ord(timestamp[-1]) + 1)


def _paged(found: list[Capture], page: int, lines: int) -> list[Capture]:
    """Every second page holds other sites' lines only: nothing is left of it."""
    if page < 0:
        return found
    start = page // 2 * lines
    return found[start : start + lines] if page % 2 else []


def _resumed(found: list[Capture], key: str) -> Iterator[Capture]:
    return (one for one in found if f"{one.key} {one.timestamp}" >= key)


def _json(names: list[str], table: list[list[str]], key: str | None) -> str:
    rows: list[list[str]] = [names, *table] if table else []
    if key:
        rows += [[], [key]]
    return "[" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "]\n" if rows else "[]\n"


def wayback(archive: Archive, **fields: Any) -> Wayback:
    """A Wayback Machine to be opened by ``async with``; the further fields are those of ``WaybackSpec``."""
    return Wayback(archive, WaybackSpec(**fields))
