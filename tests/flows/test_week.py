"""The week beside the one before: its numbers, its words, and what it says where little was counted."""

import base64
from datetime import UTC, datetime, timedelta

from flows import tally, week
from flows.reports.week import week_markdown
from storage import tallies
from storage.tallies import Tally

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
TODAY = tally.day_of(NOW)


def count_a_day(database, ago, late=600, **counts):
    day = TODAY - timedelta(days=ago)
    named = {name.replace("_", " "): number for name, number in counts.items()}
    with database.begin() as session:
        tallies.add(session, [Tally(name, "", day, number) for name, number in named.items()])
        tallies.add(session, [Tally(tally.LATE, str(late), day, 10)])


def two_weeks(database):
    for ago in range(1, 15):
        is_now = ago <= 7
        counts = {"articles": 110 if is_now else 100, "whole": 80, "partial": 11 if is_now else 20, "words": 30_000}
        counts |= {"requests": 400, "polls": 200, "failed_polls": 10, "blocks_dropped": 50, "blocks_kept": 450}
        count_a_day(database, ago, late=600 if is_now else 1_200, **counts)
    for ago in range(14):
        with database.begin() as session:
            week.note_failing(session, 2 if ago < 7 else 4, NOW - timedelta(days=ago))


def look(database):
    with database.read() as session:
        return week.view(session, NOW)


def row_of(markdown, name):
    line = next(line for line in markdown.splitlines() if line.startswith(f"| {name}"))
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_the_week_is_compared_measure_by_measure(database):
    two_weeks(database)
    markdown = week_markdown(look(database))
    assert row_of(markdown, "new articles a day") == ["110", "100", "+10%"]
    assert row_of(markdown, "feeds failing") == ["2", "4", "-50%"]
    assert row_of(markdown, "polls that failed") == ["5.0%", "5.0%", "same"]
    assert row_of(markdown, "from publication to store: median") == ["10 min", "20 min", "-50%"]
    assert row_of(markdown, "boilerplate") == ["10.0%", "10.0%", "same"]
    assert row_of(markdown, "partial") == ["10.0%", "20.0%", "-10.0 points"]
    assert row_of(markdown, "words an article") == ["273", "300", "-9%"]
    assert row_of(markdown, "requests a day") == ["400", "400", "same"]
    assert "this one left out." in markdown


def test_today_does_not_count_and_days_that_were_not_counted_are_said(database):
    count_a_day(database, 0, articles=1_000)
    count_a_day(database, 2, articles=50)
    count_a_day(database, 3, articles=70)
    markdown = week_markdown(look(database))
    assert row_of(markdown, "new articles a day") == ["60", "not known", ""]
    assert "counted were 2 of the last 7 days, and 0 of the 7 before" in markdown


def test_before_the_first_whole_day_nothing_is_compared(database):
    count_a_day(database, 0, articles=1_000)
    markdown = week_markdown(look(database))
    assert "No whole day was counted yet" in markdown
    assert "|" not in markdown


def test_the_picture_has_a_panel_for_each_measure(database):
    two_weeks(database)
    sheet = base64.b64decode(week.picture(look(database)).partition(",")[2]).decode()
    for title in ("New articles a day", "From publication to store", "Feeds failing", "Shares", "Words", "Requests"):
        assert title in sheet
    assert sheet.count("<circle") == 4 * 14
    assert "20 Nov" in sheet
    assert "21 Nov" not in sheet


def test_a_picture_of_nothing_is_a_picture(database):
    assert week.picture(look(database)).startswith("data:image/svg+xml")
