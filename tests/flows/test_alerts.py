"""What of the feeds' health is told, and that each change is told once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flows.alerts import TOLD_ONE_BY_ONE, Alert, find_news
from flows.health import HealthReport
from ingest.decide.drift import Drift
from ingest.decide.health import health
from ingest.model import FailureKind, FeedState, FeedStatus
from storage.feeds import FeedSchedule
from storage.told import Told

NOW = datetime(2026, 11, 21, 3, 30, tzinfo=UTC)
DAY = timedelta(days=1)
WELL = FeedState(
    url="https://news.example/feed",
    created_at=NOW - 60 * DAY,
    last_polled_at=NOW,
    last_changed_at=NOW,
    post_count=40.0,
    post_days=20.0,
)
FAILING = replace(WELL, failures=4, failing_since=NOW - 2 * DAY, failure=FailureKind.NOT_FOUND)
DRIFT = Drift(
    site="news.example",
    since=NOW - 3 * DAY,
    first_id=7,
    first_url="https://news.example/7",
    pages=15,
    thin_pages=15,
    words_before=600,
    words_since=40,
)


class Reader:
    """Somebody who is told each night, and remembers."""

    def __init__(self) -> None:
        self.told: dict[str, Told] = {}

    def night(self, *states: FeedState, drifts: tuple[Drift, ...] = (), now: datetime = NOW) -> list[Alert]:
        rows = [
            FeedSchedule(
                feed_id=number,
                state=state,
                next_poll_at=now,
                poll_reason="in 1 h: why",
                last_failure_kind=None,
                last_failure_detail=None,
            )
            for number, state in enumerate(states, 1)
        ]
        report = HealthReport([(row, health(row.state, now)) for row in rows], list(drifts))
        news = find_news(report, self.told, now)
        self.told = {name: one for name, one in {**self.told, **news.told}.items() if name not in news.well}
        return news.alerts


def test_a_failing_feed_is_told_once_and_again_when_it_is_well():
    reader = Reader()
    [alert] = reader.night(FAILING)
    assert (alert.event, alert.subject, alert.name) == ("feedmill.feed.failing", "feedmill.feed.1", WELL.url)
    assert alert.payload["sentence"] == (
        "https://news.example/feed is failing: the feed answered 404; 4 polls in a row failed since 19 Nov"
    )
    assert alert.payload["advice"] == ["feedmill feeds explain https://news.example/feed"]
    assert reader.night(FAILING, now=NOW + DAY) == []
    assert [alert.event for alert in reader.night(WELL)] == ["feedmill.feed.recovered"]
    assert reader.night(WELL) == []


def test_one_failed_poll_is_no_news_and_a_day_of_failing_is():
    once = replace(FAILING, failures=1, failing_since=NOW - timedelta(hours=2))
    assert Reader().night(once) == []
    assert len(Reader().night(replace(once, failing_since=NOW - DAY))) == 1


def test_slowness_is_not_told_and_takes_nothing_back():
    reader = Reader()
    reader.night(FAILING)
    slow = replace(FAILING, failures=1, failure=FailureKind.TIMEOUT)
    assert reader.night(slow) == []
    assert reader.night(FAILING) == []


def test_a_change_from_failing_to_gone_is_told():
    reader = Reader()
    reader.night(FAILING)
    gone = replace(FAILING, failure=FailureKind.GONE, status=FeedStatus.GONE)
    assert [alert.event for alert in reader.night(gone)] == ["feedmill.feed.gone"]


def test_a_second_episode_is_told_again():
    reader = Reader()
    silent = replace(WELL, last_changed_at=NOW - 30 * DAY)
    assert [alert.event for alert in reader.night(silent)] == ["feedmill.feed.silent"]
    later = replace(silent, last_changed_at=NOW + 10 * DAY, last_polled_at=NOW + 60 * DAY)
    assert len(reader.night(later, now=NOW + 60 * DAY)) == 1


def test_a_drifting_site_is_told_once_with_the_commands_and_when_it_is_over():
    reader = Reader()
    [alert] = reader.night(WELL, drifts=(DRIFT,))
    assert (alert.event, alert.subject) == ("feedmill.site.drifting", "feedmill.site.news.example")
    assert alert.payload["advice"][0] == "feedmill rules explain https://news.example/7"
    assert alert.payload["advice"][1].startswith("feedmill reextract --site news.example --since 2026-11-18")
    assert reader.night(WELL, drifts=(replace(DRIFT, since=NOW - 2 * DAY, pages=40),)) == []
    assert [alert.event for alert in reader.night(WELL)] == ["feedmill.site.recovered"]


def test_a_hundred_feeds_that_fail_in_one_night_are_some_alerts_and_a_count():
    reader = Reader()
    alerts = reader.night(*(replace(FAILING, url=f"https://news.example/{n}") for n in range(100)))
    assert len(alerts) == TOLD_ONE_BY_ONE + 1
    assert (alerts[-1].event, alerts[-1].payload["count"]) == ("feedmill.feeds.more", 80)
    assert reader.night(*(replace(FAILING, url=f"https://news.example/{n}") for n in range(100))) == []


def test_a_feed_that_was_removed_or_paused_is_forgotten_without_a_word():
    reader = Reader()
    reader.night(FAILING)
    assert reader.night() == []
    reader.night(FAILING)
    assert reader.night(replace(FAILING, status=FeedStatus.PAUSED)) == []
    assert reader.told == {}


def test_what_a_terminal_or_a_shell_would_obey_is_taken_out():
    evil = replace(FAILING, url="https://news.example/$(reboot)\x1b[2J")
    [alert] = Reader().night(evil)
    assert "\x1b" not in alert.payload["sentence"]
    assert alert.payload["advice"][0].startswith("feedmill feeds explain 'https://news.example/$(reboot)")
