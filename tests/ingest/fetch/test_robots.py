"""robots.txt by RFC 9309 (rule 49)."""

import time

import pytest

from ingest.fetch.robots import MAX_PARSED_BYTES, RobotsRules, RobotsVerdict, robots_request, robots_verdict
from ingest.model import FailureKind, Fetched, FetchFailed, FetchResult, NotModified

URL = "https://example.org/robots.txt"


def rules(text: str) -> RobotsRules:
    return RobotsRules.parse(text.encode(), "millwheel")


def is_allowed(text: str, path: str) -> bool:
    return rules(text).allows(f"https://example.org{path}")


@pytest.mark.parametrize(
    ("lines", "path", "expected"),
    [
        ("Disallow: /p", "/p", False),
        ("Disallow: /p", "/page.html", False),
        ("Disallow: /p", "/q", True),
        ("Disallow: /p", "/P", True),
        ("Disallow:", "/p", True),
        ("Disallow: /", "/", False),
        ("Disallow: /\nAllow: /p", "/p/x", True),
        ("Allow: /p\nDisallow: /p/x", "/p/x", False),
        ("Disallow: /p\nAllow: /p", "/p", True),
        ("Disallow: /*.pdf$", "/a.pdf", False),
        ("Disallow: /*.pdf$", "/a.pdf?x", True),
        ("Disallow: /*/b", "/a/b", False),
        ("Disallow: /a%3Cd", "/a<d", False),
        ("Disallow: /é", "/%C3%A9", False),
        ("Disallow: /p # a comment", "/p", False),
        ("disallow : /p", "/p", False),
        ("Disallow: /", "/robots.txt", True),
    ],
)
def test_the_longest_match_wins_and_allow_wins_ties(lines: str, path: str, expected: bool) -> None:
    assert is_allowed(f"User-agent: *\n{lines}\n", path) is expected


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("User-agent: MillWheel\nDisallow: /p\n\nUser-agent: *\nDisallow: /", "/q", True),
        ("User-agent: MillWheel/2.0\nDisallow: /p", "/p", False),
        ("User-agent: mill\nDisallow: /\n\nUser-agent: *\nDisallow: /q", "/p", True),
        ("User-agent: other\nDisallow: /", "/p", True),
        ("User-agent: other\nUser-agent: millwheel\nDisallow: /p", "/p", False),
        ("User-agent: millwheel\nUser-agent: other\nDisallow: /p", "/p", False),
        (
            "User-agent: millwheel\nDisallow: /a\nUser-agent: x\nDisallow: /x\nUser-agent: millwheel\nDisallow: /b",
            "/b",
            False,
        ),
        ("User-agent: millwheel\nDisallow: /a\nUser-agent: x\nDisallow: /x", "/x", True),
        ("User-agent: millwheel\n\n\nDisallow: /a", "/a", False),
        ("Disallow: /a", "/a", True),
        ("", "/a", True),
        ("<html>not found</html>", "/a", True),
        ("User-agent: *\r\nDisallow: /a\r\n", "/a", False),
        ("User-agent: *\rDisallow: /a\r", "/a", False),
    ],
)
def test_our_own_group_counts_else_the_one_for_everyone(text: str, path: str, expected: bool) -> None:
    assert is_allowed(text, path) is expected


def test_a_byte_order_mark_is_stripped_and_bad_bytes_do_no_harm() -> None:
    assert not RobotsRules.parse(b"\xef\xbb\xbfUser-agent: *\nDisallow: /p\xff\xfe\nDisallow: /q", "m").allows(
        URL[:20] + "q"
    )


@pytest.mark.parametrize(
    ("value", "delay"), [("5", 5.0), ("0.5", 0.5), ("600", 60.0), ("-1", None), ("soon", None), ("inf", None)]
)
def test_crawl_delay_is_honoured_up_to_a_minute(value: str, delay: float | None) -> None:
    """Rule 33."""
    assert rules(f"User-agent: *\nCrawl-delay: {value}").crawl_delay == delay


def test_sitemaps_belong_to_no_group() -> None:
    text = "Sitemap: https://e.org/1.xml\nUser-agent: other\nDisallow: /\nSitemap: https://e.org/2.xml"

    assert rules(text).sitemaps == ("https://e.org/1.xml", "https://e.org/2.xml")


def test_what_lies_beyond_512_kib_is_not_read_and_no_line_is_cut_in_two() -> None:
    head = b"User-agent: *\nDisallow: /first\n"
    filler = b"#" * (MAX_PARSED_BYTES - len(head) - 8) + b"\n"

    read = RobotsRules.parse(head + filler + b"Disallow: /last\n", "millwheel")

    assert not read.allows("https://example.org/first")
    assert read.allows("https://example.org/last")
    assert read.allows("https://example.org/l")


def test_many_agents_before_many_rules_cost_little() -> None:
    agents = "".join(f"User-agent: a{number}\n" for number in range(15_000))
    lines = "".join(f"Disallow: /a{number}*b\n" for number in range(12_000))
    before = time.process_time()

    assert is_allowed(f"{agents}User-agent: *\n{lines}", "/x")
    assert time.process_time() - before < 5


def answer(status: int, kind: FailureKind = FailureKind.HTTP_ERROR) -> FetchFailed:
    return FetchFailed(url=URL, kind=kind, detail="", status=status)


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        (Fetched(url=URL, final_url=URL, status=200, headers={}, body=b"x"), RobotsVerdict.RULES),
        (NotModified(url=URL, final_url=URL, headers={}), RobotsVerdict.KEEP),
        (answer(200, FailureKind.EMPTY), RobotsVerdict.ALLOW),
        (answer(204, FailureKind.EMPTY), RobotsVerdict.ALLOW),
        (answer(302, FailureKind.REDIRECT), RobotsVerdict.ALLOW),
        (answer(401, FailureKind.DENIED), RobotsVerdict.ALLOW),
        (answer(403, FailureKind.DENIED), RobotsVerdict.ALLOW),
        (answer(404, FailureKind.NOT_FOUND), RobotsVerdict.ALLOW),
        (answer(410, FailureKind.GONE), RobotsVerdict.ALLOW),
        (answer(429, FailureKind.RATE_LIMITED), RobotsVerdict.ALLOW),
        (answer(500, FailureKind.SERVER_ERROR), RobotsVerdict.UNREACHABLE),
        (answer(503, FailureKind.UNAVAILABLE), RobotsVerdict.UNREACHABLE),
        (answer(200, FailureKind.TRUNCATED), RobotsVerdict.UNREACHABLE),
        (answer(200, FailureKind.TOO_LARGE), RobotsVerdict.UNREACHABLE),
        (FetchFailed(url=URL, kind=FailureKind.DNS, detail=""), RobotsVerdict.UNREACHABLE),
        (FetchFailed(url=URL, kind=FailureKind.TIMEOUT, detail=""), RobotsVerdict.UNREACHABLE),
        (FetchFailed(url=URL, kind=FailureKind.RATE_LIMITED, detail=""), RobotsVerdict.UNREACHABLE),
    ],
)
def test_an_absent_file_allows_everything_and_an_unreachable_one_nothing(
    result: FetchResult, verdict: RobotsVerdict
) -> None:
    assert robots_verdict(result) is verdict


def test_the_file_of_an_origin_is_at_its_root() -> None:
    assert robots_request("https://u:p@Example.org:8443/a/b?c#d").url == "https://example.org:8443/robots.txt"
