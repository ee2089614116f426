"""Credentials for feeds and hosts: read from a file that nobody else may read, and hidden from whatever is shown."""

import os
import stat

from flows.redaction import hide
from flows.settings import Settings
from ingest.errors import BadCredentials
from ingest.fetch.credentials import Credentials, parse_credentials


def read_credentials(settings: Settings) -> Credentials:
    """Those of FEEDMILL_CREDENTIALS_FILE; none where it is not set. Raises BadCredentials."""
    path = settings.credentials_file
    if path is None:
        return Credentials()
    try:
        with path.open("rb") as file:
            others = stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077
            if others:
                raise BadCredentials(f"{path} can be read or written by others than its owner: chmod 600 {path}")
            text = file.read().decode()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise BadCredentials(f"FEEDMILL_CREDENTIALS_FILE, {path}, cannot be read: {why}") from None
    return hidden(text, str(path))


def hidden(text: str, where: str) -> Credentials:
    """Credentials as they are written, whose secrets are shown nowhere from now on."""
    try:
        found = parse_credentials(text)
    except BadCredentials as error:
        raise BadCredentials(f"{where}: {error}") from None
    hide(*found.secrets)
    return found
