"""Asking whether something changed: validators out of a response, and back into the next request. Pure."""

import re
from collections.abc import Mapping

from ingest.model import Validators

_UNSENDABLE = re.compile(r"[^\t\x20-\x7e\x80-\xff]")


def validators_of(headers: Mapping[str, str]) -> Validators:
    """Give the ETag and Last-Modified of a response, each byte as one character (Latin-1), unparsed (rules 3, 4)."""
    return Validators(etag=headers.get("etag") or None, last_modified=headers.get("last-modified") or None)


def conditional_headers(validators: Validators) -> dict[str, str]:
    """Give the headers that ask "has this changed?", echoing what was given and inventing nothing (rules 1-5, 14).

    A value that no header can carry (control characters, beyond Latin-1) did not come from a server and is not sent.
    """
    offered = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in offered.items() if value and not _UNSENDABLE.search(value)}
