"""Every program of the bench finds this module first: ``*.example`` is this machine, and each look-up is written down.

So the hosts are names as real ones are, without a name server or a change to the machine. One line for each look-up
goes to the file that BENCH_LOOKUPS names.
"""

import os
import socket
from typing import Any

_ENDING = ".example"
_ADDRESS = "127.0.0.1"
_log = os.environ.get("BENCH_LOOKUPS")
_sink = os.open(_log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) if _log else None
_real_getaddrinfo, _real_gethostbyname = socket.getaddrinfo, socket.gethostbyname


def _is_ours(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if not isinstance(name, str) or not name.endswith(_ENDING):
        return False
    if _sink is not None:
        os.write(_sink, f"{name}\n".encode())
    return True


def _getaddrinfo(host: Any, *arguments: Any, **named: Any) -> Any:
    return _real_getaddrinfo(_ADDRESS if _is_ours(host) else host, *arguments, **named)


def _gethostbyname(host: Any) -> str:
    return _ADDRESS if _is_ours(host) else _real_gethostbyname(host)


socket.getaddrinfo, socket.gethostbyname = _getaddrinfo, _gethostbyname

if os.environ.get("BENCH_PROFILE"):
    import sampling

    sampling.start(os.environ["BENCH_PROFILE"])
