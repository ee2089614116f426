"""Which extraction made a text: a digest of its code and rules, so that nobody can forget to raise a number."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

import trafilatura

_ROOMS = ("ingest.extract", "ingest.clean")
_KINDS = (".py", ".toml", ".txt")


@cache
def extraction_version() -> str:
    """Twelve hex digits: of everything that decides what text comes out of a page, trafilatura's release included."""
    digest = hashlib.sha256(trafilatura.__version__.encode())
    for room in _ROOMS:
        for name, file in _files(resources.files(room)):
            digest.update(f"\0{room}/{name}\0".encode())
            digest.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]


def _files(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = f"{above}{entry.name}"
        if entry.is_dir():
            yield from _files(entry, f"{name}/")
        elif entry.name.endswith(_KINDS):
            yield name, entry
