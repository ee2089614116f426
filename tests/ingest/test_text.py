"""Plain text out of markup, and text that is safe where it is printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.feeds.markup import LinkResolver, sanitise_html, text_as_html
from ingest.text import escape_csv_cell, escape_markdown, plain_text, plain_title, strip_controls


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("\x1b]0;pwn\x07\x1b[2J\x1b[31mRed\x1b[0m =cmd", "Red =cmd"),
        ("a\x00b\x08c\x84d\x9f\x85e", "abcd e"),
        ("\u202eevil\u202c \u2066x\u2069 \ufeffy", "evil x y"),
        ("\ud800x", "\ufffdx"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("Q&A; R&D", "Q&A; R&D"),
        ("<em>a</em><br>b", "a b"),
        ("&lt;b&gt;", "<b>"),
        ("<svg onload=alert(1)>x", "x"),
        ("   ", None),
        (None, None),
    ],
)
def test_titles_are_plain_rule_76(raw: str | None, title: str | None) -> None:
    assert plain_title(raw) == title


def test_paragraphs_are_apart_by_one_blank_line() -> None:
    html = (
        "<style>p{}</style><h1>Head</h1><p>One <b>bo</b>ld<br>line &amp; more</p>\n\n<p> </p>"
        "<ul><li>a</li><li>b</li></ul>"
        "<script>x<p>no</script><pre>c  d</pre>after<br><br/>all<!-- no -->"
    )

    assert plain_text(html) == "Head\n\nOne bold line & more\n\na\n\nb\n\nc d\n\nafter\n\nall"
    assert plain_text(None) == ""


@given(st.text(alphabet="<>abp/ &;!-\"'=\n\x1b[script", max_size=200))
def test_plain_forms_are_stable_and_free_of_controls(raw: str) -> None:
    title = plain_title(raw)
    assert title is None or plain_title(title, is_html=False) == title
    assert "\x1b" not in plain_text(raw)
    assert strip_controls(strip_controls(raw)) == strip_controls(raw)
    assert plain_text(text_as_html(raw)).split() == strip_controls(raw).split()


@pytest.mark.parametrize("piece", ["<", "<a ", '<a b="', "<script>", "<!--", "&", "<br>", "</", "\x1b]", "<p>\n \n"])
def test_floods_are_read_in_linear_time(piece: str) -> None:
    assert len(plain_text(piece * 100_000)) <= len(piece) * 100_000


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("[x](javascript:alert(1))", r"\[x\]\(javascript:alert\(1\)\)"),
        ("a | b `c` <d>\n# e", r"a \| b \`c\` \<d\> \# e"),
    ],
)
def test_markdown_is_shown_as_it_is_written(text: str, escaped: str) -> None:
    assert escape_markdown(text) == escaped


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_cells_are_no_formulas(start: str) -> None:
    assert escape_csv_cell(f"{start}cmd") == f"'{start}cmd"
    assert escape_csv_cell(f"x{start}") == f"x{start}"


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='data:text/html,x'>x</a>",
        "<iframe src='http://x/'></iframe>",
        "<style>*{background:url(javascript:alert(1))}</style>",
        "<p style='position:fixed'>x</p>",
        "<svg/onload=alert(1)>",
        "<form action='http://x/'><input></form>",
    ],
)
def test_what_is_shown_is_sanitised_rule_75(html: str) -> None:
    shown = sanitise_html(f"<p>kept</p>{html}").lower()

    assert "<p>kept</p>" in shown
    assert not any(sign in shown for sign in ("script", "onerror", "onload", "data:", "iframe", "style", "form", "svg"))


def test_only_so_many_addresses_are_resolved() -> None:
    resolver = LinkResolver(limit=2)

    assert resolver.resolve('<a href="x">1</a><a href=y>2</a><a href="z">3</a>', "http://a/") == (
        '<a href="http://a/x">1</a><a href="http://a/y">2</a><a href="z">3</a>'
    )
