"""The Wayback Machine's index (CDX server): its questions, its rows, and where a capture's bytes are.

An answer is a JSON array of rows, the first one a header; nothing found is ``[]``; where more is left, an empty row and
one with the resumption key close it (internetarchive/wayback, wayback-cdx-server). ``page=`` is never used: under
filters its pages may be empty in the middle.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from ingest.backfill.answers import JSON_TYPES, json_in
from ingest.backfill.source import Ask, Copy, Place, Reply
from ingest.urls import is_web_url

ROWS = 5_000
_MOST_ROWS = 50_000  # of one answer, should the limit be passed over
FIELDS = ("timestamp", "original", "mimetype", "statuscode", "digest")

_STAMP = re.compile(r"[0-9]{14}")
_DEFAULT_PORT = re.compile(r"^(https?://[^/?#]*?):(?:80|443)(?=[/?#]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Capture:
    """One row: when, and of which address."""

    stamp: str  # yyyymmddhhmmss
    url: str  # as captured

    @property
    def captured_at(self) -> datetime:
        """The moment of the capture."""
        return moment_of(self.stamp)


@dataclass(frozen=True, slots=True)
class Rows:
    """An answer's captures, oldest first for each address; ``resume_key`` where more are left."""

    captures: tuple[Capture, ...]
    resume_key: str | None = None


def question(base: str, *, url: str, match: str, extra: tuple[str, ...] = (), since: datetime | None = None) -> str:
    """The address of a question for successful captures, those before ``since`` left out."""
    pairs = [
        f"url={quote(url, safe='')}",
        f"matchType={match}",
        "output=json",
        f"fl={','.join(FIELDS)}",
        "filter=statuscode:200",
        *extra,
    ]
    pairs += [f"from={since.astimezone(UTC):%Y%m%d%H%M%S}"] if since else []
    return f"{base}/cdx/search/cdx?{'&'.join([*pairs, f'limit={ROWS}', 'showResumeKey=true'])}"


def ask(url: str) -> Ask:
    """The request for a question's answer."""
    return Ask(url=url, place=Place.WAYBACK_INDEX, accept=JSON_TYPES)


def resumed(url: str, key: str) -> str:
    """The same question, from where the last answer ended. The key is given encoded, and is sent as it came."""
    return f"{url.partition('&resumeKey=')[0]}&resumeKey={quote(key, safe='%+')}"


def rows_in(reply: Reply) -> Rows | None:
    """The rows of an answer; None where it is no such array, or was cut off."""
    value = json_in(reply.body)
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        return None
    rows, key = _split(value)
    names = [str(name) for name in rows[0]] if rows else []
    is_headed = {"timestamp", "original"} <= set(names)
    columns = names if is_headed else list(FIELDS)
    wanted = rows[int(is_headed) :][:_MOST_ROWS]
    found = (_capture(dict(zip(columns, row, strict=False))) for row in wanted)
    return Rows(tuple(capture for capture in found if capture), key)


def moment_of(stamp: str) -> datetime:
    """The moment of a timestamp of 14 digits. Raises ValueError where it is none."""
    return datetime.fromisoformat(f"{stamp[:8]}T{stamp[8:]}").replace(tzinfo=UTC)


def copy_of(base: str, capture: Capture) -> Copy:
    """How to have the page as it was captured: ``id_`` leaves its bytes alone."""
    url = f"{base}/web/{capture.stamp}id_/{capture.url}"
    return Copy(ask=Ask(url=url, place=Place.WAYBACK_COPY), captured_at=capture.captured_at)


def own_address(url: str) -> str:
    """The address without the default port that old captures carry."""
    return _DEFAULT_PORT.sub(r"\1", url)


def _split(value: list[list[Any]]) -> tuple[list[list[Any]], str | None]:
    """The rows, and the key behind the empty one."""
    for number, row in enumerate(value):
        if not row:
            behind = value[number + 1] if number + 1 < len(value) else []
            key = behind[0] if behind and isinstance(behind[0], str) else ""
            return value[:number], key.strip() or None
    return value, None


def _capture(row: dict[str, Any]) -> Capture | None:
    stamp, url = row.get("timestamp"), row.get("original")
    if not isinstance(stamp, str) or not isinstance(url, str) or not _STAMP.fullmatch(stamp) or not is_web_url(url):
        return None
    try:
        capture = Capture(stamp, url)
        _ = capture.captured_at
    except ValueError:
        return None
    return capture
