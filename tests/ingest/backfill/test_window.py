"""Date windows that hold."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.backfill.source import Ref, Window
from ingest.backfill.window import Verdict, bounds, holds, is_older, judge, window_of

MARCH = window_of(date(2024, 3, 1), date(2024, 3, 31))
URL = "https://blog.example/a-post"
moments = st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_since_and_until_are_days_in_utc_both_included():
    assert window_of(date(2024, 3, 1), date(2024, 3, 31)) == Window(at("2024-03-01"), at("2024-04-01"))
    assert window_of(None, None) == Window()


@pytest.mark.parametrize(
    ("published", "verdict"),
    [
        ("2024-02-29T23:59:59", Verdict.OUTSIDE),
        ("2024-03-01T00:00:00", Verdict.INSIDE),
        ("2024-03-31T23:59:59", Verdict.INSIDE),
        ("2024-04-01T00:00:00", Verdict.OUTSIDE),
    ],
)
def test_a_date_of_its_own_decides(published, verdict):
    ref = Ref(url=URL, published_at=at(published))

    assert judge(MARCH, ref) is verdict
    assert holds(MARCH, at(published)) is (verdict is Verdict.INSIDE)


def test_a_last_change_before_the_window_is_outside_one_within_or_after_it_decides_nothing():
    assert judge(MARCH, Ref(url=URL, latest_at=at("2024-02-01"))) is Verdict.OUTSIDE
    assert judge(MARCH, Ref(url=URL, latest_at=at("2024-03-10"))) is Verdict.UNDECIDED
    assert judge(MARCH, Ref(url=URL, latest_at=at("2026-01-01"))) is Verdict.UNDECIDED
    assert judge(MARCH, Ref(url=URL)) is Verdict.UNDECIDED


def test_a_last_change_decides_where_only_the_end_of_the_window_is_bound():
    until = Window(None, at("2024-04-01"))

    assert judge(until, Ref(url=URL, latest_at=at("2024-03-10"))) is Verdict.INSIDE
    assert judge(until, Ref(url=URL, latest_at=at("2024-04-10"))) is Verdict.UNDECIDED


@pytest.mark.parametrize(
    ("url", "verdict"),
    [
        ("https://blog.example/2024/03/15/post", Verdict.INSIDE),
        ("https://blog.example/2024-03-15-post.html", Verdict.INSIDE),
        ("https://blog.example/2024/03/01/post", Verdict.UNDECIDED),  # which zone is it in?
        ("https://blog.example/2024/03/post", Verdict.UNDECIDED),
        ("https://blog.example/2024/02/post", Verdict.UNDECIDED),
        ("https://blog.example/2024/01/31/post", Verdict.OUTSIDE),
        ("https://blog.example/2024/05/post", Verdict.OUTSIDE),
        ("https://blog.example/2023/12/", Verdict.OUTSIDE),
        ("https://blog.example/2024/13/45/post", Verdict.UNDECIDED),
        ("https://blog.example/2024/02/31/post", Verdict.UNDECIDED),
        ("https://blog.example/p/12024/03/15", Verdict.UNDECIDED),
        ("https://blog.example/post?date=/2020/01/01/", Verdict.UNDECIDED),
    ],
)
def test_a_date_in_the_address_bounds_it_with_a_day_to_spare(url, verdict):
    assert judge(MARCH, Ref(url=url)) is verdict


def test_an_article_of_unknown_date_is_in_no_window_but_the_open_one():
    assert not holds(MARCH, None)
    assert holds(Window(), None)


def test_older_is_what_was_surely_published_before():
    assert is_older(MARCH, Ref(url=URL, published_at=at("2024-02-01")))
    assert is_older(MARCH, Ref(url=URL, latest_at=at("2024-02-01")))
    assert not is_older(MARCH, Ref(url=URL))
    assert not is_older(Window(None, at("2024-04-01")), Ref(url=URL, published_at=at("2000-01-01")))


@given(published=moments, since=moments, days=st.integers(0, 900), late=st.integers(0, 900))
def test_what_is_judged_by_the_listing_is_never_judged_otherwise_by_the_page(published, since, days, late):
    window = Window(since, since + timedelta(days=days))
    ref = Ref(url=f"https://blog.example/{published:%Y/%m/%d}/post", latest_at=published + timedelta(days=late))

    verdict = judge(window, ref)

    assert verdict is Verdict.UNDECIDED or (verdict is Verdict.INSIDE) is holds(window, published)
    earliest, latest = bounds(ref)
    assert earliest is not None
    assert latest is not None
    assert earliest <= published <= latest
