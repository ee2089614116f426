"""Rule files in the shared format: what is honoured, what is passed over aloud, what is refused, which one speaks."""

import os

import pytest

from ingest.clean.keeps import NOTHING_KEPT, Keeps
from ingest.extract.sitefolder import find_keeps, find_site_rule, names_for
from ingest.extract.siterules import HONOURED, IGNORED, parse_site_rule
from ingest.extract.version import extraction_version, find_own_versions
from ingest.extract.xpaths import compile_xpath

FILE = """
# a comment, and an empty line

title: //h1[@class='headline']
body: //div[@id='story']
body: //div[@class='old-story']
author: //a[@rel='author']
date: //time/@datetime
strip: //div[@class='promo']
strip_id_or_class: 'share'
find_string: <nolink>
replace_string: <a>
replace_string(</nolink>): </a>
next_page_link: //a[@rel='next']
single_page_link: //a[.='One page']
if_page_contains: //div[@class='pager']
prune: no
keep: language/en/comments
keep_text: Share the road ...
autodetect_on_failure: no
test_url: https://example.com/rope
test_contains: The clerk opened the book.
"""


def told(text: str) -> list[tuple[int, bool]]:
    return [(problem.line, problem.is_error) for problem in parse_site_rule("x.txt", text).problems]


def test_every_honoured_directive_is_read():
    rule = parse_site_rule("example.com.txt", FILE)
    assert rule.problems == []
    assert [clause.line for clause in rule.body] == [5, 6]
    assert [clause.selector.text for clause in rule.title] == ["//h1[@class='headline']"]
    assert rule.strip_tokens == [(10, "share")]
    assert rule.replacements == [("<nolink>", "<a>"), ("</nolink>", "</a>")]
    assert rule.single_page_link[0].condition is not None
    assert rule.keeps == Keeps(frozenset({"language/en/comments"}), ("Share the road ...",))
    assert (rule.prunes, rule.falls_back) == (False, False)
    assert (rule.test_urls, rule.test_contains) == (["https://example.com/rope"], ["The clerk opened the book."])
    assert all(f"\n{directive}" in FILE for directive in HONOURED)


@pytest.mark.parametrize("directive", sorted(IGNORED))
def test_a_directive_that_is_passed_over_gives_a_warning_with_its_line(directive):
    (problem,) = parse_site_rule("x.txt", f"# first\n{directive}: value\n").problems
    assert (problem.line, problem.is_error) == (2, False)
    assert problem.message.startswith(f"{directive} is passed over: ")


def test_a_header_that_a_rule_wants_sent_is_not_sent():
    (problem,) = parse_site_rule("x.txt", "http_header(user-agent): Googlebot/2.1").problems
    assert not problem.is_error
    assert "we name ourselves" in problem.message


@pytest.mark.parametrize(
    ("line", "is_error"),
    [
        ("body: //div[", True),
        ("body: //div[$x]", True),
        ("body: $x", True),
        ("body: //div[re:test(., 'a')]", True),
        ("body: //div[lower-case(.)='a']", True),
        ("replace_string: b", True),
        ("find_string: a", True),
        ("if_page_contains: //a", True),
        ("prune: perhaps", True),
        ("strip_id_or_class: ''", True),
        (f"body: //div[@id='{'x' * 1_000}']", True),
        ("body //div", False),
        ("body:", False),
        ("boddy: //div", False),
    ],
)
def test_a_line_that_cannot_be_used_is_named_and_the_others_count(line, is_error):
    text = f"title: //h1\n{line}\nauthor: //b\n"
    rule = parse_site_rule("user/example.com.txt", text)
    assert [problem.is_error for problem in rule.problems] == [is_error]
    assert rule.tell(rule.problems[0]).startswith("user/example.com.txt:")
    assert (len(rule.title), len(rule.author), rule.body) == (1, 1, [])


def test_an_error_names_the_line_it_stands_in():
    assert told("title: //h1\nbody: //div[\n# x\nstrip: //p[\n") == [(2, True), (4, True)]


def test_a_file_without_a_directive_and_one_beyond_all_size_are_errors():
    assert told("# nothing\n") == [(1, True)]
    assert told("test_url: https://example.com/\n") == [(1, True)]
    assert told("title: //h1\n" * 1_002) == [(1, True)]
    assert told("title: //h1\n" * 101) == [(101, True)]


@pytest.mark.parametrize(
    "text",
    [
        "//div[.//div[.//q]]",
        "//a[//b[//c]]",
        "//*[preceding::q[following::b]]",
        "//a//b//c//d//e//f//g//h//i",
    ],
)
def test_an_expression_that_may_take_more_than_the_square_of_a_page_is_refused(text):
    (problem,) = parse_site_rule("x.txt", f"body: {text}").problems
    assert problem.is_error
    assert "beyond what is evaluated" in problem.message


