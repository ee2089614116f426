"""What may be asked for and connected to: addresses, ports and URLs. The last word is spoken where a socket is made."""

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from ada_url import URL, join_url, normalize_url

from ingest.errors import BadUrl

MAX_URL_LENGTH = 2_048
_WEB_PORTS = (80, 443)
_FIRST_USER_PORT = 1_024

# IANA's special-purpose registries, multicast and reserved space. ipaddress.is_global is not enough: on Python 3.11
# it calls 64:ff9b::7f00:1, 2002:7f00:1::, ::127.0.0.1, 192.0.0.192 and fec0::1 global.
_DENIED = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT, and a cloud's metadata service
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a cloud's host agent, on a public address
        "169.254.0.0/16",  # link-local, and most clouds' metadata services
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # IETF protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays, deprecated
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "::/3",  # unspecified, loopback, v4-compatible, local NAT64, discard-only: all before global unicast
        "4000::/2",  # not allocated, and 5f00::/16 of segment routing
        "8000::/1",  # not allocated, unique local, link-local, site-local, multicast
        "2001::/23",  # IETF protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address in disguise, deprecated
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: carries an IPv4 address, which is what counts
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_UNSHOWABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_CREDENTIALS = re.compile(r"^((?:[a-zA-Z][a-zA-Z0-9+.-]*:)?[/\\]*)[^/\\?#]*@")

AddrInfo = tuple[Any, Any, int, str, tuple[Any, ...]]


class ForbiddenAddress(OSError):
    """The address guard does not let this connection through. An OSError, so that connectors treat it as one."""


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """What is let through although the deny list names it: networks, and exact address and port pairs."""

    allow_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    allow_endpoints: frozenset[tuple[str, int]] = frozenset()


def check_address(ip: str, port: int, policy: AddressPolicy) -> None:
    """Raise ForbiddenAddress unless a connection to this address and port is allowed.

    Ports: 80, 443 and any from 1024 up (interface decision 10). Addresses: none of the deny list, with IPv4 addresses
    inside IPv6 ones unwrapped first, unless the policy allows them.
    """
    address = _unwrapped(ip)
    if (str(address), port) in policy.allow_endpoints:
        return
    if port not in _WEB_PORTS and port < _FIRST_USER_PORT:
        raise ForbiddenAddress(f"port {port} is not one for web sites: 80, 443 and any from 1024 up are")
    if _is_denied(address) and not any(address in network for network in policy.allow_networks):
        raise ForbiddenAddress(f"{ip} is not an address of the public internet")


def check_url(url: str, base: str | None = None) -> str:
    """Give the URL as it will be asked for: WHATWG-normalised, without credentials and fragment.

    Raises:
        BadUrl: it is no http or https URL, has no host, holds control characters or is longer than 2,048 characters.
    """
    text = url.strip(" \t\r\n\f")
    if len(text) > MAX_URL_LENGTH:
        raise BadUrl(f"{loggable_url(text)} is longer than {MAX_URL_LENGTH:,} characters")
    if _CONTROL.search(text):
        raise BadUrl(f"{loggable_url(text)} holds control characters")
    try:
        href = normalize_url(text) if base is None else join_url(base, text)
    except ValueError as error:
        raise BadUrl(f"{loggable_url(text)} is not a URL that can be asked for") from error
    href = _without_credentials(href).partition("#")[0]
    if not href.startswith(("http://", "https://")):
        raise BadUrl(f"{loggable_url(text)} is not an http or https address")
    if not endpoint_of(href).host:
        raise BadUrl(f"{loggable_url(text)} names no host")
    if len(href) > MAX_URL_LENGTH:
        raise BadUrl(f"{loggable_url(href)} is longer than {MAX_URL_LENGTH:,} characters")
    return href


def check_host(url: str, policy: AddressPolicy) -> None:
    """Raise BadUrl or ForbiddenAddress where the URL can be refused without asking DNS: literals and localhost.

    The same check is made again on the address of every connection; this one is for saying no at once.
    """
    endpoint = endpoint_of(check_url(url))
    refusals = [_refusal(ip, endpoint.port, policy) for ip in literal_addresses(endpoint.name)]
    if all(refusals):  # localhost is 127.0.0.1 and ::1: one that is allowed is enough
        for refusal in filter(None, refusals):
            raise refusal


def _refusal(ip: str, port: int, policy: AddressPolicy) -> ForbiddenAddress | None:
    try:
        check_address(ip, port, policy)
    except ForbiddenAddress as refusal:
        return refusal
    return None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Who is asked: ``host`` for politeness and storage, ``name`` (without brackets) and ``port`` to connect to."""

    host: str
    name: str
    port: int


def endpoint_of(url: str) -> Endpoint:
    """Give who is asked for a URL that ``check_url`` gave; such a one splits by hand at a fifth of a parser's cost."""
    scheme, _, rest = url.partition("://")
    return _endpoint(scheme, rest.partition("/")[0].partition("?")[0])


@lru_cache(maxsize=4_096)
def _endpoint(scheme: str, authority: str) -> Endpoint:
    name, colon, port = authority.rpartition(":")
    if not colon or authority.endswith("]"):
        name, port = authority, ""
    host = name.rstrip(".")
    default_port = 443 if scheme == "https" else 80
    return Endpoint(f"{host}:{port}" if port else host, name.strip("[]"), int(port or default_port))


def host_of(url: str) -> str:
    """Give who is asked for a checked URL: the lower-case host, with ":port" where it is not the scheme's own."""
    return endpoint_of(url).host


def literal_addresses(hostname: str) -> tuple[str, ...]:
    """Give the addresses that a name means without DNS: a literal's own, and localhost's (RFC 6761 6.3)."""
    name = hostname.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return ("127.0.0.1", "::1")
    return (name,) if _is_literal(name) else ()


def loggable_url(url: str) -> str:
    """Give a URL for messages: without credentials, control and direction characters, at most 200 characters."""
    return _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", _CREDENTIALS.sub(r"\1", url))[:200]


def guarded_sockets(policy: AddressPolicy) -> Callable[[AddrInfo], socket.socket]:
    """Give a socket factory that refuses to make a socket for a forbidden address: nothing can be rebound after it."""

    def make_socket(info: AddrInfo) -> socket.socket:
        family, kind, protocol, _, (ip, port, *_) = info
        check_address(ip, port, policy)
        return socket.socket(family, kind, protocol)

    return make_socket


def has_credentials(url: str) -> bool:
    """Whether a username or password stands in the address: they are never sent from there."""
    try:
        parsed = URL(url.strip(" \t\r\n\f"))
    except ValueError:
        return False
    return bool(parsed.username or parsed.password)


def _without_credentials(href: str) -> str:
    if "@" not in href:
        return href
    parsed = URL(href)
    parsed.username = parsed.password = ""
    return str(parsed.href)


def _is_literal(name: str) -> bool:
    if ":" not in name and not name[-1:].isdigit():
        return False
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4_096)
def _unwrapped(ip: str) -> IPv4Address | IPv6Address:
    address = ip_address(ip.partition("%")[0])
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


@lru_cache(maxsize=4_096)
def _is_denied(address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in _DENIED)
