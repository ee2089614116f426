"""Every program of the bench finds this module first: ``*.example`` is this machine, and each look-up is written down.

So the hosts are names as real ones are, each with an address of its own, without a name server or a change to the
machine. One line for each look-up goes to the file that BENCH_LOOKUPS names. Every other name is unknown, and at once:
what a program wants of the outside, as a list of public suffixes, is to cost nobody a time-out.
"""

import os
import socket
from typing import Any

_ENDING = ".example"
_NET_SIZE = 250
_log = os.environ.get("BENCH_LOOKUPS")
_sink = os.open(_log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) if _log else None
_real_getaddrinfo, _real_gethostbyname = socket.getaddrinfo, socket.gethostbyname


def _address(host: Any) -> Any:
    """What to look up instead; raises gaierror for a name of the outside."""
    name = host.decode() if isinstance(host, bytes) else host
    if not isinstance(name, str) or "." not in name or name.replace(".", "").isdigit():
        return host
    if not name.endswith(_ENDING):
        raise socket.gaierror(socket.EAI_NONAME, f"{name} is not of the bench")
    if _sink is not None:
        os.write(_sink, f"{name}\n".encode())
    return _home(name)


def _home(name: str) -> str:
    """The loopback address of a host, by the number in its name: who is polite to an address asks few at once there."""
    number = int("".join(filter(str.isdigit, name)) or 0)
    return f"127.1.{number // _NET_SIZE % _NET_SIZE}.{number % _NET_SIZE + 1}"


def _getaddrinfo(host: Any, *arguments: Any, **named: Any) -> Any:
    return _real_getaddrinfo(_address(host), *arguments, **named)


def _gethostbyname(host: Any) -> str:
    return _real_gethostbyname(_address(host))


socket.getaddrinfo, socket.gethostbyname = _getaddrinfo, _gethostbyname

if os.environ.get("BENCH_PROFILE"):
    import sampling

    sampling.start(os.environ["BENCH_PROFILE"])
