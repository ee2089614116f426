"""The table of failing feeds: narrow, since when, why, and what to type."""

from datetime import UTC, datetime

from flows.reports.failing import failing_commands, failing_table
from ingest.decide.schedule import NEVER

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def row(url, **changes):
    plain = {
        "url": url,
        "failing_since": NOW,
        "failures": 3,
        "last_failure_kind": "timeout",
        "last_failure_detail": f"{url}: it took too long",
        "status": "active",
        "next_poll_at": NOW,
        "poll_reason": "in 2 h: the server took too long",
    }
    return plain | changes


def test_a_failing_feed_is_looked_at_and_a_gone_one_removed():
    told = failing_commands([row("http://a.example/f"), row("http://b.example/f", status="gone")])
    assert "\nfeedmill feeds explain http://a.example/f\nfeedmill feeds remove http://b.example/f\n" in told


def test_what_to_type_stands_below_each_other_where_nothing_cuts_it_off(url, rendered):
    told = failing_commands([row("http://b.example/f", status="gone"), row(url)])
    [block] = rendered(told).iter("code")
    assert block.text.splitlines()[0] == "feedmill feeds remove http://b.example/f"
    assert len(block.text.splitlines()) == 2
    assert block.text.endswith("feedmill feeds health\n") == (len(url) > 400), "half an address helps nobody"
    assert failing_commands([]) == ""


def test_nothing_in_an_address_or_a_reason_breaks_a_cell(url, title, rendered):
    [told] = failing_table([row(url, last_failure_detail=title)])
    for cell in told.values():
        page = rendered(cell)
        assert list(page.iter("a", "img", "table", "h1", "li")) == []
        assert "hushhush" not in page.text_content()


def test_a_failing_feed_is_told_without_its_address_twice():
    [told] = failing_table([row("http://a.example/f")])
    assert told["why"] == "it took too long"
    assert "2 h" not in told["next poll"], "who reads it later would be misled"


def test_the_table_of_failing_feeds_stays_narrow(width):
    url = "https://news.example/" + "folder/" * 40 + "feed.xml"
    detail = f"{url}: its name has no address: " + "Name or service not known " * 9
    [told] = failing_table([row(url, failures=1, last_failure_detail=detail, status="gone", next_poll_at=NEVER)])
    assert told["feed"].startswith("news.example/folder/")
    assert told["why"].startswith("its name has no address")
    assert told["failing since"].endswith("\n1 poll")
    assert told["next poll"] == "never"
    assert width(told) < 110, "of letters there is room for some 115 at 1400 pixels"
