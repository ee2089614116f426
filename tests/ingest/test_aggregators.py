"""Links of aggregators lead to the article without asking anyone, where they name it (issue: Google News links)."""

import base64

import pytest

from ingest.aggregators import article_url

ARTICLE = "https://news.example/2026/11/the-herring?page=2"


def google_news(target: str, tail: bytes = b"\xd2\x01\x00", path: str = "rss/articles") -> str:
    """The older form of a Google News link: a protocol buffer, fields 1, 4 and 26, in base64 for addresses."""
    raw, length = target.encode(), len(target)
    size = bytes([length]) if length < 128 else bytes([length & 0x7F | 0x80, length >> 7])
    token = base64.urlsafe_b64encode(b"\x08\x13\x22" + size + raw + tail).decode().rstrip("=")
    return f"https://news.google.com/{path}/{token}?oc=5&hl=en"


@pytest.mark.parametrize(
    "url",
    [
        google_news(ARTICLE),
        google_news(ARTICLE, path="articles"),
        google_news(ARTICLE, tail=b""),
        "https://www.google.com/url?rct=j&sa=t&url=https%3A%2F%2Fnews.example%2F2026%2F11%2Fthe-herring%3Fpage%3D2&ct=ga",
        "https://www.bing.com/news/apiclick.aspx?ref=FexRss&url=https%3a%2f%2fnews.example%2f2026%2f11%2fthe-herring%3fpage%3d2",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fnews.example%2F2026%2F11%2Fthe-herring%3Fpage%3D2&h=AT0",
        "https://r.search.yahoo.com/_ylt=A/RV=2/RE=1/RO=10/RU=https%3a%2f%2fnews.example%2f2026%2f11%2fthe-herring%3fpage%3d2/RK=2/RS=x",
    ],
)
def test_the_article_is_read_out_of_the_link(url):
    assert article_url(url) == ARTICLE


def test_addresses_longer_than_127_bytes_are_read_whole():
    long = "https://news.example/" + "a" * 300
    assert article_url(google_news(long)) == long


def test_a_link_in_a_link_is_read_to_its_end():
    assert article_url(f"https://www.google.com/url?url={google_news(ARTICLE).partition('?')[0]}") == ARTICLE


@pytest.mark.parametrize(
    "url",
    [
        ARTICLE,
        "https://news.google.com/rss/articles/CBMiWkFVX3lxTE9fbmV3ZXJmb3JtLW9ubHktYS1udW1iZXI?oc=5",
        "https://news.google.com/rss/articles/!!!!",
        "https://news.google.com/",
        google_news("javascript:alert(1)//padding"),
        "https://www.google.com/url?q=javascript:alert(1)",
        "https://www.google.com/search?q=https://news.example/",
        "https://shop.example/url?url=https://news.example/",
        "https://[broken/url?url=x",
    ],
)
def test_a_link_that_names_no_article_stays_as_it_is(url):
    assert article_url(url) == url
