"""The secrets of this process, and the one place that takes them out of what is logged, told or drawn."""

import os
from urllib.parse import quote, quote_plus

from ingest.redact import redact

LEAST = 4  # shorter ones stand in every text, and hide nothing
_VARIABLES = ("PREFECT_SERVER_API_AUTH_STRING", "PREFECT_API_AUTH_STRING", "PREFECT_API_KEY")
_HIDDEN: set[str] = set()


def hide(*secrets: str | None) -> None:
    """From now on these are shown nowhere, as they are or as they stand in an address."""
    for secret in secrets:
        if secret and len(secret) >= LEAST:
            _HIDDEN.update((secret, quote(secret, safe=""), quote_plus(secret)))


def hide_auth(auth: str | None) -> None:
    """The same of a `user:password`: the pair, and the password where it stands alone."""
    hide(auth, (auth or "").partition(":")[2])


def redacted(text: str) -> str:
    """The text without them, and without any password or token in an address or header."""
    for name in _VARIABLES:
        hide_auth(os.environ.get(name))
    return redact(text, _HIDDEN)
