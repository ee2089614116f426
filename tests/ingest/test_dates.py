"""Dates as feeds write them (rules 69-71)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dates import DateReader, clamp, parse_date

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "date"),
    [
        ("Thu, 01 Jan 2004 19:48:21 GMT", datetime(2004, 1, 1, 19, 48, 21, tzinfo=UTC)),
        ("Thu, 01 Jan 04 19:48 EST", datetime(2004, 1, 2, 0, 48, tzinfo=UTC)),
        ("2003-12-31T10:14:55-08:00", datetime(2003, 12, 31, 18, 14, 55, tzinfo=UTC)),
        ("2003-12-31 10:14:55", datetime(2003, 12, 31, 10, 14, 55, tzinfo=UTC)),
        ("  2003-12-31\n", datetime(2003, 12, 31, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("mer, 16 nov 2022 00:38:15 +0100", datetime(2022, 11, 15, 23, 38, 15, tzinfo=UTC)),
        ("16 ноября 2022 г. 10:00", datetime(2022, 11, 16, 10, tzinfo=UTC)),
        ("16. März 2022, 10:00", datetime(2022, 3, 16, 10, tzinfo=UTC)),
        ("yesterday", None),
        ("3 hours ago", None),
        ("0000-00-00", None),
        ("", None),
        (None, None),
        ("1" * 5000, None),
    ],
)
def test_dates_are_aware_and_utc_or_none_rules_69_71(raw: str | None, date: datetime | None) -> None:
    assert parse_date(raw) == date


@given(st.text(alphabet="0123456789-+:TZ., JanFebMonGMT/", max_size=40))
def test_no_text_raises_rule_70(raw: str) -> None:
    date = DateReader(slow_attempts=0).read(raw)

    assert date is None or date.tzinfo is UTC


def test_the_slow_attempts_of_a_document_are_bounded_rule_59() -> None:
    reader = DateReader(slow_attempts=1)

    assert reader.read("16 nov. 2022 à 10:00") is not None
    assert reader.read("17 nov. 2022 à 10:00") is None
    assert reader.read("16 nov. 2022 à 10:00") is not None
    assert reader.read("2022-11-17") is not None


@pytest.mark.parametrize(
    ("date", "is_kept"),
    [
        (NOW, True),
        (NOW + timedelta(hours=23), True),
        (NOW + timedelta(hours=25), False),
        (datetime(1990, 1, 1, tzinfo=UTC), True),
        (datetime(1989, 12, 31, tzinfo=UTC), False),
        (datetime(9999, 12, 31, tzinfo=UTC), False),
        (datetime(1, 1, 1, tzinfo=UTC), False),
    ],
)
def test_dates_out_of_bounds_are_none_rule_70(date: datetime, is_kept: bool) -> None:
    assert clamp(date, NOW) == (date if is_kept else None)
    assert clamp(None, NOW) is None
