"""What `extract` is given: a page, or a line of a batch, as a job. What cannot be one is said in plain words."""

import json
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flows.cli.failure import CommandError
from flows.cli.options import read_settings
from ingest.jobs import PageJob
from ingest.model import Enclosure, Entry, Page

_HEAD = 1_000  # bytes that are looked at
_BINARY_SHARE = 0.05  # of control characters in them: text has none, and random bytes a tenth
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))


def page_job(line: dict[str, Any], folder: Path | None = None) -> PageJob:
    """What a line asks for. Raises CommandError or OSError where it does not say, or its file is no page."""
    url, entry = _text(line, "url"), line.get("entry")
    html = _html(line, folder or Path())
    if html is None and not entry:
        raise CommandError('it has neither "html" nor "path" nor "entry": there is nothing to extract from')
    return PageJob(
        url=url,
        page=Page(url=url or "", html=html) if html is not None else None,
        entry=read_entry(entry) if entry else None,
        feed_title=None,
        now=datetime.now(UTC),
        site_rules_dir=_site_rules_dir(),
    )


@cache
def _site_rules_dir() -> str:
    return str(read_settings().site_rules)


def read_line(text: str) -> dict[str, Any]:
    """A batch's line. Raises CommandError where it is no JSON object."""
    try:
        line = json.loads(text)
    except ValueError as error:
        reason = f"{error.msg}, at column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
        raise CommandError(f"it is no JSON: {reason}") from error
    if not isinstance(line, dict):
        raise CommandError('it is no JSON object: {"id", "url", "path" or "html"} is wanted')
    return line


def read_entry(given: Any) -> Entry:
    """A feed entry from its JSON form, as `feedmill parse` prints it; unknown members are passed over."""
    try:
        return _entry(given)
    except (TypeError, ValueError, AttributeError) as error:
        raise CommandError(f'its "entry" cannot be read: {error}') from error


def _entry(given: dict[str, Any]) -> Entry:
    known = {field.name for field in fields(Entry)}
    values = {name: value for name, value in given.items() if name in known and value is not None}
    for name in ("published_at", "updated_at"):
        if name in values:
            values[name] = _moment(str(values[name]))
    for name in ("authors", "tags"):
        if name in values:
            values[name] = tuple(values[name])
    values["enclosures"] = tuple(Enclosure(**enclosure) for enclosure in values.get("enclosures", ()))
    return Entry(**({"id": None, "url": None} | values))


def _moment(text: str) -> datetime | None:
    from ingest.dates import parse_date

    return parse_date(text)


def require_page(html: bytes, name: str) -> None:
    """Raise CommandError where the bytes of ``name`` are no text at all, and say what they are instead."""
    from ingest.feeds.nature import MAGIC

    head = html[:_HEAD]
    nature = next((what for start, what in MAGIC if head.startswith(start)), None)
    if nature is None and _is_binary(head):
        nature = "binary data"
    if nature:
        raise CommandError(f"{name} is no HTML page: it is {nature}")


def _is_binary(head: bytes) -> bool:
    if b"<\x00" in head or b"\x00<" in head:
        return False  # UTF-16
    return len(head) - len(head.translate(None, _CONTROLS)) > _BINARY_SHARE * len(head)


def _html(line: dict[str, Any], folder: Path) -> str | bytes | None:
    html = line.get("html")
    if isinstance(html, bytes):
        return html
    path = _text(line, "path") or _text(line, "html_path")
    if html is not None or not path:
        return _text(line, "html")
    body = folder.joinpath(path).read_bytes()
    require_page(body, path)
    return body


def _text(line: dict[str, Any], name: str) -> str | None:
    value = line.get(name)
    if value is not None and not isinstance(value, str):
        raise CommandError(f'its "{name}" is no text: {value!r:.80}')
    return value
