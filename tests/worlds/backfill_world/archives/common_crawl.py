"""Common Crawl: its list of crawls, pywb's index of each, and single records by a range of bytes.

Index: pywb's CDXJ server API (docs/manual/cdxserver_api.rst) and its code (cdxops.py, zipnum.py): NDJSON; pages of
whole blocks, numbered from 0; a page past the last one is 400; whatever comes out empty, a page that the filters leave
nothing of included, is 404 "No Captures found". Index and data are two hosts there and one base here.
"""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from backfill_world.archives.captures import Archive, Capture
from backfill_world.archives.limits import Limiter, Verdict
from backfill_world.archives.warc import Place, pack
from backfill_world.server import Answer, Asked, Fake, text_answer

_INDEX = re.compile(r"/(CC-MAIN-\d{4}-\d\d)-index")
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")
_ALIASES = {"statuscode": "status", "mimetype": "mime", "original": "url"}
Row = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonCrawlSpec:
    """How the fake server behaves. The clock is in seconds."""

    block_lines: int = 30  # 3,000 there
    blocks_a_page: int = 5
    slow_every: int = 0  # one index request in so many is answered 503
    index_per_minute: int | None = None
    patience: int = 5
    months: int = 3  # of captures that go into one crawl
    clock: Callable[[], float] = time.monotonic


