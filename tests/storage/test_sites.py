"""Hosts: claimed by one holder at a time, never before their time, given back with their spacing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.model import FailureKind, FeedState, FeedStatus, PageFailure
from storage import feeds, pages, sites
from storage.database import Database
from storage.due import Wanted
from storage.sites import Claim, Hold, Robots

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def claimed(database: Database, holder: str = "here:1:a", now: datetime = NOW, **changes: Any) -> list[str]:
    wanted = Wanted(now=now, **{name: changes.pop(name) for name in list(changes) if name in Wanted.__slots__})
    with database.begin() as session:
        return [site.host for site in sites.claim(session, Claim(wanted=wanted, holder=holder, **changes))]


def site_id(database: Database, host: str = "news.example") -> int:
    with database.begin() as session:
        return sites.ensure(session, [host])[host]


def test_a_host_with_a_due_feed_is_claimed_once(newsroom: Any) -> None:
    newsroom.subscribe()

    assert claimed(newsroom.database, "here:1:a") == ["news.example"]
    assert claimed(newsroom.database, "here:2:b") == []


def test_a_host_without_due_work_is_not_claimed(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe())

    assert claimed(newsroom.database) == []
    assert claimed(newsroom.database, now=NOW + timedelta(hours=1)) == ["news.example"]


def test_a_host_with_a_pending_page_is_claimed(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe(), newsroom.seen("one", host="else.example"))

    assert claimed(newsroom.database) == ["else.example"]


@pytest.mark.parametrize("everything", [False, True])
def test_retry_after_is_never_bypassed_rules_28_and_31(newsroom: Any, *, everything: bool) -> None:
    newsroom.subscribe()
    with newsroom.database.begin() as session:
        sites.hold(
            session,
            sites.ensure(session, ["news.example"])["news.example"],
            Hold(NOW + MINUTE, "Retry-After: 60", is_asked=True),
        )

    assert claimed(newsroom.database, everything=everything) == []
    assert claimed(newsroom.database, now=NOW + MINUTE, everything=everything) == ["news.example"]


def test_a_hold_only_lengthens(newsroom: Any) -> None:
    newsroom.subscribe()
    held = site_id(newsroom.database)
    with newsroom.database.begin() as session:
        sites.hold(session, held, Hold(NOW + 10 * MINUTE, "Retry-After: 600", is_asked=True))
        sites.hold(session, held, Hold(NOW + MINUTE, "Retry-After: 60", is_asked=True))
        sites.release(session, [sites.Release("nobody", held, NOW + 20 * MINUTE)])

    assert claimed(newsroom.database, now=NOW + 9 * MINUTE) == []
    assert claimed(newsroom.database, now=NOW + 10 * MINUTE) == ["news.example"]


def test_a_released_host_keeps_its_spacing(newsroom: Any) -> None:
    newsroom.subscribe()
    claimed(newsroom.database, "here:1:a")
    with newsroom.database.begin() as session:
        ids = sites.ensure(session, ["news.example"])
        sites.release(session, [sites.Release("here:1:a", ids["news.example"], NOW + MINUTE)])

    assert claimed(newsroom.database, "here:2:b") == []
    assert claimed(newsroom.database, "here:2:b", now=NOW + MINUTE) == ["news.example"]


def test_work_on_a_host_that_keeps_its_spacing_is_known_to_be_claimable_soon(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe(), newsroom.seen("one", host="else.example"))

    def is_any_soon(seconds: float, now: datetime = NOW) -> bool:
        with newsroom.database.read() as session:
            return sites.is_any_soon(session, Wanted(now=now), timedelta(seconds=seconds))

    assert not is_any_soon(9), "it may be asked now"
    assert claimed(newsroom.database) == ["else.example"]
    assert not is_any_soon(9), "somebody has it"
    other = site_id(newsroom.database, "else.example")
    with newsroom.database.begin() as session:
        sites.release(session, [sites.Release("here:1:a", other, NOW + timedelta(seconds=2))])
    assert is_any_soon(2)
    assert not is_any_soon(1.5), "not so soon"
    assert not is_any_soon(9, NOW + timedelta(seconds=2)), "it may be asked by now"
    newsroom.save(newsroom.waiting("else.example")[0])
    assert not is_any_soon(2), "nothing is due there"


def test_hosts_that_are_released_together_keep_each_its_own_spacing(newsroom: Any) -> None:
    hosts = ["a.example", "b.example", "c.example"]
    for host in hosts:
        newsroom.subscribe(host=host)
    claimed(newsroom.database, "here:1:a")
    with newsroom.database.begin() as session:
        ids = sites.ensure(session, hosts)
        given = [("c.example", None), ("b.example", NOW + 1.5 * MINUTE), ("a.example", NOW + MINUTE)]
        sites.release(session, [sites.Release("here:1:a", ids[host], at) for host, at in given])

    assert claimed(newsroom.database, "here:2:b") == ["c.example"]
    assert claimed(newsroom.database, "here:2:b", now=NOW + MINUTE) == ["a.example"]
    assert claimed(newsroom.database, "here:2:b", now=NOW + 1.5 * MINUTE) == ["b.example"]


def test_a_lease_that_ran_out_is_free(newsroom: Any) -> None:
    newsroom.subscribe()
    claimed(newsroom.database, "here:1:a", lease_seconds=120)

    assert claimed(newsroom.database, "here:2:b", now=NOW + timedelta(seconds=119)) == []
    assert claimed(newsroom.database, "here:2:b", now=NOW + timedelta(seconds=120)) == ["news.example"]


def test_the_lease_of_a_dead_process_of_this_machine_is_taken_over_at_once(newsroom: Any) -> None:
    newsroom.subscribe()
    claimed(newsroom.database, "here:1:a")

    assert claimed(newsroom.database, "here:2:b", is_holder_dead=lambda one: one == "there:1:a") == []
    assert claimed(newsroom.database, "here:2:b", is_holder_dead=lambda one: one == "here:1:a") == ["news.example"]


def test_renewing_tells_which_leases_are_still_ours(newsroom: Any) -> None:
    newsroom.subscribe("a", "one.example")
    newsroom.subscribe("a", "two.example")
    claimed(newsroom.database, "here:1:a")
    one, two = site_id(newsroom.database, "one.example"), site_id(newsroom.database, "two.example")
    later = NOW + timedelta(seconds=121)
    with newsroom.database.begin() as session:
        assert sites.renew(session, "here:1:a", [one], later + 5 * MINUTE) == {one}

    assert claimed(newsroom.database, "here:2:b", now=later) == ["two.example"]
    with newsroom.database.begin() as session:
        assert sites.renew(session, "here:1:a", [one, two], later + 5 * MINUTE) == {one}


def test_only_the_holder_releases(newsroom: Any) -> None:
    newsroom.subscribe()
    claimed(newsroom.database, "here:1:a")
    with newsroom.database.begin() as session:
        sites.release(session, [sites.Release("here:2:b", sites.ensure(session, ["news.example"])["news.example"])])

    assert claimed(newsroom.database, "here:2:b") == []


def test_the_host_left_alone_for_longest_comes_first(newsroom: Any) -> None:
    for host in ("one.example", "two.example", "three.example"):
        newsroom.subscribe("a", host)
    with newsroom.database.begin() as session:
        ids = sites.ensure(session, ["one.example", "two.example"])
        sites.hold(session, ids["one.example"], Hold(NOW - MINUTE, "spacing", is_asked=True))
        sites.hold(session, ids["two.example"], Hold(NOW - 2 * MINUTE, "spacing", is_asked=True))

    assert claimed(newsroom.database, limit=2) == ["three.example", "two.example"]
    assert claimed(newsroom.database, limit=2) == ["one.example"]


def test_hosts_that_had_their_turn_are_passed_over(newsroom: Any) -> None:
    newsroom.subscribe()
    done = frozenset({site_id(newsroom.database), *range(10**9, 10**9 + 40_000)})

    assert claimed(newsroom.database, done_site_ids=done) == []


def test_everything_asks_every_active_feed_but_none_twice(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    newsroom.poll(feed_id, now=NOW - 10 * MINUTE)

    assert claimed(newsroom.database, everything=True, started_at=NOW) == ["news.example"]
    newsroom.poll(feed_id, now=NOW + MINUTE)
    with newsroom.database.read() as session:
        wanted = Wanted(now=NOW + 2 * MINUTE, everything=True, started_at=NOW)
        assert feeds.due(session, [1], wanted)[1] == []


def test_everything_keeps_the_cooldown_rule_28(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe(), now=NOW - 2 * MINUTE)

    cooled = {"everything": True, "started_at": NOW, "cooldown_at": NOW - 5 * MINUTE}
    assert claimed(newsroom.database, **cooled) == []
    assert claimed(newsroom.database, everything=True, started_at=NOW) == ["news.example"]


def test_everything_passes_over_paused_and_gone(newsroom: Any) -> None:
    paused, gone = newsroom.subscribe("a", "paused.example"), newsroom.subscribe("a", "gone.example")
    with newsroom.database.begin() as session:
        feeds.pause(session, "https://paused.example/a.xml")
    state = FeedState(url="https://gone.example/a.xml", status=FeedStatus.GONE)
    newsroom.poll(gone, state=state, next_poll_at=NOW + timedelta(days=30))

    assert paused != gone
    assert claimed(newsroom.database, everything=True) == []
    assert claimed(newsroom.database, now=NOW + timedelta(days=30)) == ["gone.example"]  # rule 38: one re-check


def test_everything_passes_over_the_backoff_of_pages(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe(), newsroom.seen("one"))
    [page] = newsroom.waiting()
    failure = PageFailure(
        page_id=page.page_id, kind=FailureKind.TIMEOUT, detail="slow", status=None, next_attempt_at=NOW + 60 * MINUTE
    )
    with newsroom.database.begin() as session:
        pages.record_failure(session, failure, NOW)

    later = NOW + MINUTE
    assert claimed(newsroom.database, now=later) == []
    assert claimed(newsroom.database, now=later, everything=True, started_at=NOW) == []
    assert claimed(newsroom.database, now=later, everything=True, started_at=later) == ["news.example"]


def test_a_run_for_some_feeds_takes_only_them_and_their_pages(newsroom: Any) -> None:
    one = newsroom.subscribe("a", "one.example")
    two = newsroom.subscribe("a", "two.example")
    newsroom.poll(one, newsroom.seen("x", host="x.example"))
    newsroom.poll(two, newsroom.seen("y", host="y.example"))
    later = NOW + timedelta(hours=2)

    asked = claimed(newsroom.database, now=later, feed_urls=("https://one.example/a.xml",))

    assert sorted(asked) == ["one.example", "x.example"]


def test_a_run_for_some_pages_polls_no_feed(newsroom: Any) -> None:
    newsroom.subscribe()
    with newsroom.database.begin() as session:
        pages.add_urls(session, [pages.NewPage("https://x.example/1", 11, "x.example")], NOW)
        pages.add_urls(session, [pages.NewPage("https://y.example/1", 12, "y.example")], NOW)

    assert claimed(newsroom.database, page_keys=(11,)) == ["x.example"]


def test_robots_are_kept_with_the_host(database: Database) -> None:
    read = Robots(body="User-agent: *\nDisallow: /x", status=200, fetched_at=NOW, crawl_delay_seconds=2.5)
    host = site_id(database)
    with database.begin() as session:
        assert sites.robots(session, host) is None
        sites.put_robots(session, host, read)
        sites.put_platform(session, host, "wordpress")

    with database.read() as session:
        assert sites.robots(session, host) == read


CLAIM_ALL = """
    from datetime import UTC, datetime
    from storage import sites
    from storage.due import Wanted

    pipe.send("ready")
    holder, mine = f"here:{pipe.recv()}:a", []
    while True:
        claim = sites.Claim(wanted=Wanted(now=datetime(2026, 11, 21, 12, tzinfo=UTC)), holder=holder, limit=3)
        with database.begin() as session:
            found = sites.claim(session, claim)
        if not found:
            break
        mine += [site.host for site in found]
    pipe.send(mine)
"""


def test_two_processes_that_claim_at_once_share_the_hosts(newsroom: Any, programs: Any) -> None:
    hosts = {f"host-{number}.example" for number in range(150)}
    for host in hosts:
        newsroom.subscribe("a", host)

    shares = [program.answer() for program in programs.start_together(CLAIM_ALL, 2)]

    assert sorted(shares[0] + shares[1]) == sorted(hosts)


def test_everything_passes_over_our_own_hold_but_never_over_one_that_was_asked_for(newsroom: Any) -> None:
    newsroom.subscribe("https://ours.example/a.xml", host="ours.example")
    newsroom.subscribe("https://theirs.example/a.xml", host="theirs.example")
    with newsroom.database.begin() as session:
        ids = sites.ensure(session, ["ours.example", "theirs.example"])
        sites.hold(session, ids["ours.example"], Hold(NOW + 10 * MINUTE, "503 three times", is_asked=False))
        sites.hold(session, ids["theirs.example"], Hold(NOW + 10 * MINUTE, "Retry-After: 600", is_asked=True))
    with newsroom.database.begin() as session:
        everything = Claim(wanted=Wanted(now=NOW, everything=True), holder="host:1:a")
        assert [site.host for site in sites.claim(session, everything)] == ["ours.example"]
