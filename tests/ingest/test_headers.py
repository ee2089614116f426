"""What headers say about when to ask again (rules 21-23, 31)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.headers import freshness_seconds, http_date, retry_after_seconds

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
DATE = "Fri, 20 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "sun, 06 nov 1994 08:49:37 gmt",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        " Sun, 06 Nov 1994 08:49:37 UTC ",
    ],
)
def test_an_http_date_is_read_in_all_its_forms(text: str) -> None:
    assert http_date(text) == datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-1",
        "yesterday",
        "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 25:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 PST",
        "1994-11-06T08:49:37Z",
        "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun, ０６ Nov 1994 08:49:37 GMT",
    ],
)
def test_what_is_no_http_date_is_none(text: str) -> None:
    assert http_date(text) is None


def test_a_leap_second_is_a_date() -> None:
    assert http_date("Sat, 31 Dec 2016 23:59:60 GMT") == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 120 ", 120.0),
        ("120, 240", 120.0),
        ("316800", 316_800.0),
        ("604801", 604_800.0),
        ("9" * 5_000, 604_800.0),
        ("Fri, 20 Nov 2026 12:02:00 GMT", 120.0),
        ("Friday, 20-Nov-26 12:02:00 GMT", 120.0),
        ("Fri Nov 20 12:02:00 2026", 120.0),
        ("Sat, 20 Nov 2027 12:02:00 GMT", 604_800.0),
        ("-1", None),
        ("-120", None),
        ("1.5", None),
        ("+5", None),
        ("soon", None),
        ("", None),
        ("１２０", None),
        ("Fri, 20 Nov 2026 11:59:59 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_capped(value: str, seconds: float | None) -> None:
    """Rule 31."""
    assert retry_after_seconds({"retry-after": value}, NOW) == seconds


def test_retry_after_is_relative_to_the_response_and_not_to_our_clock() -> None:
    """Rule 31: a server whose clock is a day behind asks for two minutes all the same."""
    headers = {"retry-after": "Thu, 19 Nov 2026 12:02:00 GMT", "date": "Thu, 19 Nov 2026 12:00:00 GMT"}

    assert retry_after_seconds(headers, NOW) == 120.0
    assert retry_after_seconds({}, NOW) is None


@pytest.mark.parametrize(
    ("cache_control", "seconds"),
    [
        ("max-age=3600", 3_600),
        ("public, Max-Age=3600, must-revalidate", 3_600),
        ('max-age="3600"', 3_600),
        ("max-age=60, max-age=3600", 60),
        ("max-age=0", 0),
        ("max-age=-1", 0),
        ("max-age=", 0),
        ("max-age", 0),
        ("max-age=1.5", 0),
        ("max-age=3600a", 0),
        ("max-age=3600;x", 0),
        ('max-age="3600', 0),
        ("max-age=86401", 86_400),
        ("max-age=99999999999999999999", 86_400),
        ('x="a, max-age=5", max-age=7', 7),
        ('private="a\\"b, max-age=3", max-age=8', 8),
        ("s-maxage=3600", None),
        ("immutable", None),
        ("stale-while-revalidate=3600", None),
        ("", None),
    ],
)
def test_the_first_max_age_is_the_freshness(cache_control: str, seconds: int | None) -> None:
    """Rules 21 and 22."""
    assert freshness_seconds({"cache-control": cache_control}) == seconds


@pytest.mark.parametrize(
    ("age", "seconds"),
    [("600", 3_000), ("3600", 0), ("9999", 0), ("600, 0", 3_000), ("-5", 3_600), ("x", 3_600), ("9" * 30, 0)],
)
def test_age_is_taken_off(age: str, seconds: int) -> None:
    """Rule 21."""
    assert freshness_seconds({"cache-control": "max-age=3600", "age": age}) == seconds


@pytest.mark.parametrize(
    ("expires", "seconds"),
    [
        ("Fri, 20 Nov 2026 13:00:00 GMT", 3_600),
        ("Friday, 20-Nov-26 13:00:00 GMT", 3_600),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0),
        ("Sat, 20 Nov 2027 13:00:00 GMT", 86_400),
        ("0", 0),
        ("-1", 0),
        ("", 0),
        ("never", 0),
    ],
)
def test_expires_counts_from_date(expires: str, seconds: int) -> None:
    """Rule 23."""
    assert freshness_seconds({"expires": expires, "date": DATE}) == seconds


def test_expires_counts_only_without_max_age_and_with_a_date() -> None:
    """Rule 23."""
    later = "Fri, 20 Nov 2026 13:00:00 GMT"

    assert freshness_seconds({"expires": later, "date": DATE, "cache-control": "max-age=60"}) == 60
    assert freshness_seconds({"expires": later, "date": DATE, "cache-control": "s-maxage=60"}) == 3_600
    assert freshness_seconds({"expires": later}) is None
    assert freshness_seconds({}) is None


@given(st.dictionaries(st.sampled_from(["cache-control", "age", "expires", "date", "retry-after"]), st.text()))
def test_any_header_gives_an_answer_within_bounds(headers: dict[str, str]) -> None:
    freshness, wait = freshness_seconds(headers), retry_after_seconds(headers, NOW)

    assert freshness is None or 0 <= freshness <= 86_400
    assert wait is None or 0 <= wait <= 604_800


@given(st.text(alphabet='max-age="\\, 1;').map(lambda text: text * 200))
def test_a_long_cache_control_is_read_in_linear_time(cache_control: str) -> None:
    assert (freshness_seconds({"cache-control": cache_control}) or 0) <= 86_400
