"""A day as people type it."""

from datetime import date

import pytest

from flows.cli.days import days_ago

TODAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("span", "day"),
    [
        ("90d", date(2025, 12, 31)),
        ("2w", date(2026, 3, 17)),
        ("1m", date(2026, 2, 28)),
        ("6M", date(2025, 9, 30)),
        ("25m", date(2024, 2, 29)),
        ("2y", date(2024, 3, 31)),
    ],
)
def test_a_span_counts_back_from_today_and_a_month_has_its_own_length(span, day):
    assert days_ago(span, TODAY) == day


@pytest.mark.parametrize("text", ["2024-05-01", "90", "d", "-3d", "0d", "1.5y", "9d9d", ""])
def test_anything_else_is_no_span(text):
    assert days_ago(text, TODAY) is None


@pytest.mark.parametrize("span", ["999999d", "3000y", "99999m"])
def test_a_span_to_before_the_calendar_is_refused(span):
    with pytest.raises(ValueError, match="before the year 1"):
        days_ago(span, TODAY)
