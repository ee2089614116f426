"""Validators go back as they came (rules 1-5, 14)."""

import pytest

from ingest.fetch.conditional import conditional_headers, validators_of
from ingest.model import Validators

ETAGS = ['"abc"', 'W/"abc"', 'w/"abc"', "abc", '"a\\"b"', '""', '"\xe9\xff"', '"a", "b"', " x y"]
DATES = [
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
    "sun, 06 nov 1994 08:49:37 gmt",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    "Fri, 01 Jan 2999 00:00:00 GMT",
    "yesterday",
]


def test_a_first_request_carries_no_condition() -> None:
    """Rules 1 and 14."""
    assert conditional_headers(Validators()) == {}
    assert conditional_headers(validators_of({"date": DATES[0], "expires": "0"})) == {}


@pytest.mark.parametrize("etag", ETAGS)
@pytest.mark.parametrize("date", DATES)
def test_both_validators_go_back_verbatim(etag: str, date: str) -> None:
    """Rules 2 to 4."""
    sent = conditional_headers(validators_of({"etag": etag, "last-modified": date}))

    assert sent == {"If-None-Match": etag, "If-Modified-Since": date}


def test_only_the_validator_that_was_offered_goes_back() -> None:
    """Rule 5."""
    assert conditional_headers(validators_of({"etag": '"a"'})) == {"If-None-Match": '"a"'}
    assert conditional_headers(validators_of({"last-modified": DATES[0], "etag": ""})) == {
        "If-Modified-Since": DATES[0]
    }


@pytest.mark.parametrize("value", ['"a\r\nX: y"', '"a\x00"', '"\u20ac"', "\x7f"])
def test_what_no_header_can_carry_is_not_sent(value: str) -> None:
    assert conditional_headers(Validators(etag=value, last_modified=value)) == {}
