"""What people read of a round: sums that agree, and nothing that a hostile title could break."""

from collections import Counter
from datetime import UTC, datetime

from flows.arrivals import Arrival
from flows.outcomes import PageOutcome, PollOutcome, RoundReport
from flows.reports.numbers import numbers, numbers_table, terminal_summary
from flows.reports.round import report_markdown
from flows.round_view import RoundView
from flows.shifts import Shift
from ingest.decide.shares import Share
from ingest.model import ArticleStatus, FailureKind, SaveOutcome
from storage.newest import Brought

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


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
    told = numbers(a_round())
    assert (told["feeds_polled"], told["feeds_not_modified"], told["feeds_failed"]) == (3, 1, 1)
    assert (told["pages_fetched"], told["pages_waiting"], told["articles_new"]) == (2, 1, 2)
    assert told["articles_skipped"] == {"paywall": 1}
    assert told["failures"] == {"feed gone": 1, "page timeout": 1}
    assert told["blocks_dropped"] == 3


def test_batches_merge_into_the_same_numbers_as_one():
    one, two = a_round(), RoundReport()
    two.merge(one)
    two.merge(RoundReport())
    assert numbers(two) == numbers(one)


def test_a_sentence_says_what_came_and_what_fails():
    assert a_round().sentence() == "2 new articles from 3 feeds, 1 failing, 1 page to try again"


def test_a_quiet_round_is_known_as_one():
    report = RoundReport()
    report.add_poll(PollOutcome(feed_url="b", is_not_modified=True))
    assert report.is_quiet
    assert not a_round().is_quiet


def a_live_round(feed="http://news.example/feed", late=(60, 120, 3_600), **changes):
    report = RoundReport(**changes)
    for number, seconds in enumerate((*late, None), 1):
        arrival = Arrival(
            page_id=number,
            host="news.example",
            feed_url=feed,
            language="de" if number % 2 else None,
            status=ArticleStatus.OK,
            words=200,
            rules=("r/one",),
            blocks_kept=3,
            late_seconds=seconds,
        )
        outcome = PageOutcome(
            url="u", saved=SaveOutcome.NEW, status=ArticleStatus.OK, arrival=arrival, rules=("r/one",)
        )
        report.add_page(outcome)
    return report


def seen(title="A title", url="http://news.example/1", feed_title="The News", **changes):
    brought = Brought(article_id=7, title=title, url=url, site="news.example", language="de")
    plain = {"articles": (brought,), "feed_titles": {"http://news.example/feed": feed_title}}
    return RoundView(**(plain | changes))


def test_a_report_says_what_came_how_late_and_what_to_type():
    markdown = report_markdown(a_live_round(), NOW, seen())
    assert "**median 2 min, 95 of 100 within 60 min**, of 3 of 4 new articles" in markdown
    assert "| The News | 4 |" in markdown
    assert "```\nfeedmill feeds explain http://news.example/feed\n```" in markdown
    assert "| de | 2 |\n| unknown | 2 |" in markdown
    assert "| `feedmill articles show 7` | [page](<http://news.example/1>) | A title |" in markdown
    assert "and 3 more" in markdown


def test_a_language_is_told_by_its_code_where_it_has_one_and_else_in_words():
    report = a_live_round()
    report.arrivals.languages.update({"zxx": 3})
    assert "| no language | 3 |\n| de | 2 |\n| unknown | 2 |" in report_markdown(report, NOW, seen())


def test_of_articles_that_have_no_time_no_lateness_is_made_up():
    markdown = report_markdown(a_live_round(late=()), NOW, seen())
    assert "Of none of them it can be told" in markdown


def test_a_rule_and_a_site_that_moved_are_named_with_where_to_look():
    site = Shift(
        subject="news.example",
        is_site=True,
        now=Share(80, 100),
        before=Share(30, 400),
        example_url="http://n.example/1",
    )
    rule = Shift(subject="r/one", is_site=False, now=Share(0, 100), before=Share(90, 400))
    markdown = report_markdown(a_live_round(), NOW, seen(shifts=(site, rule)))
    assert "(a site's on its own pages): yesterday and today, beside the 28 days before." in markdown
    assert "| site news.example | 80.0% of 100 | 7.5% of 400 |\n| rule r/one | 0.0% of 100 | 22.5% of 400 |" in markdown
    assert "```\nfeedmill rules explain http://n.example/1\nfeedmill rules check\n```" in markdown


def test_no_title_address_or_rule_breaks_the_report(title, url, rendered):
    shift = Shift(subject=title, is_site=True, now=Share(80, 100), before=Share(30, 400), example_url=url)
    report = a_live_round(feed=url, blocks_dropped=Counter({title: 2}), failures=Counter({title: 2}))
    report.articles_filtered[title] += 1
    view = seen(title, url, title, feed_titles={url: title}, shifts=(shift,))
    page = rendered(report_markdown(report, NOW, view))
    titles = [one.text_content() for one in page.iter("h1", "h2")]
    assert titles[0].startswith("Round of")
    assert titles[-1] == "All numbers"
    assert len(titles) == 10
    assert list(page.iter("img")) == []
    assert {len(list(row)) for row in page.iter("tr")} <= {2, 3, 4}
    assert max(len(cell.text_content()) for cell in page.iter("td")) < 240
    assert "hushhush" not in page.text_content()


def test_a_round_without_news_has_a_short_report():
    report = RoundReport()
    report.add_poll(PollOutcome(feed_url="b", is_not_modified=True))
    markdown = report_markdown(report, NOW)
    assert [line for line in markdown.splitlines() if line.startswith("#")][1:] == ["## All numbers"]


def test_only_a_round_with_nothing_due_is_idle():
    report = RoundReport()
    assert report.is_idle
    report.add_poll(PollOutcome(feed_url="b", is_not_modified=True))
    assert (report.is_idle, report.is_quiet) == (False, True)


def test_the_terminal_gets_four_lines():
    lines = terminal_summary(numbers_table(a_round())).splitlines()
    assert [line.split("  ")[1] for line in lines] == [
        *("feeds polled", "articles stored", "blocks dropped", "failures by kind")
    ]
    assert "feed gone 1, page timeout 1" in lines[3]
