"""Where the sample newsroom is being served, if it is, and since when its world goes on: notes in the data folder."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from flows.settings import Settings


def _note(settings: Settings) -> Path:
    return settings.data_dir / "newsroom.json"


@contextmanager
def announced(settings: Settings, port: int) -> Iterator[None]:
    """Say that this process serves the newsroom on a loopback port; the address guard lets exactly that through."""
    note = _note(settings)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps({"pid": os.getpid(), "port": port}))
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def world_started_at(settings: Settings, now: datetime) -> datetime:
    """When the newsroom's world of this data folder began; now, if it had not yet.

    Its articles are dated from there: a world that began anew at each start would bring every story back under a new
    address.
    """
    note = settings.data_dir / "newsroom-began"
    try:
        return datetime.fromisoformat(note.read_text())
    except (OSError, ValueError):
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(now.isoformat())
        return now


def newsroom_port(settings: Settings) -> int | None:
    """The port of the newsroom that is being served now with this data folder, None if none is."""
    try:
        note = json.loads(_note(settings).read_text())
        os.kill(int(note["pid"]), 0)
        return int(note["port"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
