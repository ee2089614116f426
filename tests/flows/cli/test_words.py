"""Counts, moments and addresses as commands say them."""

from datetime import UTC, datetime

import pytest

from flows.cli.words import counted, minute, missing_scheme
from ingest.decide.schedule import NEVER


def test_one_thing_is_told_as_one():
    assert [counted(number, "article") for number in (0, 1, 2, 1200)] == [
        *("0 articles", "1 article", "2 articles", "1,200 articles")
    ]


def test_a_moment_is_told_to_the_minute_and_never_as_never():
    moment = datetime(2026, 11, 20, 12, 5, 59, 123456, tzinfo=UTC)
    assert minute(moment) == minute(moment.isoformat()) == "2026-11-20 12:05 UTC"
    assert minute(NEVER) == "never"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("news.example", "https://news.example"),
        ("news.example/feed?a=b", "https://news.example/feed?a=b"),
        ("localhost:8700", "http://localhost:8700"),
        ("127.0.0.1:8700/feed", "http://127.0.0.1:8700/feed"),
        ("banana", "https://banana"),
    ],
)
def test_an_address_without_a_scheme_is_told_with_one(typed, meant):
    assert missing_scheme(typed) == f"{typed} has no http:// or https:// before it: do you mean {meant} ?"


@pytest.mark.parametrize("typed", ["http://a.example", "https://a", "feed://a", "ftp://a/b", "mailto:me@a", "/a", ""])
def test_any_other_address_is_left_to_the_guard(typed):
    assert missing_scheme(typed) is None
