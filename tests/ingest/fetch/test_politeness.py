"""Who may start when, on a simulated clock (rules 31, 33)."""

import asyncio
import heapq
from collections.abc import Callable
from itertools import pairwise

import pytest

from ingest.fetch.politeness import GateOptions, HostGate, HostHeld, Turn


class Time:
    """A clock that jumps to the next sleeper once everyone waits."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        waker = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, id(waker), waker))
        await waker

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    async def run(self, until: float = float("inf")) -> None:
        await self.settle()
        while self._sleepers and self._sleepers[0][0] <= until:
            at, _, waker = heapq.heappop(self._sleepers)
            self.now = max(self.now, at)
            if not waker.done():
                waker.set_result(None)
            await self.settle()
        self.now = max(self.now, until) if until != float("inf") else self.now


class Log:
    """Makes requests through a gate and remembers when each started and how many ran at once."""

    def __init__(self, gate: HostGate, time: Time) -> None:
        self.gate, self.time = gate, time
        self.starts: list[tuple[str, float]] = []
        self.running = self.most = 0
        self.tasks: list[asyncio.Task[None]] = []

    def request(self, name: str, host: str = "h", turn: Turn = Turn.LIVE, lasts: float = 0.0) -> None:
        self.tasks.append(asyncio.create_task(self._request(name, host, turn, lasts)))

    async def _request(self, name: str, host: str, turn: Turn, lasts: float) -> None:
        number = await self.gate.enter(host, turn)
        self.starts.append((name, self.time.now - 1_000))
        self.running += 1
        self.most = max(self.most, self.running)
        if lasts:
            await self.time.sleep(lasts)
        self.running -= 1
        self.gate.leave(host, number)

    @property
    def order(self) -> list[str]:
        return [name for name, _ in self.starts]


Make = Callable[..., Log]


@pytest.fixture
def make_log() -> Make:
    def make(**options: float) -> Log:
        time = Time()
        return Log(HostGate(GateOptions(**options), time.clock, time.sleep), time)  # type: ignore[arg-type]

    return make


async def test_starts_at_one_host_are_a_delay_apart_and_in_order(make_log: Make) -> None:
    """Rule 33: fifty feeds on one host, due at once."""
    log = make_log(delay_seconds=1.0)
    for number in range(50):
        log.request(str(number))

    await log.time.run()

    assert log.starts == [(str(number), float(number)) for number in range(50)]


async def test_no_more_than_two_run_at_once(make_log: Make) -> None:
    """Rule 33."""
    log = make_log(delay_seconds=0.0)
    for number in range(6):
        log.request(str(number), lasts=10.0)

    await log.time.run()

    assert log.most == 2
    assert [at for _, at in log.starts] == [0, 0, 10, 10, 20, 20]


async def test_a_slow_host_delays_no_other(make_log: Make) -> None:
    """Rule 33."""
    log = make_log(delay_seconds=5.0)
    for number in range(3):
        log.request(f"slow{number}", "slow", lasts=100.0)
    log.request("other", "other")

    await log.time.run(until=1_000.0)

    assert ("other", 0.0) in log.starts


async def test_the_spacing_counts_from_when_a_request_really_goes_out(make_log: Make) -> None:
    log = make_log(delay_seconds=1.0)
    await log.gate.enter("h")
    log.request("second")
    await log.time.settle()
    log.time.now += 0.5
    log.gate.mark_sent("h")

    await log.time.run()

    assert log.starts == [("second", 1.5)]


async def test_who_waits_for_something_else_after_its_turn_lets_nobody_follow(make_log: Make) -> None:
    """Rule 33: two whose turns were a delay apart would otherwise go out together once there is room for both."""
    log = make_log(delay_seconds=1.0, hears_what_is_sent=True)
    await log.gate.enter("h")
    log.request("second")
    log.request("other", "other")
    await log.time.run()
    log.time.now += 30.0
    log.gate.mark_sent("h")

    await log.time.run()

    assert log.starts == [("other", 0.0), ("second", 31.0)]


async def test_who_leaves_without_having_gone_out_lets_the_next_one_follow(make_log: Make) -> None:
    log = make_log(delay_seconds=1.0, hears_what_is_sent=True)
    first = await log.gate.enter("h")
    log.request("second")
    await log.time.run()
    log.time.now += 5.0

    log.gate.leave("h", first)
    await log.time.run()

    assert log.starts == [("second", 5.0)]


async def test_an_earlier_request_that_ends_does_not_speak_for_a_later_one(make_log: Make) -> None:
    log = make_log(delay_seconds=1.0, connections=3, hears_what_is_sent=True)
    first = await log.gate.enter("h")
    log.gate.mark_sent("h")
    log.time.now += 1.0
    assert log.gate.try_enter("h")  # and waits for something else
    log.request("third")
    await log.time.run()

    log.gate.leave("h", first)
    await log.time.run(until=log.time.now + 60.0)

    assert log.starts == []


async def test_the_longer_of_crawl_delay_and_setting_wins_up_to_a_minute(make_log: Make) -> None:
    """Rule 33, interface decision 11."""
    for crawl_delay, gap in ((0.2, 1.0), (7.0, 7.0), (900.0, 60.0)):
        log = make_log(delay_seconds=1.0)
        log.gate.set_delay("h", crawl_delay)
        for name in "abc":
            log.request(name)
        await log.time.run()
        assert [later - earlier for (_, earlier), (_, later) in pairwise(log.starts)] == [gap, gap]


async def test_live_requests_pass_the_history_that_waits(make_log: Make) -> None:
    log = make_log(delay_seconds=1.0)
    for name in ("old1", "old2", "old3"):
        log.request(name, turn=Turn.BACKFILL)
    await log.time.settle()
    log.request("live1")
    log.request("live2")

    await log.time.run()

    assert log.order == ["old1", "live1", "live2", "old2", "old3"]


async def test_the_next_hop_of_a_request_under_way_goes_first(make_log: Make) -> None:
    log = make_log(delay_seconds=1.0)
    for name in ("a", "b", "c"):
        log.request(name)
    await log.time.settle()
    log.request("hop", turn=Turn.NEXT_HOP)

    await log.time.run()

    assert log.order == ["a", "hop", "b", "c"]


async def test_a_short_hold_is_waited_for(make_log: Make) -> None:
    log = make_log(delay_seconds=1.0)
    log.gate.hold("h", log.time.now + 4.0)
    log.request("a")

    await log.time.run()

    assert log.starts == [("a", 4.0)]


async def test_a_long_hold_refuses_who_waits_and_who_comes_until_it_is_over(make_log: Make) -> None:
    """Rule 31."""
    log = make_log(delay_seconds=1.0)
    for name in "abc":
        log.request(name)
    await log.time.settle()
    log.gate.hold("h", log.time.now + 3_600.0)
    await log.time.settle()

    assert log.order == ["a"]
    refused = [task.exception() for task in log.tasks[1:]]
    assert [type(error) for error in refused] == [HostHeld, HostHeld]
    with pytest.raises(HostHeld) as caught:
        await log.gate.enter("h")
    assert caught.value.seconds == 3_600.0
    log.request("elsewhere", "other")
    await log.time.run(until=log.time.now + 3_600.0)
    log.request("later")
    await log.time.run()
    assert log.order == ["a", "elsewhere", "later"]


async def test_a_later_shorter_hold_does_not_shorten_a_longer_one(make_log: Make) -> None:
    log = make_log()
    log.gate.hold("h", log.time.now + 3_600.0)
    log.gate.hold("h", log.time.now + 60.0)

    with pytest.raises(HostHeld, match="3600 seconds"):
        log.gate.try_enter("h")


async def test_who_gives_up_waiting_leaves_no_gap_and_takes_no_place(make_log: Make) -> None:
    log = make_log(delay_seconds=1.0)
    for name in "abcd":
        log.request(name)
    await log.time.settle()
    log.tasks[1].cancel()
    log.tasks[2].cancel()

    await log.time.run()

    assert log.starts == [("a", 0.0), ("d", 1.0)]


async def test_who_is_cancelled_while_being_admitted_gives_the_place_back(make_log: Make) -> None:
    log = make_log(delay_seconds=0.0, connections=1)
    first = await log.gate.enter("h")
    log.request("cancelled")
    await log.time.settle()
    log.gate.leave("h", first)
    await asyncio.sleep(0)  # the gate admits the waiter, whose task has not run yet
    log.tasks[0].cancel()
    await log.time.settle()
    log.request("next")

    await log.time.run()

    assert log.order == ["next"]


async def test_idle_hosts_are_forgotten_and_busy_or_held_ones_are_not(make_log: Make) -> None:
    log = make_log(delay_seconds=1.0)
    busy = await log.gate.enter("busy")
    log.gate.hold("held", log.time.now + 86_400.0)
    for number in range(10_000):
        log.time.now += 1.0
        log.gate.leave(f"host{number}", log.gate.try_enter(f"host{number}"))

    assert len(log.gate) < 3_000
    with pytest.raises(HostHeld):
        log.gate.try_enter("held")
    log.gate.leave("busy", busy)


async def test_closing_cancels_who_waits(make_log: Make) -> None:
    log = make_log(delay_seconds=1.0)
    log.request("a")
    log.request("b")
    await log.time.settle()

    log.gate.close()
    await log.time.settle()

    assert log.tasks[1].cancelled()


async def test_history_is_spaced_by_its_own_delay_and_never_beside_another_request(make_log: Make) -> None:
    log = make_log(delay_seconds=1.0, history_delay_seconds=2.0)
    log.request("live", lasts=5.0)
    for name in "abc":
        log.request(name, turn=Turn.BACKFILL)

    await log.time.run()

    assert log.starts == [("live", 0.0), ("a", 5.0), ("b", 7.0), ("c", 9.0)]
    assert log.most == 1


async def test_what_is_live_does_not_wait_as_long_as_history(make_log: Make) -> None:
    log = make_log(delay_seconds=1.0, history_delay_seconds=10.0)
    for name in "ab":
        log.request(name, turn=Turn.BACKFILL)
    await log.time.run(until=1_003.0)
    log.request("live")

    await log.time.run()

    assert log.starts == [("a", 0.0), ("live", 3.0), ("b", 13.0)]
