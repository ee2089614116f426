"""Who may start a request now: spacing, connections and holds for each host, in order of arrival. Knows no HTTP."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import IntEnum

MAX_DELAY_SECONDS = 60.0  # the longest Crawl-delay that is honoured (rule 33)
_IDLE_SECONDS = 600.0  # after this long without work a host is forgotten
_SWEEP_SIZE = 1_024


class Turn(IntEnum):
    """Whose turn comes first: the next hop of a request under way, then what is live, then history."""

    NEXT_HOP = 0
    LIVE = 1
    BACKFILL = 2


class HostHeld(Exception):
    """The host asked to be left alone for longer than anyone waits here."""

    def __init__(self, host: str, seconds: float) -> None:
        super().__init__(f"{host} asked to be left alone for another {seconds:.0f} seconds")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class GateOptions:
    """``delay_seconds`` from start to start, ``connections`` at once; holds longer than the patience are refused.

    History starts only where nothing else is under way, and ``history_delay_seconds`` after whatever started last.
    Where the gate hears what goes out (``mark_sent``), who was let in but waits for something else lets nobody follow:
    otherwise two whose turns were a delay apart would go out together.
    """

    delay_seconds: float = 1.0
    connections: int = 2
    hold_patience_seconds: float = 5.0
    history_delay_seconds: float = 0.0
    hears_what_is_sent: bool = False


@dataclass(slots=True)
class _Host:
    delay_seconds: float
    next_start: float = 0.0
    last_start: float = float("-inf")
    held_until: float = 0.0
    active: int = 0
    admitted: int = 0  # ever: the number of the last one
    unsent: int = 0  # the number of the one that was let in and has not gone out yet
    queues: tuple[deque[asyncio.Future[int]], ...] = field(default_factory=lambda: tuple(deque() for _ in Turn))
    server: asyncio.Task[None] | None = None
    served: Turn | None = None  # whose start the server waits for

    def next_waiter(self) -> asyncio.Future[int] | None:
        """The first of the first class that still waits; those who gave up are dropped on the way."""
        turn = self.next_turn()
        return None if turn is None else self.queues[turn][0]

    def next_turn(self) -> Turn | None:
        """The class of that one."""
        for turn, queue in zip(Turn, self.queues, strict=True):
            while queue and queue[0].done():
                queue.popleft()
            if queue:
                return turn
        return None


class HostGate:
    """Lets requests start, host by host; hosts do not wait for each other.

    A live request waits for at most one backfill request: it passes every one that has not started yet.
    """

    def __init__(
        self, options: GateOptions, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._options = options
        self._clock = clock
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}
        self._sweep_at = _SWEEP_SIZE

    def try_enter(self, host: str, turn: Turn = Turn.LIVE) -> int:
        """Start at once where nobody waits before this one: its number, to be given to ``leave``; 0 where it must wait.

        Raises HostHeld as ``enter`` does.
        """
        state, now = self._host(host), self._clock()
        self._refuse_if_held(host, state, now)
        if (turn is not Turn.NEXT_HOP and state.next_waiter()) or self._seconds_to_start(state, turn, now):
            return 0
        return self._admit(state, now)

    async def enter(self, host: str, turn: Turn = Turn.LIVE) -> int:
        """Wait until a request to the host may start, and give its number for ``leave``.

        Raises HostHeld where that is too long.
        """
        if number := self.try_enter(host, turn):
            return number
        state = self._host(host)
        waiter: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        state.queues[turn].append(waiter)
        self._serve(state)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self.leave(host, waiter.result())  # admitted and cancelled in the same breath
            raise

    def leave(self, host: str, number: int) -> None:
        """Say that the request of this number is over and its connection free, whether it went out or not."""
        state = self._hosts[host]
        state.active -= 1
        if state.unsent == number:
            state.unsent = 0
        if state.next_waiter():
            self._serve(state)

    def mark_sent(self, host: str) -> None:
        """Say that a request goes out only now (names and connections take time): the spacing counts from here."""
        state = self._host(host)
        state.last_start = self._clock()
        state.next_start = max(state.next_start, state.last_start + state.delay_seconds)
        state.unsent = 0
        if state.next_waiter():
            self._serve(state)

    def hold(self, host: str, until: float) -> None:
        """Let nothing start before ``until``, by this gate's clock; who would have to wait too long is refused."""
        state = self._host(host)
        state.held_until = max(state.held_until, until)
        try:
            self._refuse_if_held(host, state, self._clock())
        except HostHeld as refusal:
            for queue in state.queues:
                while queue:
                    waiter = queue.popleft()
                    if not waiter.done():
                        waiter.set_exception(HostHeld(host, refusal.seconds))

    def set_delay(self, host: str, seconds: float) -> None:
        """Space the host's requests by a Crawl-delay; the longer of it and the setting wins, up to 60 seconds.

        It is forgotten with the host, ten minutes after its last request.
        """
        self._host(host).delay_seconds = max(self._options.delay_seconds, min(seconds, MAX_DELAY_SECONDS))

    def close(self) -> None:
        """Stop serving; who still waits is cancelled."""
        for state in self._hosts.values():
            if state.server:
                state.server.cancel()
            for queue in state.queues:
                for waiter in queue:
                    waiter.cancel()

    def __len__(self) -> int:
        """How many hosts are remembered."""
        return len(self._hosts)

    def _host(self, host: str) -> _Host:
        state = self._hosts.get(host)
        if state is None:
            if len(self._hosts) >= self._sweep_at:
                self._forget_idle()
            state = self._hosts[host] = _Host(self._options.delay_seconds)
        return state

    def _forget_idle(self) -> None:
        long_ago = self._clock() - _IDLE_SECONDS
        for host, state in list(self._hosts.items()):
            is_quiet = not state.active and state.next_waiter() is None
            if is_quiet and max(state.next_start, state.held_until) <= long_ago:
                del self._hosts[host]
        self._sweep_at = max(_SWEEP_SIZE, 2 * len(self._hosts))

    def _seconds_to_start(self, state: _Host, turn: Turn, now: float) -> float:
        """0 where a request may start now; infinity while all connections are in use, or one has yet to go out."""
        is_history = turn is Turn.BACKFILL
        is_full = state.active >= (1 if is_history else self._options.connections)
        if is_full or (state.unsent and state.delay_seconds):
            return float("inf")
        spaced = state.last_start + self._options.history_delay_seconds if is_history else state.next_start
        return max(0.0, max(spaced, state.next_start, state.held_until) - now)

    def _refuse_if_held(self, host: str, state: _Host, now: float) -> None:
        seconds = state.held_until - now
        if seconds > self._options.hold_patience_seconds:
            raise HostHeld(host, seconds)

    def _admit(self, state: _Host, now: float) -> int:
        state.active += 1
        state.admitted += 1
        if self._options.hears_what_is_sent:
            state.unsent = state.admitted
        state.last_start, state.next_start = now, now + state.delay_seconds
        return state.admitted

    def _serve(self, state: _Host) -> None:
        if state.server is not None and state.served is Turn.BACKFILL and state.next_turn() is not Turn.BACKFILL:
            state.server.cancel()  # it sleeps for history, which may wait longer than what has come now
            state.server = state.served = None
        if state.server is None or state.server.done():
            state.server = asyncio.get_running_loop().create_task(self._serve_waiters(state))

    async def _serve_waiters(self, state: _Host) -> None:
        """Admit waiters one by one until none is left or none may follow yet: then this starts anew."""
        while (turn := state.next_turn()) is not None:
            now = self._clock()
            seconds = self._seconds_to_start(state, turn, now)
            if seconds == float("inf"):
                break
            if seconds > 0:
                state.served = turn
                await self._sleep(seconds)
                state.served = None
            elif waiter := state.next_waiter():
                waiter.set_result(self._admit(state, now))
        state.server = None
