"""A backfill as people meet it: planned, bounded, stopped, taken up again, asked for twice."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from backfill_world import cms
from backfill_world.server import Fake, text_answer

from flows.backfill_reports import has_no_listing, nothing_found
from flows.backfilling import Budget, Order, plan, resume, resume_due, run, standing
from ingest.errors import BadUrl, UnknownSource
from storage import backfills, pages, sites
from storage.backfills import UnknownBackfill
from storage.sites import Hold


async def pages_came(world, count):
    """Until so many pages were asked for."""
    while world.requests.counts()["page"] < count:  # noqa: ASYNC110  the fake's log tells nobody
        await asyncio.sleep(0.02)


async def test_a_dry_run_reads_listings_only_and_leaves_no_job_behind(store):
    async with cms("wordpress", posts=40, disallowed=("/2026/",)) as world, store.mill() as mill:
        order = Order(site=world.home_url, since=date(2026, 1, 1), sources=("wordpress",))
        report = await plan(mill, order)

        inside = [post for post in world.opening if post.published_at.year == 2026]
        assert report.id is None
        assert (report.state, report.found, report.new, report.refused) == ("planned", 0, 0, {"robots": len(inside)})
        assert world.requests.counts()["page"] == 0
        with mill.database.read() as session:
            assert backfills.list_jobs(session) == []
            assert pages.counts(session)["pending"] == 0


async def test_a_dry_run_says_what_is_stored_already_and_what_the_rest_will_cost(store):
    async with cms("wordpress", posts=40) as world, store.mill() as mill:
        await run(mill, Order(site=world.home_url, since=date(2026, 6, 1)))
        stored = len(store.exported())

        report = await plan(mill, Order(site=world.home_url, sources=("wordpress",)))

        assert 0 < stored < 40
        assert (report.found, report.already_stored, report.new) == (40, stored, 40 - stored)
        assert report.estimate.requests == 40 - stored
        source = report.sources[0]
        assert (source.name, source.found, source.stopped_because) == ("wordpress", 40, "complete")
        assert (source.oldest, source.newest) == (world.opening[-1].published_at, world.opening[0].published_at)
        assert sum(month.before for month in report.months) == stored
        assert sum(month.found for month in report.months) == 40


async def test_a_window_holds_to_the_day_in_utc_at_both_ends(store):
    async with cms("wordpress", posts=60, span_days=59) as world:
        since, until = date(2026, 10, 10), date(2026, 10, 20)

        report = await store.backfill(world.home_url, since=since, until=until, sources=("wordpress",))

        inside = {post.link for post in world.opening if since <= post.published_at.date() <= until}
        assert store.urls == inside
        assert (report.found, report.stored, len(inside)) == (11, 11, 11)


@pytest.mark.parametrize("lastmod", ["true", "build", "none"])
async def test_a_window_holds_where_the_listing_does_not_tell_when_articles_were_published(store, lastmod):
    async with cms("ghost", surface="sitemap", is_alone=True, posts=20, span_days=19, lastmod=lastmod) as world:
        days = {"since": date(2026, 11, 10), "until": date(2026, 11, 12)}
        report = await store.backfill(world.home_url, sources=("sitemaps",), **days)

        inside = {post.link for post in world.opening if 10 <= post.published_at.day <= 12}
        assert store.urls == inside
        assert report.stored == len(inside) == 3
        assert report.refused["outside-window"] == report.found - 3 - report.refused["not-found"]


async def test_a_finished_job_that_is_run_again_adds_nothing(store):
    async with cms("blogger", posts=15) as world:
        first = await store.backfill(world.home_url)
        before = store.exported()

        again = await store.backfill(world.home_url)

        assert (first.stored, again.id) == (15, first.id)
        assert (again.state, again.found, again.already_stored, again.new, again.stored) == ("done", 15, 15, 0, 0)
        assert store.exported() == before
        assert world.requests.counts()["page"] == 15


async def test_a_wider_window_goes_on_from_what_is_stored(store):
    async with cms("wordpress", posts=30, span_days=29) as world:
        await store.backfill(world.home_url, since=date(2026, 11, 11))
        report = await store.backfill(world.home_url, since=date(2026, 11, 1))

        assert (report.already_stored, report.stored) == (10, 10)
        assert world.requests.counts()["page"] == 20


async def test_another_source_fetches_what_it_names_and_nothing_of_an_earlier_orders_source(store, tmp_path):
    async with cms("wordpress", posts=30, span_days=29) as world:
        await store.backfill(world.home_url, since=date(2026, 11, 11), sources=("wordpress",))
        oldest, known = world.opening[-1].link, world.opening[0].link
        (tmp_path / "wanted.txt").write_text(f"{oldest}\n{known}\nnot an address\n")

        report = await store.backfill(world.home_url, sources=("url_list",), files=(str(tmp_path / "wanted.txt"),))
        assert (report.found, report.already_stored, report.stored) == (2, 1, 1)
        assert report.sources[0].detail == "1 line(s) without an address were passed over"

        report = await store.backfill(world.home_url)
        assert (report.already_stored, report.stored) == (11, 19)


async def test_an_address_where_there_is_nothing_is_told_so(store):
    async with cms("static", posts=3) as world, store.mill() as mill:
        report = await plan(mill, Order(site=f"{world.home_url}nothing-here", sources=("url_list",)))

        assert report.why == f"{world.home_url}nothing-here answered 404. None of its sources named an article."


async def test_what_only_its_page_placed_outside_is_fetched_for_a_window_that_holds_it(store):
    async with cms("ghost", surface="sitemap", is_alone=True, posts=10, span_days=9, lastmod="none") as world:
        narrow = await store.backfill(world.home_url, sources=("sitemaps",), since=date(2026, 11, 19))
        wide = await store.backfill(world.home_url, sources=("sitemaps",), since=date(2026, 11, 16))

        assert (narrow.stored, narrow.refused["outside-window"]) == (2, 8)
        assert (wide.already_stored, wide.stored) == (2, 3)
        assert world.requests.counts()["page"] == 10 + 3  # those that are surely outside are not asked for again


async def test_a_budget_of_pages_ends_the_call_and_the_next_one_goes_on(store):
    async with cms("wordpress", posts=25) as world, store.mill() as mill:
        first = await run(mill, Order(site=world.home_url, max_pages=10, sources=("wordpress",)))

        assert (first.state, first.stored, first.left) == ("waiting", 10, 15)
        assert world.requests.counts()["page"] == 10
        assert "10 pages" in first.why
        second = await resume(mill, first.id, Budget(pages=10))
        third = await resume(mill, first.id)
        assert [second.stored, third.stored, third.state] == [20, 25, "done"]
        assert world.requests.counts()["page"] == 25


async def test_a_budget_of_requests_is_never_passed(store):
    async with cms("wordpress", posts=25) as world, store.mill() as mill:
        report = await run(mill, Order(site=world.home_url, max_requests=12))

        assert report.state == "waiting"
        assert "12 requests" in report.why
        assert report.requests == len(world.requests) == 12


async def test_a_job_that_is_done_is_not_resumed_and_says_so(store):
    async with cms("static", posts=5) as world, store.mill() as mill:
        done = await run(mill, Order(site=world.home_url))
        asked = len(world.requests)

        report = await resume(mill, done.id)

        assert (report.state, len(world.requests)) == ("done", asked)
        assert "done" in report.why
        with pytest.raises(UnknownBackfill):
            await resume(mill, 99)


async def test_two_backfills_of_one_site_become_one_with_both_windows(store):
    async with cms("wordpress", posts=30, span_days=29, latency_seconds=0.02) as world:
        async with store.mill() as mill, store.mill() as other:
            newer = asyncio.create_task(run(mill, Order(site=world.home_url, since=date(2026, 11, 11))))
            await pages_came(world, 3)
            older = Order(site=world.feed_url, since=date(2026, 10, 31), until=date(2026, 11, 5))
            joined = await run(other, older)
            done = await newer

        assert joined.id == done.id
        assert "under way" in joined.why
        assert (done.state, done.since, done.until) == ("done", date(2026, 10, 31), None)
        assert store.urls == {
            post.link for post in world.opening if post.published_at >= datetime(2026, 10, 31, tzinfo=UTC)
        }
        assert world.requests.counts()["page"] == len(store.urls)


async def test_a_job_that_waits_takes_the_wider_window_and_says_so(store):
    async with cms("wordpress", posts=30, span_days=29) as world:
        first = await store.backfill(world.home_url, since=date(2026, 11, 11), max_pages=2)
        second = await store.backfill(world.home_url, since=date(2026, 11, 1), until=date(2026, 11, 15))

        assert (first.state, second.state, second.id) == ("waiting", "done", first.id)
        assert (second.since, second.until) == (date(2026, 11, 1), None)
        assert "2026-11-01" in second.why
        assert len(store.urls) == 20


async def test_a_job_that_is_cancelled_stops_and_takes_its_pages_back_and_can_be_resumed(store):
    async with cms("wordpress", posts=60, latency_seconds=0.05) as world, store.mill() as mill:
        task = asyncio.create_task(run(mill, Order(site=world.home_url)))
        await pages_came(world, 3)
        now = mill.clock()
        await mill.writer.apply(lambda session: backfills.cancel(session, 1, now))
        stopped = await task

        asked = world.requests.counts()["page"]
        assert stopped.state == "cancelled"
        assert 3 <= stopped.stored <= asked < 60
        with mill.database.read() as session:
            assert pages.counts(session)["pending"] == 0
        resumed = await resume(mill, 1)
        assert (resumed.state, resumed.stored) == ("done", 60)


async def test_a_run_that_is_stopped_leaves_the_job_waiting_and_another_one_goes_on(store):
    async with cms("wordpress", posts=40, latency_seconds=0.05) as world:
        async with store.mill() as mill:
            task = asyncio.create_task(run(mill, Order(site=world.home_url)))
            await pages_came(world, 3)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert standing(mill, 1).state == "waiting"
        assert (await store.backfill(world.home_url)).stored == 40


async def test_a_server_that_asks_for_a_long_wait_gets_it_and_nobody_passes_over_it(store):
    async with cms("wordpress", "limited", posts=20, retry_after_seconds=900) as world, store.mill() as mill:
        report = await run(mill, Order(site=world.home_url))
        asked = len(world.requests)

        again = await resume(mill, report.id)

        assert report.state == again.state == "waiting"
        assert report.next_at - mill.clock() > timedelta(minutes=14)
        assert len(world.requests) == asked


async def test_our_own_patience_is_passed_over_by_who_resumes(store):
    async with cms("wordpress", posts=10) as world, store.mill() as mill:
        order = Order(site=world.home_url, max_pages=2)
        job = await run(mill, order)
        until = mill.clock() + timedelta(hours=1)
        host = world.home_url.split("/")[2]
        site_id = store.site_id(host)
        await mill.writer.apply(
            lambda session: sites.hold(session, site_id, Hold(until, "It was busy.", is_asked=False))
        )

        waiting = await run(mill, Order(site=world.home_url))
        resumed = await resume(mill, job.id)

        assert (waiting.state, waiting.next_at) == ("waiting", until)
        assert (resumed.state, resumed.stored) == ("done", 10)


class Overloaded(Fake):
    """A site whose every page is answered 500."""

    def _answer(self, asked):
        return text_answer("User-agent: *" if asked.path == "/robots.txt" else "", "text/plain", "other", self.status)

    status = 500


async def test_a_site_that_cannot_be_looked_at_now_is_left_alone_until_its_time_or_a_resume(store, monkeypatch):
    monkeypatch.setattr("flows.backfill_course.PATIENCE", timedelta(seconds=-1))
    async with Overloaded() as site, store.mill() as mill:
        order = Order(site=f"{site.url}/")
        planned = await plan(mill, order)
        first = await run(mill, order)
        asked = len(site.requests)
        again = await run(mill, order)

        assert (first.state, again.state, again.next_at) == ("waiting", "waiting", first.next_at)
        assert len(site.requests) == asked
        assert "500" in first.why
        assert not has_no_listing(first)
        assert "history yet: ask again after" in nothing_found(planned)
        resumed = await resume(mill, first.id)
        assert len(site.requests) > asked
        assert resumed.next_at > first.next_at, "each time it is left alone for longer"


async def test_jobs_whose_time_has_come_go_on_by_themselves(store):
    async with cms("wordpress", posts=10) as world, store.mill() as mill:
        job = await run(mill, Order(site=world.home_url, max_pages=2))
        assert await resume_due(mill) == []  # a budget that is spent waits for a person
        store.make_due(job.id, mill.clock())

        reports = await resume_due(mill)

        assert [(report.id, report.state, report.stored) for report in reports] == [(job.id, "done", 10)]


async def test_progress_is_told_while_it_goes_on(store):
    told = []

    async def tell(report):
        told.append((report.state, report.stored))

    async with cms("wordpress", posts=10) as world, store.mill() as mill:
        await run(mill, Order(site=world.home_url), progress=tell)

    assert told[0][0] == "running"
    assert told[-1] == ("done", 10)


async def test_progress_counts_the_articles_of_a_slice_as_they_are_stored(store, monkeypatch):
    monkeypatch.setattr("flows.backfilling.WATCH_SECONDS", 0.02)
    monkeypatch.setattr("flows.backfill_call.PROGRESS_SECONDS", 0.0)
    told = []

    async def tell(report):
        told.append(report.stored)

    async with cms("wordpress", posts=10, latency_seconds=0.1) as world, store.mill() as mill:
        await run(mill, Order(site=world.home_url), progress=tell)

    assert told == sorted(told)
    assert set(told) & set(range(1, 10)), "or a slice of 200 pages shows nothing for minutes"


async def test_an_address_or_a_source_that_there_is_not_is_refused_at_once(store):
    async with store.mill() as mill:
        with pytest.raises(BadUrl):
            await run(mill, Order(site="gopher://old.example/"))
        with pytest.raises(BadUrl, match=r"10\.0\.0\.1"):
            await plan(mill, Order(site="http://10.0.0.1/"))
        with pytest.raises(UnknownSource):
            await plan(mill, Order(site="https://news.example/", sources=("newspaper",)))


async def test_rounds_that_all_fail_for_a_reason_of_ours_end_the_job_and_it_can_be_resumed(store):
    async with cms("static", posts=6) as world, store.mill() as mill:

        async def fails(mill, batch):
            for host in batch.hosts:
                given_back = sites.Release(mill.holder, host.site_id, mill.clock())
                await mill.writer.apply_to(sites.release, given_back)
            raise OSError("no space left on device")

        report = await run(mill, Order(site=world.home_url), fails)

        assert (report.state, report.stored) == ("failed", 0)
        assert "see the log" in report.why
        assert (await resume(mill, report.id)).state == "done"
    assert store.urls == world.reachable
