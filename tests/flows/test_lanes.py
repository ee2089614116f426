"""Who may have more than one worker at a time."""

import asyncio

from flows.lanes import Lanes


async def most_at_once(lanes, host, jobs=6, seconds=0.0):
    """How many of the host's jobs ran at once; each is judged as having taken ``seconds``."""
    running, most = 0, 0

    async def job():
        nonlocal running, most
        async with lanes.turn(host):
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)
            running -= 1
            lanes.judge(host, seconds)

    await asyncio.gather(*(job() for _ in range(jobs)))
    return most


async def test_an_unknown_host_has_one_job_at_a_time():
    assert await most_at_once(Lanes(1.0), "new.example") == 1


def trusting(host):
    lanes = Lanes(1.0)
    for _ in range(21):
        lanes.judge(host, 0.1)
    return lanes


async def test_a_host_whose_jobs_were_quick_has_as_many_as_there_is_room_for():
    lanes = trusting("quick.example")
    assert await most_at_once(lanes, "quick.example") == 6


async def test_a_slow_job_takes_the_trust_away_and_a_hundred_quick_ones_give_it_back():
    lanes = trusting("a.example")
    lanes.judge("a.example", 5.0)
    for _ in range(100):
        lanes.judge("a.example", 0.1)
    assert await most_at_once(lanes, "a.example", seconds=5.0) == 1
    for _ in range(101):
        lanes.judge("a.example", 0.1)
    assert await most_at_once(lanes, "a.example") == 6


async def test_one_hosts_turn_waits_for_no_other_host():
    lanes = Lanes(1.0)
    async with lanes.turn("slow.example"), lanes.turn("other.example"), lanes.turn(""), lanes.turn(""):
        pass
