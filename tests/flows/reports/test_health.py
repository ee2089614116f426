"""Feeds that are not healthy: a narrow table of them, and a list with all that is to be said of each."""

from dataclasses import replace
from datetime import UTC, datetime

from flows.reports.health import health_table, ill_feeds_markdown
from ingest.decide.health import HealthState, health
from ingest.model import FailureKind, FeedState
from storage.feeds import FeedSchedule

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def judged(url, detail="the server answered 503", **changes):
    state = FeedState(
        url=url,
        created_at=NOW,
        last_polled_at=NOW,
        failure=FailureKind.UNAVAILABLE,
        failure_detail=detail,
        failures=3,
        failing_since=NOW,
    )
    reason = "in 8 h: the feed answered 503; 3 polls in a row failed since 21 Nov"
    row = FeedSchedule(
        feed_id=1, state=state, next_poll_at=NOW, poll_reason=reason, last_failure_kind="x", last_failure_detail="y"
    )
    return row, replace(health(state, NOW), **changes)


def test_the_table_of_ill_feeds_needs_no_scrolling(width):
    url = "https://news.example/" + "folder/" * 40 + "feed.xml"
    [row] = health_table([judged(url, reason="the feed answered a server error; 15 polls in a row failed " * 9)])
    assert row["feed"].startswith("news.example/folder/")
    assert row["state"] == "failing"
    assert width(row) < 110, "of letters there is room for some 115 at 1400 pixels"


def test_a_healthy_feed_is_in_neither():
    well = judged("http://a.example/f", state=HealthState.HEALTHY)
    assert health_table([well]) == []
    assert ill_feeds_markdown([well]) == ""


def test_what_a_verdict_rests_on_and_what_to_type_stands_in_the_list(rendered):
    told = ill_feeds_markdown([judged("http://a.example/f")])
    page = rendered(told)
    assert [one.text_content() for one in page.iter("h2", "h3")] == ["Feeds that are not healthy: 1", "a.example/f"]
    facts = [one.text_content() for one in page.iter("li")]
    assert facts[0] == "failing since 2026-11-21: the feed answered 503; 3 polls in a row failed since 21 Nov"
    assert "failed polls in a row: 3" in facts
    assert facts[-1].startswith("asked again: 2026-11-21 12:00 UTC, as the feed answered 503")
    assert [one.text for one in page.iter("code")] == ["feedmill feeds explain http://a.example/f\n"]


def test_of_many_ill_feeds_the_first_are_told_and_the_rest_counted():
    told = ill_feeds_markdown([judged(f"http://a.example/{number}") for number in range(1_030)])
    assert told.startswith("## Feeds that are not healthy: 1,030")
    assert told.count("### ") == 20
    assert told.endswith("and 1,010 more: `feedmill feeds health`")


def test_nothing_in_an_address_or_a_reason_breaks_the_list_or_a_cell(url, title, rendered):
    row = judged(url, title, reason=title)
    page = rendered(ill_feeds_markdown([row]))
    assert len(list(page.iter("h1", "h2", "h3"))) == 2
    assert list(page.iter("a", "img", "table")) == []
    assert "hushhush" not in page.text_content()
    for cell in health_table([row])[0].values():
        assert list(rendered(cell).iter("a", "img", "table", "h1", "h2", "li")) == []
