"""Titles and addresses that would break a page that shows them, and what a dashboard makes of markdown."""

import pytest
from lxml import html
from markdown_it import MarkdownIt

TITLES = {
    "links": "[a](javascript:alert(1)) ![b](http://x.example/p.png) <http://y.example> https://z.example",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)> &lt;b&gt; <!-- --> ]]></text></svg>",
    "blocks": "a | b | c\n| --- |\r\n# head\n\n> quote\n- list\n1. one\n\n    code\n***",
    "code": "`code` ``` ~~~ **bold** _it_ \\`escaped\\` \\",
    "controls": "\x00\x07\x08\x1b[2J\x1b]0;title\x07 \x9b31m \u202egnirts\u202c \ud800 \ufffe \u200f end",
    "long": "t" * 10_000,
    "right to left": "عنوان من اليمين إلى اليسار مع English في الوسط",
    "wide": "日本語の見出しはとても長いので" * 20,
    "blank": " \n\t ",
}
URLS = {
    "signs": "http://evil.example/a b`|<>\"'()[]\\;$(touch x)&\n#`",
    "script": "javascript:alert(1)",
    "secret": "http://user:hushhush@evil.example/?token=hushhush",
    "long": "http://evil.example/" + "long/" * 2_000,
}


@pytest.fixture(params=TITLES.values(), ids=TITLES.keys())
def title(request):
    return request.param


@pytest.fixture(params=URLS.values(), ids=URLS.keys())
def url(request):
    return request.param


@pytest.fixture
def width():
    """Give how many letters wide a row of a table artifact is: the dashboard breaks no line of a cell."""

    def measure(row):
        return sum(max(map(len, [head, *cell.replace("\\", "").split("\n")])) for head, cell in row.items())

    return measure


@pytest.fixture
def rendered():
    """Give the document that a browser gets of markdown, with HTML let through: nothing else stops it here."""

    def render(markdown):
        assert not any(sign in markdown for sign in "\x00\x07\x1b\u202e\u200f\ud800"), "a control was let through"
        made = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown)
        page = html.fromstring(f"<div>{made}</div>")
        assert not page.xpath("//script|//blockquote|//hr|//b|//em|//iframe|//comment()")
        assert all(one.get("href").startswith("http://") for one in page.iter("a")), "only what we linked"
        return page

    return render
