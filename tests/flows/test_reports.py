"""What people read of a round: sums that agree, and nothing that a hostile title could break."""

from collections import Counter
from datetime import UTC, datetime

from flows import reports
from flows.outcomes import PageOutcome, PollOutcome, RoundReport
from ingest.decide.schedule import NEVER
from ingest.model import ArticleStatus, FailureKind, SaveOutcome

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
EVIL = "http://evil.example/[x](javascript:alert(1))|`<b>*\x1b[2J"


def a_round():
    report = RoundReport()
    report.add_poll(PollOutcome(feed_url="a", entries_new=2))
    report.add_poll(PollOutcome(feed_url="b", is_not_modified=True))
    report.add_poll(PollOutcome(feed_url="c", failure=FailureKind.GONE))
    saved = {"saved": SaveOutcome.NEW, "is_fetched": True}
    report.add_page(PageOutcome(url="1", status=ArticleStatus.OK, rules=("r/one", "r/two", "r/one"), **saved))
    report.add_page(PageOutcome(url="2", status=ArticleStatus.PAYWALL, **saved))
    report.add_page(PageOutcome(url="3", failure=FailureKind.TIMEOUT, is_waiting=True))
    return report


def test_outcomes_add_up_to_the_numbers():
    numbers = reports.numbers(a_round())
    assert (numbers["feeds_polled"], numbers["feeds_not_modified"], numbers["feeds_failed"]) == (3, 1, 1)
    assert (numbers["pages_fetched"], numbers["pages_waiting"], numbers["articles_new"]) == (2, 1, 2)
    assert numbers["articles_skipped"] == {"paywall": 1}
    assert numbers["failures"] == {"feed gone": 1, "page timeout": 1}
    assert numbers["blocks_dropped"] == 3


def test_batches_merge_into_the_same_numbers_as_one():
    one, two = a_round(), RoundReport()
    two.merge(one)
    two.merge(RoundReport())
    assert reports.numbers(two) == reports.numbers(one)


def test_a_sentence_says_what_came_and_what_fails():
    assert a_round().sentence() == "2 new articles from 3 feeds, 1 failing, 1 page to try again"


def test_a_quiet_round_is_known_as_one():
    report = RoundReport()
    report.add_poll(PollOutcome(feed_url="b", is_not_modified=True))
    assert report.is_quiet
    assert not a_round().is_quiet


def test_the_report_names_rules_and_failures_and_breaks_on_nothing():
    report = a_round()
    report.blocks_dropped = Counter({EVIL: 2})
    markdown = reports.report_markdown(report, NOW)
    assert "Boilerplate blocks dropped, by rule" in markdown
    assert "](javascript" not in markdown
    assert "\x1b" not in markdown


def test_a_failing_feed_is_told_without_its_address_twice_and_escaped():
    row = {
        "url": EVIL,
        "failing_since": NOW,
        "failures": 3,
        "last_failure_kind": "timeout",
        "last_failure_detail": f"{EVIL}: it took too long",
        "status": "active",
        "next_poll_at": NOW,
        "poll_reason": "in 2 h: the server took too long",
    }
    told = reports.failing_table([row])[0]
    assert told["why"] == "it took too long"
    assert "](javascript" not in told["feed"]
    assert "2 h" not in told["next poll"], "who reads it later would be misled"


def test_the_table_of_failing_feeds_stays_narrow():
    url = "https://news.example/" + "folder/" * 40 + "feed.xml"
    row = {
        "url": url,
        "failing_since": NOW,
        "failures": 1,
        "last_failure_kind": "dns",
        "last_failure_detail": f"{url}: its name has no address: " + "Name or service not known " * 9,
        "status": "gone",
        "next_poll_at": NEVER,
        "poll_reason": "never again",
    }
    [told] = reports.failing_table([row])
    assert told["feed"].startswith("news.example/folder/")
    assert told["why"].startswith("its name has no address")
    assert told["failing since"].endswith(", 1 poll")
    assert told["next poll"] == "never"
    assert sum(map(len, told.values())) < 200


def test_the_terminal_gets_four_lines():
    lines = reports.terminal_summary(reports.numbers_table(a_round())).splitlines()
    assert [line.split("  ")[1] for line in lines] == [
        *("feeds polled", "articles stored", "blocks dropped", "failures by kind")
    ]
    assert "feed gone 1, page timeout 1" in lines[3]
