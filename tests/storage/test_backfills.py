"""Backfills in the store: one of each site, steps that are whole, pages that carry what is wanted of them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ingest.filters import KeptOut
from storage import backfills, filters, find_pages, find_sums, finds, history, pages, sites, turns, walks
from storage.backfills import NotOurs, Standing, UnknownBackfill, Wish, Worker
from storage.due import Wanted
from storage.finds import NewFind, State
from storage.sites import Claim
from storage.turns import NotYet, Taken, TurnRequest
from storage.walks import Judged, Step

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LIVE, QUIET = "here:1:a", "here:2:b:backfill"


@pytest.fixture
def session(database: Any) -> Any:
    with database.begin() as opened:
        yield opened


def nobody(_holder: str) -> bool:
    return False


def worker(holder: str = QUIET, now: datetime = NOW) -> Worker:
    return Worker(holder, now, nobody)


def open_job(session: Any, **wish: Any) -> Any:
    plain = {"site": "https://news.example/", "home_url": "https://news.example/", "home_key": 7}
    return backfills.open_job(session, Wish(**{**plain, **wish}), NOW)


def started(session: Any, **wish: Any) -> int:
    job_id: int = open_job(session, **wish).job.id
    assert backfills.start(session, job_id, worker())
    return job_id


def find(number: int, **changes: Any) -> NewFind:
    plain = {"key": number, "page_key": 100 + number, "url": f"https://news.example/{number}", "host": "news.example"}
    return NewFind(**{**plain, **changes})


def step(session: Any, job_id: int, name: str, *found: NewFind, decide: Any = lambda *_: "inside") -> None:
    walk = next(walk for walk in walks.of_job(session, job_id) if walk.name == name)

    def judge(new: int) -> Judged:
        return Judged(cursor={"at": walk.requests + 1}, progress={"new": new})

    walks.record(session, Step(walk=walk, found=found, judge=judge, decide=decide))


def states(session: Any, job_id: int) -> dict[str, int]:
    return dict(find_sums.sums(session, job_id).states)


def test_a_site_has_one_job_and_one_under_way_takes_the_wider_window(session: Any) -> None:
    first = open_job(session, since=date(2026, 5, 1), until=date(2026, 6, 1))
    second = open_job(session, since=date(2026, 5, 20), until=date(2026, 7, 1), sources=("wayback",))

    assert second.job.id == first.job.id
    assert second.is_widened
    assert (second.job.since, second.job.until) == (date(2026, 5, 1), date(2026, 7, 1))
    assert second.job.sources == ("auto", "wayback")
    assert not open_job(session, since=date(2026, 5, 20), until=date(2026, 6, 1)).is_widened


def test_a_job_that_is_done_is_opened_again_for_the_new_window_alone(session: Any) -> None:
    job_id = started(session, since=date(2026, 5, 1))
    walks.lay(session, job_id, [("sitemaps", {})], orders=1)
    step(session, job_id, "sitemaps", find(1), find(2))
    find_pages.queue(session, job_id, 10, NOW)
    assert backfills.leave(session, job_id, worker(), Standing(state="done")).state == "done"

    again = open_job(session, since=date(2026, 6, 1))

    assert (again.job.id, again.job.since, again.job.state, again.is_widened) == (
        job_id,
        date(2026, 6, 1),
        "waiting",
        False,
    )
    assert not again.job.is_planned


def test_two_addresses_of_one_site_become_one_job_once_that_is_known(session: Any) -> None:
    there = open_job(session, since=date(2026, 5, 1)).job.id
    job_id = started(session, site="https://news.example/feed", home_key=8, since=date(2026, 4, 1))

    assert backfills.move_home(session, job_id, "https://news.example/", 7) == there
    assert backfills.get(session, job_id) is None
    assert backfills.known(session, there).since == date(2026, 4, 1)
    with pytest.raises(UnknownBackfill):
        backfills.known(session, job_id)


def test_a_job_has_one_worker_until_that_one_is_gone(session: Any) -> None:
    job_id = started(session)

    assert not backfills.start(session, job_id, worker("other:3:c"))
    late = NOW + timedelta(seconds=backfills.LEASE_SECONDS + 1)
    assert backfills.start(session, job_id, worker("other:3:c", late))
    with pytest.raises(NotOurs):
        backfills.keep(session, job_id, worker())


def test_a_job_that_was_asked_for_more_meanwhile_is_not_done(session: Any) -> None:
    job_id = started(session, since=date(2026, 5, 1))
    walks.lay(session, job_id, [("sitemaps", {})], orders=1)
    open_job(session, since=date(2026, 4, 1))

    assert backfills.leave(session, job_id, worker(), Standing(state="done")).state == "running"


def test_jobs_that_wait_are_due_at_their_time_and_those_left_behind_after_their_lease(session: Any) -> None:
    waiting, left = started(session), started(session, home_key=8)
    later = NOW + timedelta(minutes=5)
    backfills.leave(session, waiting, worker(), Standing(state="waiting", next_at=later, why="It was busy."))

    assert backfills.due(session, NOW) == []
    assert [job.id for job in backfills.due(session, later)] == [waiting, left]
    assert [job.id for job in backfills.list_jobs(session)] == [left, waiting]


def test_what_two_sources_name_is_kept_once_with_what_both_say(session: Any) -> None:
    job_id = started(session)
    walks.lay(session, job_id, [("sitemaps", {}), ("wordpress", {})], orders=1)
    step(session, job_id, "sitemaps", find(1, latest_at=NOW), find(2), decide=lambda *_: "undecided")
    entry = {"title": "On tides", "published_at": NOW.isoformat()}
    step(session, job_id, "wordpress", find(1, published_at=NOW, entry=entry), find(3))

    first, second = walks.of_job(session, job_id)
    assert (first.progress, second.progress) == ({"new": 2}, {"new": 2})
    assert (second.found, second.oldest_at, second.cursor, second.requests) == (2, NOW, {"at": 1}, 1)
    assert states(session, job_id) == {"found": 3}
    find_pages.queue(session, job_id, 10, NOW)
    rows = pages.waiting(session, sites.ensure(session, ["news.example"])["news.example"], Wanted(now=NOW))
    assert [page.entry.title if page.entry else None for page in rows] == ["On tides", None, None]


def test_a_date_that_another_source_knows_moves_a_find_out_of_the_window(session: Any) -> None:
    job_id = started(session)
    walks.lay(session, job_id, [("sitemaps", {}), ("wordpress", {})], orders=1)
    step(session, job_id, "sitemaps", find(1), decide=lambda *_: "undecided")

    step(session, job_id, "wordpress", find(1, published_at=NOW), decide=lambda _url, at, _: "outside" if at else "")

    assert states(session, job_id) == {"outside": 1}
    finds.judge_anew(session, job_id, lambda *_: "inside")
    assert states(session, job_id) == {"found": 1}


def test_pages_of_a_backfill_carry_its_window_until_they_are_settled(newsroom: Any) -> None:
    with newsroom.database.begin() as session:
        job_id = started(session, since=date(2026, 5, 1), uses_copies=True)
        walks.lay(session, job_id, [("sitemaps", {})], orders=1)
        step(session, job_id, "sitemaps", find(1, is_preview=True), find(2), find(3), decide=lambda *_: "undecided")
        assert find_pages.queue(session, job_id, 2, NOW) == 2
    page, other = newsroom.waiting()

    assert (page.history.since, page.history.is_inside, page.history.is_preview) == (date(2026, 5, 1), False, True)
    assert page.history.uses_copies
    newsroom.save(page)
    with newsroom.database.begin() as session:
        assert history.refuse(session, other.page_id, history.Refusal("outside-window", NOW))
        find_pages.settle(session, job_id)
        assert states(session, job_id) == {"stored": 1, "refused": 1, "found": 1}
        assert find_sums.sums(session, job_id).refused == {"outside-window": 1}
        assert find_sums.months(session, job_id) == {"2026-11": 1}
    assert newsroom.waiting() == []


def test_a_page_that_a_feed_names_meanwhile_is_not_refused(newsroom: Any) -> None:
    with newsroom.database.begin() as session:
        job_id = started(session)
        walks.lay(session, job_id, [("sitemaps", {})], orders=1)
        seen = newsroom.seen("one")
        step(session, job_id, "sitemaps", find(1, page_key=seen.page_key, url=seen.page_url))
        find_pages.queue(session, job_id, 5, NOW)
    newsroom.poll(newsroom.subscribe(), seen)

    with newsroom.database.begin() as session:
        [page] = pages.known(session, {seen.page_key}).values()
        assert not history.refuse(session, page.page_id, history.Refusal("outside-window"))


def test_a_page_that_a_feed_shows_meanwhile_is_live_and_of_that_feed(newsroom: Any) -> None:
    one, two, three = (newsroom.seen(name) for name in ("one", "two", "three"))
    with newsroom.database.begin() as session:
        job_id = started(session)
        walks.lay(session, job_id, [("sitemaps", {})], orders=1)
        told = {"title": "As the listing has it"}
        named = [(1, one, told), (2, two, None), (3, three, None)]
        found = [find(key, page_key=seen.page_key, url=seen.page_url, entry=entry) for key, seen, entry in named]
        step(session, job_id, "sitemaps", *found)
        find_pages.queue(session, job_id, 5, NOW)
    assert [page.url for page in newsroom.waiting()] == [one.page_url, two.page_url, three.page_url]

    newsroom.poll(newsroom.subscribe(), two, one)

    first, second, last = newsroom.waiting()
    assert (first.url, second.url, last.url) == (one.page_url, two.page_url, three.page_url)
    assert (first.entry.title, second.entry.title, last.entry) == ("As the listing has it", "On two", None)
    assert [page.feed_url for page in (first, second, last)] == ["https://news.example/a.xml"] * 2 + [None]
    assert [page.history is None for page in (first, second, last)] == [True, True, False]
    for page in (first, second, last):
        newsroom.save(page)
    with newsroom.database.begin() as session:
        find_pages.settle(session, job_id)
        assert states(session, job_id) == {"stored": 3}


def test_a_page_that_a_feed_shows_goes_before_those_of_a_backfill(newsroom: Any) -> None:
    old, new = newsroom.seen("old"), newsroom.seen("new")
    with newsroom.database.begin() as session:
        job_id = started(session)
        walks.lay(session, job_id, [("sitemaps", {})], orders=1)
        found = [find(key, page_key=seen.page_key, url=seen.page_url) for key, seen in ((1, old), (2, new))]
        step(session, job_id, "sitemaps", *found)
        find_pages.queue(session, job_id, 5, NOW)

    newsroom.poll(newsroom.subscribe(), new)

    assert [page.url for page in newsroom.waiting()] == [new.page_url, old.page_url]


def test_what_is_stored_is_judged_by_the_date_of_its_article(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe(), newsroom.seen("one"))
    [page] = newsroom.waiting()
    newsroom.save(page, published_at=NOW)

    with newsroom.database.begin() as session:
        known = finds.states(session, {newsroom.seen("one").page_key})
        assert known == {newsroom.seen("one").page_key: State("known", published_at=NOW)}
        job_id = started(session)
        walks.lay(session, job_id, [("sitemaps", {})], orders=1)
        [state] = known.values()
        step(session, job_id, "sitemaps", find(1, state=state), decide=lambda _url, at, _: "outside" if at else "")
        assert states(session, job_id) == {"outside": 1}


def test_what_an_earlier_order_stored_counts_in_the_window_of_the_next_one_only(session: Any) -> None:
    job_id = started(session)
    walks.lay(session, job_id, [("wordpress", {})], orders=1)
    known, declined = State("known"), State("declined", "not-found")
    step(session, job_id, "wordpress", find(1, state=known), find(2, state=known), find(3, state=declined))

    finds.judge_anew(session, job_id, lambda url, *_: "inside" if url == "https://news.example/2" else "outside")
    assert states(session, job_id) == {"known": 1, "outside": 2}


def test_months_are_those_of_utc_whatever_the_sessions_zone(newsroom: Any) -> None:
    with newsroom.database.begin() as session:
        if session.connection().dialect.name == "postgresql":
            session.connection().exec_driver_sql("SET TIME ZONE 'Pacific/Auckland'")
        job_id = started(session)
        walks.lay(session, job_id, [("wordpress", {})], orders=1)
        step(session, job_id, "wordpress", find(1, published_at=datetime(2026, 4, 30, 23, 59, tzinfo=UTC)))
        assert find_sums.months(session, job_id) == {"2026-04": 1}


def test_what_is_stored_or_kept_away_is_known_before_anything_is_fetched(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe(), newsroom.seen("one"))
    [page] = newsroom.waiting()
    newsroom.save(page)

    with newsroom.database.read() as session:
        assert finds.states(session, {newsroom.seen("one").page_key, 5}) == {
            newsroom.seen("one").page_key: State("known")
        }
        assert find_sums.months_stored(session, {"news.example"}) == {}


def test_what_a_filter_keeps_out_is_refused_and_said_so(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe(), newsroom.seen("one", kept_out=KeptOut("a filter", "why")))
    with newsroom.database.begin() as session:
        assert finds.states(session, {newsroom.seen("one").page_key}) == {
            newsroom.seen("one").page_key: State("refused", "filtered")
        }
        job_id = started(session)
        walks.lay(session, job_id, [("sitemaps", {})], orders=1)
        step(session, job_id, "sitemaps", find(1))
        find_pages.queue(session, job_id, 5, NOW)
    [page] = newsroom.waiting()
    with newsroom.database.begin() as session:
        assert filters.keep_out(session, page.page_id, None, KeptOut("a filter", "why"), NOW)
        find_pages.settle(session, job_id)
        assert find_sums.sums(session, job_id).refused == {"filtered": 1}


def test_a_cancelled_job_takes_back_the_pages_that_wait_for_it_alone(newsroom: Any) -> None:
    with newsroom.database.begin() as session:
        job_id = started(session)
        walks.lay(session, job_id, [("sitemaps", {})], orders=1)
        step(session, job_id, "sitemaps", find(1), find(2))
        find_pages.queue(session, job_id, 1, NOW)
        pages.add_urls(session, [pages.NewPage("https://news.example/live", 999, "news.example")], NOW)

        job = backfills.cancel(session, job_id, NOW)

        assert job is not None
        assert job.state == "cancelled"
        assert states(session, job_id) == {"found": 2}
        with pytest.raises(NotOurs):
            backfills.keep(session, job_id, worker())
        assert backfills.cancel(session, 99, NOW) is None
    assert [page.url for page in newsroom.waiting()] == ["https://news.example/live"]


def test_a_page_waits_on_the_host_of_its_copy_and_comes_home(newsroom: Any) -> None:
    with newsroom.database.begin() as session:
        job_id = started(session)
        walks.lay(session, job_id, [("sitemaps", {})], orders=1)
        step(session, job_id, "sitemaps", find(1))
        find_pages.queue(session, job_id, 1, NOW)
    [page] = newsroom.waiting()
    with newsroom.database.begin() as session:
        history.send_to(session, page.page_id, "archive.example", copies=[{"ask": {}}], copy_at=0)

    [there] = newsroom.waiting("archive.example")
    assert (there.url, there.history.copy_at, there.history.copies) == (page.url, 0, ({"ask": {}},))
    with newsroom.database.begin() as session:
        history.bring_home(session, page.page_id, "news.example")
    assert [one.page_id for one in newsroom.waiting()] == [page.page_id]


def test_a_host_is_taken_for_one_request_when_it_is_free_and_open(session: Any) -> None:
    def take(holder: str, now: datetime = NOW, **more: Any) -> Taken | NotYet:
        request = TurnRequest(host="news.example", holder=holder, now=now, is_holder_dead=nobody, **more)
        return turns.take(session, request)

    taken = take(QUIET)
    assert isinstance(taken, Taken)
    assert take("other:9:c:backfill") == NotYet()
    again_at = NOW + timedelta(hours=1)
    sites.hold(session, taken.site_id, sites.Hold(again_at, "It was busy.", is_asked=False))
    sites.release(session, [sites.Release(QUIET, taken.site_id)])
    assert take(QUIET) == NotYet(again_at, "It was busy.", is_asked=False)
    assert take(QUIET, passes_backoff=True) == taken
    sites.hold(session, taken.site_id, sites.Hold(again_at + timedelta(hours=1), "Later.", is_asked=True))
    assert isinstance(take(QUIET, passes_backoff=True), NotYet)


def test_a_round_asks_a_backfill_for_its_host_and_gets_it_first(newsroom: Any) -> None:
    newsroom.subscribe()
    wanted = Wanted(now=NOW)
    request = TurnRequest(host="news.example", holder=QUIET, now=NOW, is_holder_dead=nobody)
    with newsroom.database.begin() as session:
        taken = turns.take(session, request)
        assert sites.claim(session, Claim(wanted=wanted, holder=LIVE)) == []
        held = turns.held_back(session, wanted, nobody)
        assert held == [taken.site_id]
        assert turns.held_back(session, wanted, lambda _: True) == []
        turns.ask_for(session, held, NOW)
        assert turns.has_to_go(session, taken.site_id, Wanted(now=NOW, page_keys=(1,)))
        sites.release(session, [sites.Release(QUIET, taken.site_id)])

        assert turns.take(session, request) == NotYet()
        assert sites.claim(session, Claim(wanted=wanted, holder=QUIET)) == []
        assert [site.host for site in sites.claim(session, Claim(wanted=wanted, holder=LIVE))] == ["news.example"]