class CommonCrawl(Fake):
    """The server while it answers."""

    def __init__(self, archive: Archive, spec: CommonCrawlSpec) -> None:
        super().__init__()
        self.spec = spec
        self.crawls: dict[str, list[Row]] = {}  # newest first
        self._data: dict[str, bytes] = {}
        self._spans: dict[str, tuple[str, str]] = {}
        self._limit = Limiter(spec.index_per_minute, spec.clock, spec.patience)
        self._asked = 0
        self._archive = archive
        for start, captures in sorted(_by_crawl(archive, spec.months).items(), reverse=True):
            self._add(start, captures)

    def _add(self, start: date, captures: list[Capture]) -> None:
        crawl = f"CC-MAIN-{start.isocalendar().year}-{start.isocalendar().week:02d}"
        rows: list[tuple[Capture, Row]] = []
        for kind, wanted in (("warc", True), ("crawldiagnostics", False)):  # what is no 200 lies in files of its own
            chosen = [one for one in captures if (one.status == 200) is wanted]
            name = (
                f"crawl-data/{crawl}/segments/1700000000000.01/{kind}/{crawl.replace('MAIN', 'SLIPWAY')}-00000.warc.gz"
            )
            self._data[f"/{name}"], places = pack(chosen)
            rows += [(one, _row(one, name, place)) for one, place in zip(chosen, places, strict=True)]
        rows.sort(key=lambda pair: (pair[0].key, pair[0].timestamp))
        self.crawls[crawl] = [row for _, row in rows]
        self._spans[crawl] = (min(one.timestamp for one in captures), max(one.timestamp for one in captures))

    def _answer(self, asked: Asked) -> Answer:
        if asked.path == "/collinfo.json":
            return self._list()
        if found := _INDEX.fullmatch(asked.path):
            return self._index(found[1], asked)
        if asked.path.startswith("/crawl-data/"):
            return self._record(asked)
        return text_answer("<h1>Not Found</h1>", "text/html", "other", 404)

    def _list(self) -> Answer:
        crawls = [
            {
                "id": crawl,
                "name": f"{crawl} Index",
                "timegate": f"{self.url}/{crawl}/",
                "cdx-api": f"{self.url}/{crawl}-index",
                "from": _iso(self._spans[crawl][0]),
                "to": _iso(self._spans[crawl][1]),
            }
            for crawl in self.crawls
        ]
        return text_answer(json.dumps(crawls), "application/json", "crawls")

    # --- the index

    def _index(self, crawl: str, asked: Asked) -> Answer:
        self._asked += 1
        match self._limit.verdict():
            case Verdict.BLOCKED:
                return text_answer("<h1>403 Forbidden</h1>", "text/html", "index", 403)
            case Verdict.REFUSED:
                return _slow()
            case _:
                if self.spec.slow_every and self._asked % self.spec.slow_every == 0:
                    return _slow()
        if crawl not in self.crawls:
            return text_answer("<h1>Not Found</h1>", "text/html", "index", 404)
        if not asked.get("url"):
            return _message('The "url" param is required', 400)
        return self._rows(crawl, asked)

    def _rows(self, crawl: str, asked: Asked) -> Answer:
        url = asked.get("url") or ""
        keys = {(one.key, one.timestamp) for one in self._archive.selected(url, asked.get("matchType"))}
        found = [row for row in self.crawls[crawl] if (row["urlkey"], row["timestamp"]) in keys]
        size = max(1, asked.number("pageSize", self.spec.blocks_a_page))
        blocks = -(-len(found) // self.spec.block_lines)
        pages = -(-blocks // size)
        if asked.get("showNumPages") == "true":
            counts = {"pages": pages, "pageSize": size, "blocks": blocks}
            return text_answer(json.dumps(counts), "application/json", "index")
        page = asked.number("page", 0)
        if found and not 0 <= page < pages:
            return _message(f"Page {page} invalid: First Page is 0, Last Page is {pages - 1}", 400)
        lines = size * self.spec.block_lines
        rows = [row for row in found[page * lines : (page + 1) * lines] if _is_wanted(row, asked)]
        rows = rows[: asked.number("limit", len(rows))]
        if not rows:
            return _message(f"No Captures found for: {url}", 404)
        return _written(rows, asked)

    # --- the data

    def _record(self, asked: Asked) -> Answer:
        body = self._data.get(asked.path)
        if body is None:
            text = "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"
            return text_answer(text, "application/xml", "data", 404)
        headers = {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes"}
        found = _RANGE.fullmatch(asked.headers.get("range", ""))
        if not found:
            return Answer(body=body, headers=headers, kind="data")
        first = int(found[1])
        last = min(int(found[2] or len(body)), len(body) - 1)
        if first > last:
            return Answer(status=416, headers=headers | {"Content-Range": f"bytes */{len(body)}"}, kind="data")
        headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
        return Answer(status=206, body=body[first : last + 1], headers=headers, kind="data")


def _by_crawl(archive: Archive, months: int) -> dict[date, list[Capture]]:
    """The captures by the first day of the months in which they were made."""
    found: dict[date, list[Capture]] = {}
    for one in archive.captures:
        month = (one.captured_at.month - 1) // months * months + 1
        found.setdefault(date(one.captured_at.year, month, 1), []).append(one)
    return found


def _row(one: Capture, filename: str, place: Place) -> Row:
    row = {
        "urlkey": one.key,
        "timestamp": one.timestamp,
        "url": one.url,
        "mime": one.mime,
        "mime-detected": one.mime,
        "status": str(one.status),
        "digest": one.digest,
        "length": str(place.length),
        "offset": str(place.offset),
        "filename": filename,
    }
    return row | ({"redirect": one.location} if one.location else {"charset": "UTF-8", "languages": "eng"})


def _is_wanted(row: Row, asked: Asked) -> bool:
    first, last = asked.get("from") or "", asked.get("to") or ""
    if first and row["timestamp"] < first.ljust(14, "0"):
        return False
    if last and row["timestamp"] > last.ljust(14, "9"):
        return False
    return all(_passes(row, text) for text in asked.all("filter"))


def _passes(row: Row, text: str) -> bool:
    """pywb's filters: ``[!][=|~]field:expression``; no sign means "contains"."""
    is_not = text.startswith("!")
    text = text.removeprefix("!")
    sign = text[0] if text[:1] in {"=", "~"} else ""
    name, _, wanted = text.removeprefix(sign).partition(":")
    value = row.get(_ALIASES.get(name, name), "")
    if sign == "=":
        matches = value == wanted
    elif sign == "~":
        matches = re.match(wanted, value) is not None
    else:
        matches = wanted in value
    return matches is not is_not


def _written(rows: list[Row], asked: Asked) -> Answer:
    names = asked.get("fl") or asked.get("fields")
    shown = [{name: row[name] for name in names.split(",") if name in row} for row in rows] if names else rows
    if asked.get("output") == "json":
        return text_answer("".join(f"{json.dumps(row)}\n" for row in shown), "text/x-ndjson", "index")
    lines = (f"{row['urlkey']} {row['timestamp']} {json.dumps(one)}\n" for row, one in zip(rows, shown, strict=True))
    return text_answer("".join(lines), "text/x-cdxj", "index")


def _message(text: str, status: int) -> Answer:
    return text_answer(json.dumps({"message": text}), "application/json", "index", status)


def _slow() -> Answer:
    return text_answer(
        "<html><body><h1>503 Please reduce your request rate.</h1></body></html>", "text/html", "index", 503
    )


def _iso(timestamp: str) -> str:
    t = timestamp
    return f"{t[:4]}-{t[4:6]}-{t[6:8]}T{t[8:10]}:{t[10:12]}:{t[12:]}"


def common_crawl(archive: Archive, **fields: Any) -> CommonCrawl:
    """A Common Crawl to be opened by ``async with``; the further fields are those of ``CommonCrawlSpec``."""
    return CommonCrawl(archive, CommonCrawlSpec(**fields))