@pytest.mark.parametrize(
    ("text", "is_costly"),
    [
        ("//div[@class='a']//p", False),
        ("//div[contains(., '//a//b//c')]", False),
        ("//a | //b | //c | //d", False),
        ("//p[.//a]", True),
        ("//p[not(//q)]", True),
        ("//p/following::a", True),
        ("//a//b//c", True),
    ],
)
def test_what_may_take_the_square_of_a_page_is_known(text, is_costly):
    assert compile_xpath(text).is_costly is is_costly


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("https://www.example.com/a", ["example.com.txt"]),
        ("https://news.example.com/a", ["news.example.com.txt", ".example.com.txt"]),
        ("http://a.b.example.com:8080/", ["a.b.example.com.txt", ".b.example.com.txt", ".example.com.txt"]),
        ("http://127.0.0.1:8700/x", ["127.0.0.1.txt"]),
        ("http://[::1]/x", []),
        ("https://example.com/../../etc/passwd", ["example.com.txt"]),
        ("not an address", []),
    ],
)
def test_files_are_named_after_the_host_and_a_wildcard_is_for_those_below(url, names):
    assert names_for(url) == names


def test_the_users_file_wins_over_a_wildcard_and_a_change_is_seen(tmp_path):
    wild, own = tmp_path / ".example.com.txt", tmp_path / "news.example.com.txt"
    wild.write_text("title: //h1")
    assert find_site_rule("https://news.example.com/a", str(tmp_path)).name == "user/.example.com.txt"
    assert find_site_rule("https://example.com/a", str(tmp_path / "none")) is None
    own.write_text("title: //h2")
    first = find_site_rule("https://news.example.com/a", str(tmp_path))
    own.write_text("title: //h3[1]")
    assert first.title[0].selector.text == "//h2"
    assert find_site_rule("https://news.example.com/a", str(tmp_path)).title[0].selector.text == "//h3[1]"


def test_a_users_rule_makes_another_version_for_its_hosts_alone(tmp_path):
    hosts = ["news.example.com", "www.example.com:8080", "other.example"]
    assert find_own_versions(hosts, str(tmp_path)) == {}

    (tmp_path / "example.com.txt").write_text("title: //h2")
    (tmp_path / ".example.com.txt").write_text("title: //h1")
    versions = find_own_versions(hosts, str(tmp_path))
    assert list(versions) == hosts[:2]
    assert len({*versions.values(), extraction_version()}) == 3
    assert all(version.startswith(f"{extraction_version()}+") for version in versions.values())

    (tmp_path / "example.com.txt").write_text("title: //h3[1]")
    changed = find_own_versions(hosts, str(tmp_path))
    assert {host for host in versions if changed[host] != versions[host]} == {"www.example.com:8080"}


def test_a_file_is_read_once_as_long_as_it_stays_the_same(tmp_path):
    file = tmp_path / "example.com.txt"
    file.write_text("title: //h1")
    first = find_site_rule("https://example.com/a", str(tmp_path))
    assert find_site_rule("https://www.example.com/b", str(tmp_path)) is first
    os.utime(file, ns=(1, 1))
    assert find_site_rule("https://example.com/a", str(tmp_path)) is not first


def test_a_file_that_only_keeps_adds_to_the_rule_behind_it(tmp_path):
    (tmp_path / ".example.com.txt").write_text("title: //h1\nkeep: core/repeat")
    alone = find_site_rule("https://news.example.com/a", str(tmp_path))
    (tmp_path / "news.example.com.txt").write_text("keep_text: Share the road\nkeep_text: No comments ...")
    rule = find_site_rule("https://news.example.com/a", str(tmp_path))

    assert (rule.name, rule.title) == ("user/.example.com.txt", alone.title)
    assert rule.keeps == Keeps(frozenset({"core/repeat"}), ("Share the road", "No comments ..."))
    assert rule.digest != alone.digest
    assert find_keeps("https://other.example/a", str(tmp_path)) == NOTHING_KEPT
    (tmp_path / "news.example.com.txt").write_text("keep_text: Share the road\nprune: no")
    assert find_site_rule("https://news.example.com/a", str(tmp_path)).title == []


@pytest.mark.parametrize("line", ["keep: language/en/comm", "keep: learned/00ff", "keep_text: ***"])
def test_a_keep_that_names_nothing_is_an_error(line):
    assert told(f"title: //h1\n{line}") == [(2, True)]
