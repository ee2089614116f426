"""Which extraction made a text: a digest of its code and rules, so that nobody can forget to raise a number.

A rule of the user's own counts for its hosts alone: to change it makes nothing of other sites old.
"""

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable

from ingest.extract.sitefolder import find_site_rule
from ingest.extract.siterules import SiteRule

_ROOMS = ("ingest.extract", "ingest.clean")
_KINDS = (".py", ".toml", ".txt")


@cache
def extraction_version() -> str:
    """Twelve hex digits: of everything that decides what text comes out of a page, trafilatura's release included."""
    digest = hashlib.sha256(metadata.version("trafilatura").encode())  # to import it is 20 MB that a round never needs
    for room in _ROOMS:
        for name, file in _files(resources.files(room)):
            digest.update(f"\0{room}/{name}\0".encode())
            digest.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]


def version_with(rule: SiteRule | None) -> str:
    """The version of what a page is read by, where a rule speaks for its site: behind a "+" that of the user's file."""
    return f"{extraction_version()}+{rule.digest}" if rule is not None and rule.digest else extraction_version()


def find_own_versions(hosts: Iterable[str], folder: str) -> dict[str, str]:
    """Those of the hosts that a rule of the user's speaks for, each with the version that its pages are read by."""
    found = {host: version_with(find_site_rule(f"http://{host}/", folder)) for host in hosts}
    return {host: version for host, version in found.items() if version != extraction_version()}


def _files(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = f"{above}{entry.name}"
        if entry.is_dir():
            yield from _files(entry, f"{name}/")
        elif entry.name.endswith(_KINDS):
            yield name, entry
