"""Cursors, copies and progress as JSON values and back: what is kept between two requests of a walk."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from ingest.backfill.guards import Progress
from ingest.backfill.source import Ask, Copy, Cursor, Place


def write_cursor(cursor: Cursor) -> dict[str, Any]:
    """A cursor as a JSON object."""
    return {"ask": _write_ask(cursor.ask), "state": dict(cursor.state)}


def read_cursor(stored: Mapping[str, Any]) -> Cursor:
    """The cursor that ``write_cursor`` wrote. Raises KeyError or ValueError for anything else."""
    return Cursor(_read_ask(stored["ask"]), dict(stored["state"]))


def write_copy(copy: Copy) -> dict[str, Any]:
    """A copy as a JSON object."""
    return {
        "ask": _write_ask(copy.ask),
        "captured_at": copy.captured_at.isoformat(),
        "is_warc_record": copy.is_warc_record,
    }


def read_copy(stored: Mapping[str, Any]) -> Copy:
    """The copy that ``write_copy`` wrote. Raises KeyError or ValueError for anything else."""
    return Copy(
        ask=_read_ask(stored["ask"]),
        captured_at=datetime.fromisoformat(stored["captured_at"]),
        is_warc_record=bool(stored["is_warc_record"]),
    )


def write_progress(progress: Progress) -> dict[str, Any]:
    """A walk's progress as a JSON object."""
    return {**asdict(progress), "fingerprints": list(progress.fingerprints)}


def read_progress(stored: Mapping[str, Any]) -> Progress:
    """The progress that ``write_progress`` wrote; what an older version did not know keeps its default."""
    known = {field.name for field in fields(Progress)}
    values: dict[str, Any] = {name: value for name, value in stored.items() if name in known}
    return Progress(**{**values, "fingerprints": tuple(values.get("fingerprints", ()))})


def _write_ask(ask: Ask) -> dict[str, Any]:
    return {
        "url": ask.url,
        "place": str(ask.place),
        "accept": ask.accept,
        "max_bytes": ask.max_bytes,
        "byte_range": list(ask.byte_range) if ask.byte_range else None,
    }


def _read_ask(stored: Mapping[str, Any]) -> Ask:
    span = stored["byte_range"]
    return Ask(
        url=stored["url"],
        place=Place(stored["place"]),
        accept=stored["accept"],
        max_bytes=stored["max_bytes"],
        byte_range=(span[0], span[1]) if span else None,
    )
