"""Captures of addresses, sorted as an archive's index sorts them."""

import hashlib
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from ipaddress import ip_address
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Capture:
    """What an archive kept of an address at a moment."""

    url: str
    captured_at: datetime
    status: int = 200
    mime: str = "text/html"
    body: bytes = b""
    location: str | None = None  # of a redirect

    @property
    def timestamp(self) -> str:
        """14 digits, UTC."""
        return f"{self.captured_at:%Y%m%d%H%M%S}"

    @cached_property
    def key(self) -> str:
        """The sort-friendly form of the address."""
        return surt(self.url)

    @cached_property
    def digest(self) -> str:
        """SHA-1 of the body in base 32, as both archives write it."""
        return b32encode(hashlib.sha1(self.body or (self.location or "").encode()).digest()).decode()

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The response headers as they were."""
        charset = "; charset=utf-8" if self.mime.startswith("text/") else ""
        found = [("Content-Type", self.mime + charset), ("Server", "slipway")]
        return [*found, ("Location", self.location)] if self.location else found


class Archive:
    """Captures in the order of their keys and moments."""

    def __init__(self, captures: Iterable[Capture]) -> None:
        self.captures = sorted(captures, key=lambda one: (one.key, one.timestamp))

    def of(self, url: str) -> list[Capture]:
        """The captures of one address, oldest first."""
        key = surt(url)
        return [one for one in self.captures if one.key == key]

    def nearest(self, url: str, timestamp: str) -> Capture | None:
        """The capture of an address that is nearest to a moment."""
        moment = read_timestamp(timestamp)
        found = self.of(url)
        return min(found, key=lambda one: abs(one.captured_at - moment)) if found else None

    def selected(self, url: str, match_type: str | None) -> list[Capture]:
        """The captures that ``url`` and ``matchType`` mean; a wildcard in the address stands for the latter.

        A host without a port means every port of it: worlds on loopback cannot choose theirs.
        """
        if match_type is None and url.startswith("*."):
            url, match_type = url[2:], "domain"
        elif match_type is None and url.endswith("*"):
            url, match_type = url[:-1], "prefix"
        full = url if "://" in url else f"http://{url}"
        return [one for one in self.captures if _matches(one, full, match_type or "exact")]


def _matches(one: Capture, full: str, match_type: str) -> bool:
    wanted, own = urlsplit(full), urlsplit(one.url)
    if wanted.port is None:
        own = own._replace(netloc=own.hostname or "")
    host, own_host = _host(wanted.netloc), _host(own.netloc)
    if match_type == "host":
        return own_host == host
    if match_type == "domain":
        return own_host == host or own_host.endswith("." + host)
    key, own_key = surt(full), surt(own.geturl())
    return own_key.startswith(key) if match_type == "prefix" else own_key == key


def _host(netloc: str) -> str:
    return netloc.lower().removeprefix("www.").removesuffix(":80")


def surt(url: str) -> str:
    """The address with its host turned round: "org,archive)/about?b=1". Scheme, "www." and letters' case are dropped.

    Source: sort-friendly URI reordering transform, as both archives canonicalize; a host of digits stays as it is.
    """
    parts = urlsplit(url if "://" in url else f"http://{url}")
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port not in {None, 80, 443} else ""
    path = parts.path.lower()
    path = path.rstrip("/") or "/" if not path.endswith("*") else path
    query = "&".join(sorted(parts.query.lower().split("&"))) if parts.query else ""
    return f"{_reversed(host)}{port}){path}" + (f"?{query}" if query else "")


def _reversed(host: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError:
        return ",".join(reversed(host.split(".")))


def read_timestamp(text: str) -> datetime:
    """A moment of 1 to 14 digits; what is left out is as early as can be."""
    padded = text + "19960101000000"[len(text) :]
    return datetime.strptime(padded[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
