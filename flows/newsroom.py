"""Where the sample newsroom is being served, if it is: a note in the data folder that lives as long as its server."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
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


def newsroom_port(settings: Settings) -> int | None:
    """The port of the newsroom that is being served now with this data folder, None if none is."""
    try:
        note = json.loads(_note(settings).read_text())
        os.kill(int(note["pid"]), 0)
        return int(note["port"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
