from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.calendar_text import find_date, find_dates, month_number
from ingest.extract.moments import Calendar, parse_date


@pytest.mark.parametrize(
    "text",
    [
        *(
            "4 March 2026",
            "March 4th, 2026",
            "Mar. 4, 2026",
            "Wednesday, 4th of March 2026",
            "4-Mar-2026",
            "2026 Mar 4",
        ),
        *("4. März 2026", "4 mars 2026", "4 de marzo de 2026", "4 de marzo del 2026", "4 marzo 2026", "4 maart 2026"),
        *("4 marca 2026", "4. března 2026", "2026. március 4.", "4 martie 2026", "4 Mart 2026", "4. maaliskuuta 2026"),
        *("4 марта 2026 г.", "4 березня 2026", "4 Μαρτίου 2026", "٤ مارس ٢٠٢٦", "4 मार्च 2026", "4 Maret 2026"),
        *(
            "2026年3月4日",
            "2026년 3월 4일",
            "2026-03-04",
            "2026/3/4",
            "04.03.2026",
            "04/03/26",
            "NoraMarch, 2026-03-04T",
        ),
        *("Mar 4, 2026Nora Finch", "Nora 4/3/2026"),
    ],
)
def test_a_date_is_read_as_it_is_written(text: str) -> None:
    assert find_date(text) == datetime(2026, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "Market 24, 2026", "4 Marketing 2026", "31 February 2026", "v12.11.10.9", "March 2026", "3 of 2026"]
)
def test_what_looks_like_a_date_is_none(text: str) -> None:
    assert find_date(text) is None


def test_each_date_of_a_line_is_found_with_its_place() -> None:
    text = "Updated 2 January 2026, published 22 December 2025"

    found = [(str(date.moment.date()), text[date.start : date.end]) for date in find_dates(text)]

    assert found == [("2026-01-02", "2 January 2026"), ("2025-12-22", "22 December 2025")]


def test_an_american_page_writes_the_month_first() -> None:
    assert find_date("04/03/2026", is_american=True) == datetime(2026, 4, 3, tzinfo=UTC)
    assert find_date("24/03/2026", is_american=True) == datetime(2026, 3, 24, tzinfo=UTC)
    assert find_date("04.03.2026", is_american=True) == datetime(2026, 3, 4, tzinfo=UTC)


def test_months_are_known_by_name_and_abbreviation() -> None:
    names = ["sept", "Août", "listopadu", "czerwca", "Června", "července", "juin", "jun", "kwietnia", "tammikuuta"]

    assert [month_number(name) for name in names] == [9, 8, 11, 6, 6, 7, 6, 6, 4, 1]
    assert month_number("Nora") is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-07-05T06:03:42+0800", datetime(2026, 7, 4, 22, 3, 42, tzinfo=UTC)),
        ("2026-07-05T06:03:42+05:30", datetime(2026, 7, 5, 0, 33, 42, tzinfo=UTC)),
        ("2026-07-05 06:03 -04", datetime(2026, 7, 5, 10, 3, tzinfo=UTC)),
        ("2026-07-05T06:03:42.123Z", datetime(2026, 7, 5, 6, 3, 42, tzinfo=UTC)),
        ("2026-07-05T06:03", datetime(2026, 7, 5, 6, 3, tzinfo=UTC)),
        ("20260705T060342Z", datetime(2026, 7, 5, 6, 3, 42, tzinfo=UTC)),
        ("20260705", datetime(2026, 7, 5, tzinfo=UTC)),
        ("1783231422", datetime(2026, 7, 5, 6, 3, 42, tzinfo=UTC)),
        ("1783231422000", datetime(2026, 7, 5, 6, 3, 42, tzinfo=UTC)),
        ("Sun, 05 Jul 2026 06:03:42 +0200", datetime(2026, 7, 5, 4, 3, 42, tzinfo=UTC)),
        ("July 5, 2026 6:03 am", datetime(2026, 7, 5, tzinfo=UTC)),
        ("2026-13-45", None),
        ("yesterday", None),
    ],
)
def test_a_moment_is_read_in_utc(text: str, moment: datetime | None) -> None:
    assert parse_date(text) == moment


def test_of_two_readings_the_one_in_bounds_counts() -> None:
    calendar = Calendar(datetime(2026, 4, 1, tzinfo=UTC), is_american=False)

    assert calendar.read("03-09-2026") == datetime(2026, 3, 9, tzinfo=UTC)


@given(st.text(max_size=120))
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    parse_date(text)
    list(find_dates(text, is_american=True))
