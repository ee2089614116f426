"""Addresses: hosts, what is fetched, what is the same page."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.errors import BadUrl
from ingest.urls import clean_url, dedupe_form, dedupe_key, host_of, is_web_url, resolve


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://A.Example/x", "a.example"),
        ("https://a.example:443/x", "a.example"),
        ("http://a.example:443/x", "a.example:443"),
        ("http://wire.localhost:8811/x", "wire.localhost:8811"),
        ("http://user:pw@a.example./x", "a.example"),
        ("http://bücher.example/", "xn--bcher-kva.example"),
        ("http://[::1]:80/", "[::1]"),
        ("http://0x7f.1/", "127.0.0.1"),
    ],
)
def test_the_host_is_who_is_asked(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize("url", ["", "x", "http://", "http://a b/", "http://a:99999/", "mailto:a@b", "http://[::1"])
def test_an_address_without_a_host_is_bad(url: str) -> None:
    with pytest.raises(BadUrl):
        host_of(url)


@pytest.mark.parametrize(
    ("url", "cleaned"),
    [
        ("https://a.example/x?utm_source=a&id=1&UTM_Medium=b#top", "https://a.example/x?id=1"),
        ("https://a.example/x?fbclid=1", "https://a.example/x"),
        ("https://a.example/x?id=1&id=2&&z", "https://a.example/x?id=1&id=2&&z"),
        ("https://a.example/a b;j=1?x", "https://a.example/a b;j=1?x"),
        ("https://A.example:443//x/../y/?", "https://A.example:443//x/../y/"),
        ("https://a.example/#!/article/1", "https://a.example/#!/article/1"),
        ("https://m.example/p?source=rss-1a2b------2", "https://m.example/p"),
        ("https://m.example/p?source=catalogue&ref=17", "https://m.example/p?source=catalogue&ref=17"),
        ("  https://a.example/x\n", "https://a.example/x"),
        ("https://a.example/x?a=%2F%20&b=ü", "https://a.example/x?a=%2F%20&b=ü"),
    ],
)
def test_what_is_fetched_is_without_tracking_and_else_untouched(url: str, cleaned: str) -> None:
    assert clean_url(url) == cleaned


@pytest.mark.parametrize(
    "same",
    [
        "http://a.example/x%7Ey?b=2&a=1",
        "https://www.a.example/x~y?b=2&a=1",
        "https://WWW.A.EXAMPLE:443/x~y/?b=2&a=1#c",
        "http://a.example:80/x~y?utm_campaign=z&b=2&a=1&gclid=1",
        "http://a.example./q/../x~y?b=2&a=1",
    ],
)
def test_spellings_of_one_page_have_one_key(same: str) -> None:
    assert dedupe_form(same) == "https://a.example/x~y?b=2&a=1"
    assert dedupe_key(same) == dedupe_key("https://a.example/x~y?b=2&a=1")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/?p=1", "https://a.example/?p=2"),
        ("https://a.example/x?a=1&b=2", "https://a.example/x?b=2&a=1"),
        ("https://a.example/x", "https://a.example/X"),
        ("https://a.example/x", "https://b.a.example/x"),
        ("https://a.example/a%2Fb", "https://a.example/a/b"),
        ("https://a.example/#!/1", "https://a.example/#!/2"),
        ("https://a.example:8080/x", "https://a.example/x"),
        ("https://www.example/", "https://example/"),
        ("https://a.example/x?q=a%26b", "https://a.example/x?q=a&b"),
    ],
)
def test_different_pages_have_different_keys(one: str, other: str) -> None:
    assert dedupe_key(one) != dedupe_key(other)


hosts = st.sampled_from(["a.example", "WWW.www.B.example", "bücher.example", "1.2.3.4", "[::1]", "www.c.example."])
paths = st.text(alphabet="/ab.~%2eE7&;:@!üæ \\?#=+'utm_source", max_size=30)
urls = st.builds(
    "{}://{}{}/{}".format,
    st.sampled_from(["http", "HTTPS"]),
    hosts,
    st.sampled_from(["", ":80", ":443", ":8080"]),
    paths,
)


@given(urls | st.text(max_size=40))
@example("https://a.example/%75tm_source=1?%75tm_source=1")
@example("https://a.example/a//?")
@example("https://a.example/?&&utm_id=1")
@example("https://a.example/#/?utm_source=1")
def test_normal_forms_are_idempotent(url: str) -> None:
    assert clean_url(clean_url(url)) == clean_url(url)
    assert dedupe_form(dedupe_form(url)) == dedupe_form(url)
    assert dedupe_form(clean_url(url)) == dedupe_form(url)
    assert -(2**63) <= dedupe_key(url) < 2**63


@pytest.mark.parametrize(
    ("base", "ref", "resolved"),
    [
        ("http://a.example/b/c", "../d?e", "http://a.example/d?e"),
        ("http://a.example/b", "//c.example/d", "http://c.example/d"),
        ("http://a.example/b", "", "http://a.example/b"),
        ("http://a.example/b", " HTTP://C.example/a b\n", "HTTP://C.example/a b"),
        ("http://a.example/b", "http://[", None),
        ("not a base", "x", None),
        ("http://a.example/b", "javascript:alert(1)", "javascript:alert(1)"),
    ],
)
def test_references_are_resolved_and_absolute_ones_stay(base: str, ref: str, resolved: str | None) -> None:
    assert resolve(base, ref) == resolved


@pytest.mark.parametrize("url", [None, "", "ftp://a/x", "http:", "http://", "httpx://a/", "http://" + "a" * 2100, "x"])
def test_only_http_addresses_of_bounded_length_are_of_the_web(url: str | None) -> None:
    assert not is_web_url(url)
    assert is_web_url("HTTP://a.example")
