"""Who we are to servers that ask: a header for one feed or one host, sent there alone, and never in the clear.

A credential goes to the host that it is for, over https or on this machine, and only while no redirect has led
elsewhere: neither a feed that redirects nor one that was moved can have it, or have it used for its own ends.
"""

import base64
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

from ingest.errors import BadCredentials, BadUrl
from ingest.fetch.guard import check_url, endpoint_of, has_credentials

_KEYS = {"host", "feed", "username", "password", "token", "header"}
_HOST = re.compile(r"[^\s/@?#]+", re.ASCII)
_HEADER = re.compile(r"[A-Za-z0-9-]+", re.ASCII)
_VALUE = re.compile(r"[\x21-\x7e][\x20-\x7e]*")
_OURS = {"host", "user-agent", "accept", "accept-encoding", "content-type", "range", "cookie", "connection"}


@dataclass(frozen=True, slots=True)
class Credential:
    """One header, for all of a host, or for one address of it."""

    host: str
    header: str
    value: str = field(repr=False)
    secret: str = field(repr=False)
    url: str | None = None

    def is_for(self, url: str) -> bool:
        """Whether this address is to be told."""
        return endpoint_of(url).host == self.host and self.url in {None, url}


@dataclass(frozen=True, slots=True)
class Credentials:
    """All that there are. None by default."""

    each: tuple[Credential, ...] = ()

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must be shown nowhere."""
        return tuple(text for one in self.each for text in (one.secret, one.value, one.value.rpartition(" ")[2]))

    def headers(self, url: str, before: Sequence[str] = ()) -> Mapping[str, str]:
        """What to send to an address that ``check_url`` gave; ``before``: those that led there, the first one first."""
        host = endpoint_of(url).host
        if not self.each or not is_private_way(url) or any(endpoint_of(hop).host != host for hop in before):
            return {}
        asked = before[0] if before else url
        found = [one for one in self.each if one.is_for(url) or (one.url == asked and one.host == host)]
        return {one.header: one.value for one in sorted(found, key=lambda one: one.url is not None)}

    def joined(self, others: "Credentials") -> "Credentials":
        """These and others; where both are for the same, the others count."""
        return Credentials((*self.each, *others.each))


def is_private_way(url: str) -> bool:
    """Whether nobody between us and the address reads along: https, or this machine."""
    return url.startswith("https://") or _is_loopback(endpoint_of(url).name)


def parse_credentials(text: str) -> Credentials:
    """Read a list of them: TOML, a ``[[credential]]`` each. Raises BadCredentials, which names no secret."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at (?:line \d+, column \d+|end of document)", str(error))
        raise BadCredentials(f"the credentials are no TOML {place[0] if place else ''}".rstrip()) from None
    entries = document.get("credential", [])
    if set(document) - {"credential"} or not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise BadCredentials("credentials are a list of [[credential]] and nothing else")
    return Credentials(tuple(_read(number, entry) for number, entry in enumerate(entries, 1)))


def _read(number: int, entry: dict[str, Any]) -> Credential:
    who = f"credential {number}"
    unknown = sorted(set(entry) - _KEYS)
    if unknown or not all(isinstance(value, str) and value for value in entry.values()):
        raise BadCredentials(
            f"{who}: each of {', '.join(sorted(_KEYS))} is a text{f', not {unknown[0]}' if unknown else ''}"
        )
    if ("host" in entry) == ("feed" in entry):
        raise BadCredentials(f"{who}: say for whom, by host or by feed")
    header, value, secret = _header(who, entry)
    if "feed" in entry:
        url = _feed(who, entry["feed"])
        return Credential(endpoint_of(url).host, header, value, secret, url)
    if not _HOST.fullmatch(entry["host"]):
        raise BadCredentials(f"{who}: a host is written as in an address, without the rest of it: news.example")
    return Credential(entry["host"].lower().rstrip("."), header, value, secret)


def _feed(who: str, given: str) -> str:
    try:
        url = check_url(given)
    except BadUrl as error:
        raise BadCredentials(f"{who}: {error}") from None
    if has_credentials(given):
        raise BadCredentials(f"{who}: the feed's address holds a password itself; give it as username and password")
    if not is_private_way(url):
        raise BadCredentials(f"{who}: {url} is not https, and what is sent there anyone on the way can read")
    return url


def _header(who: str, entry: dict[str, str]) -> tuple[str, str, str]:
    """The header's name and value, and the secret in it."""
    keys = entry.keys() & {"username", "password", "token", "header"}
    if keys == {"username", "password"}:
        if ":" in entry["username"]:
            raise BadCredentials(f"{who}: a username has no colon (RFC 7617 section 2)")
        pair = base64.b64encode(f"{entry['username']}:{entry['password']}".encode()).decode()
        return "Authorization", f"Basic {pair}", entry["password"]
    if "token" not in keys or "username" in keys or "password" in keys:
        raise BadCredentials(f"{who}: give username and password, or a token")
    header, token = entry.get("header", "Authorization"), entry["token"]
    if not _HEADER.fullmatch(header) or header.lower() in _OURS or not _VALUE.fullmatch(token):
        raise BadCredentials(f"{who}: this header or token cannot be sent")
    is_bare = header == "Authorization" and " " not in token
    return header, f"Bearer {token}" if is_bare else token, token


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
