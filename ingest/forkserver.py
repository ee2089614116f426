"""The process that has loaded what workers need, and forks them: what it has loaded is in memory once for all.

It is told over a Unix socket what to do, by requests of one kind and one number; it forks one child for each socket
that it is handed, and waits for a child when asked. It does no work on input itself, so that no page can end it.
"""

import gc
import os
import socket
import struct
import traceback
from collections.abc import Callable, Mapping
from functools import partial

REQUEST = struct.Struct("!cq")  # what, and for REAP the child's process id
ANSWER = struct.Struct("!q")  # the child's process id, or its end as os.waitstatus_to_exitcode; below: not done
REAP = b"R"
FAILED = -(1 << 32)  # from here down: FAILED minus an errno

Work = Callable[[socket.socket], None]


def run(control: socket.socket, work: Work, preparations: Mapping[bytes, Callable[[], None]]) -> None:
    """Fork and reap as told until the other side closes ``control``.

    A request to fork names one of ``preparations``, which is made before its first fork, and carries the socket that
    the child's ``work`` is to serve; one without a socket asks for the preparation alone, and is answered by 0.
    """
    prepared: set[bytes] = set()
    while request := _receive(control):
        (what, number), handed = request
        if what == REAP:
            answer = _attempt(partial(_reap, number))
        else:
            if what not in prepared:
                _prepare(preparations[what])
                prepared.add(what)
            answer = _attempt(partial(_fork, control, handed[0], work)) if handed else 0
            for fd in handed:
                os.close(fd)
        control.sendall(ANSWER.pack(answer))


def _receive(control: socket.socket) -> tuple[tuple[bytes, int], list[int]] | None:
    message, handed, _, _ = socket.recv_fds(control, REQUEST.size, 1)
    while 0 < len(message) < REQUEST.size:
        more = control.recv(REQUEST.size - len(message))
        if not more:
            return None
        message += more
    return (REQUEST.unpack(message), handed) if message else None


def _attempt(act: Callable[[], int]) -> int:
    try:
        return act()
    except OSError as error:
        return FAILED - (error.errno or 0)


def _reap(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _prepare(preparation: Callable[[], None]) -> None:
    """Load things now; what is left is set aside from the collector, which would write to every page of it."""
    preparation()
    gc.collect()
    gc.freeze()


def _fork(control: socket.socket, fd: int, work: Work) -> int:
    if child := os.fork():
        return child
    status = 1
    try:
        control.close()
        work(socket.socket(fileno=fd))
        status = 0
    except BaseException:  # noqa: BLE001 - nothing of the child may reach the loop above it
        traceback.print_exc()
    finally:
        os._exit(status)
