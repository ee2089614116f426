"""Passwords and tokens are taken out of whatever is shown, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.redact import redact
from ingest.text import escape_markdown


@pytest.mark.parametrize(
    "text",
    [
        "cannot reach https://ana:S3CRET@news.example/feed today",
        "https://S3CRET@news.example/feed",
        "postgresql+psycopg://mill:S3CRET@db/feedmill",
        "postgresql://mill:p@S3CRET@db/feedmill",
        "postgresql://db/feedmill?user=mill&password=S3CRET",
        "https://news.example/feed?a=1&access_token=S3CRET&b=2",
        "https://news.example/feed?X-Api-Key=S3CRET",
        "https://news.example/feed?key=S3CRET#x",
        "https://news.example/feed?a=1&amp;token=S3CRET",
        "{'Authorization': 'Basic S3CRET'}",
        "authorization: Bearer S3CRET",
        'headers={"authorization": "S3CRET"}',
    ],
)
def test_a_secret_is_hidden(text):
    assert "S3CRET" not in redact(text)
    assert "***" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://news.example/@someone/post?author=ana&monkey=1&page=2",
        "mail to ana@news.example: Basic understanding of bearer bonds",
        "1 + 1 = 2; key=value; the token= sign",
        "https://news.example/a?q=token",
        "The article on Authorization forms",
    ],
)
def test_nothing_else_is(text):
    assert redact(text) == text


def test_known_secrets_are_hidden_wherever_they_stand():
    assert redact("opened with sesame-street and sesame", {"sesame", "sesame-street"}) == "opened with *** and ***"


def test_what_goes_into_an_artifact_is_free_of_them():
    assert "S3CRET" not in escape_markdown("see https://u:S3CRET@a.example/?token=S3CRET")


@given(st.text(alphabet="aА:/@?&=. #token", max_size=80))
def test_twice_is_once(text):
    assert redact(redact(text)) == redact(text)


def test_long_texts_cost_linear_time():
    for piece in ("a://", "&token", "?a-", "authorization: basic ", "x" * 50 + "="):
        redact(piece * 20_000)
