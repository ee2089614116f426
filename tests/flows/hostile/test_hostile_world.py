"""Every attack of the design note on hostile input, at full size, through one real round: each costs only itself.

The rows are those of hostile-input.md; each is a host of its own, with the attack as its feed or as its page. Once more
on Postgres, without those whose size never reaches the database.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest

from flows.forks import Forked
from ingest.model import FailureKind

ITEM = "<item><title>news of the pier</title><description>&lt;p&gt;The gauge was read.&lt;/p&gt;</description></item>"
Row = TypeVar("Row")
WORKER_MEMORY_BYTES = 1 << 30
FLOODS = {"flood-lt", "flood-amp", "items-200k"}  # whose text is the flood


def item(title: str = "news of the pier", more: str = "") -> str:
    return f"<item><title>{title}</title>{more}<description>The gauge was read.</description></item>"


def content(html: str) -> str:
    return f"<item><title>news of the pier</title><description><![CDATA[{html}]]></description></item>"


LAUGHS = '<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
# A feed that is read: the name of the attack, and its body. One article comes out of each.
READ: dict[str, Callable[[Any], bytes]] = {
    "newlines": lambda web: web.rss(ITEM, "\n" * 1_000_000),
    "style": lambda web: web.rss(content(f'<p style="{"a" * 50_000}!">The gauge was read.</p>')),
    "punycode": lambda web: (
        b'<?xml version="1.0" encoding="punycode"?>' + web.rss(item("é" + "a-" * 200_000, "<guid>1</guid>"))
    ),
    "items-200k": lambda web: web.rss("<item><guid>s</guid><description>x</description></item>" * 180_000),
    "html-10mb": lambda web: web.rss(content("<p class=x>The gauge was read.</p>" * 280_000)),
    "nested-100k": lambda web: web.rss(content("<b>" * 100_000 + "The gauge was read." + "</b>" * 100_000)),
    "laughs": lambda web: web.rss(item("news &i;"), f"<!DOCTYPE rss [{LAUGHS}]>"),
    "quadratic": lambda web: web.rss(item("&i;" * 1_000), f'<!DOCTYPE rss [<!ENTITY i "{"a" * 100_000}">]>'),
    "flood-lt": lambda web: web.rss(content("<" * 100_000 + "<p>The gauge was read.</p>")),
    "flood-amp": lambda web: web.rss(content("&" * 100_000 + "<p>The gauge was read.</p>")),
    "flood-comment": lambda web: web.rss(content("<!--" * 100_000 + "--><p>The gauge was read.</p>")),
    "flood-declaration": lambda web: web.rss(content("<!" * 100_000 + "><p>The gauge was read.</p>")),
    "bad-utf8": lambda web: web.rss(item("news")).replace(b"news", b"\xff\xfe\xc3"),
    "years": lambda web: web.rss(
        item(more="<pubDate>Fri, 20 Nov 99999 12:00:00 GMT</pubDate><dc:date>0000-00-00T00:00:00Z</dc:date>")
    ),
    "controls": lambda web: web.rss(item("news\x00\x1b[2J\x1b]0;pwn\x07\u202e\u009b31m of the pier")),
    "same-guid": lambda web: web.rss(item(more="<guid>same</guid>") * 50),
    "length": lambda web: web.rss(item(more=f'<enclosure url="http://a.example/a" length="1{"0" * 40}"/>')),
    "long-guid": lambda web: web.rss(item(more=f"<guid>{'x' * 1_000_000}</guid>")),
    "long-link": lambda web: web.rss(item(more=f"<link>http://a.example/{'x' * 100_000}</link>")),
    "many-authors": lambda web: web.rss(item(more="<author>Ann Lee</author>" * 20_000)),
}
XXE = {
    "xxe-file": '<!ENTITY i SYSTEM "file:///etc/passwd">',
    "xxe-http": '<!ENTITY i SYSTEM "{trap}">',
    "xxe-parameter": '<!ENTITY % p SYSTEM "{trap}x.dtd"> %p;<!ENTITY i "x">',
}
# A feed that is not read, and the kind and the words of the outcome.
REFUSED: dict[str, tuple[Callable[[Any], dict[str, Any]], FailureKind, str]] = {
    "attributes": (
        lambda web: {"body": web.rss("<a " + " ".join(f"a{n}=''" for n in range(200_000)) + "/>" + ITEM)},
        FailureKind.REJECTED,
        "attributes",
    ),
    "dev-zero": (lambda _: {"body": b"/dev/zero"}, FailureKind.NOT_A_FEED, "plain text"),
    "items-1m": (
        lambda web: {"body": web.rss("<item><title>aaaa</title></item>" * 1_000_000)},
        *("too-large", "10,000,000"),
    ),
    "cdata-50mb": (lambda web: {"body": web.rss(content("a" * 50_000_000))}, *("too-large", "10,000,000")),
    "zeros": (lambda _: {"body": bytes(9_000_000)}, FailureKind.NOT_A_FEED, "no feed"),
    "gzip": (lambda web: web.bomb("gzip"), FailureKind.TOO_LARGE, "10,000,000"),
    "deflate": (lambda web: web.bomb("deflate"), FailureKind.TOO_LARGE, "10,000,000"),
    "brotli": (lambda web: web.bomb("br"), FailureKind.TOO_LARGE, "10,000,000"),
    "zstd": (lambda web: web.bomb("zstd"), FailureKind.TOO_LARGE, "10,000,000"),
    "drip": (lambda web: web.drip(), FailureKind.TIMEOUT, "3 seconds"),
    "loop": (lambda _: moved("/feed"), FailureKind.REDIRECT, "circle"),
    "to-file": (lambda _: moved("file:///etc/passwd"), FailureKind.REDIRECT, "not an http"),
    "to-gopher": (lambda _: moved("gopher://127.0.0.1:70/_x"), FailureKind.REDIRECT, "not an http"),
    "to-data": (lambda _: moved("data:text/xml,<rss/>"), FailureKind.REDIRECT, "not an http"),
    "to-private": (lambda _: moved("http://10.0.0.1/feed"), FailureKind.FORBIDDEN_ADDRESS, "10.0.0.1"),
    "to-metadata": (lambda _: moved("http://169.254.169.254/latest/"), FailureKind.FORBIDDEN_ADDRESS, "169.254"),
    "to-trap": (lambda _: moved("{trap}"), FailureKind.FORBIDDEN_ADDRESS, "127.0.0.1"),
}


def moved(target: str) -> dict[str, Any]:
    return {"status": 302, "headers": {"Location": target}}


def table(row: str, count: int) -> str:
    return f"<table>{row * count}</table>"


JSON_LD = '<script type="application/ld+json">{}</script>'
# A page that is read, or is beyond the limits of a worker: an article comes out all the same.
PAGES: dict[str, Callable[[Any, str], dict[str, Any]]] = {
    "p-20k": lambda web, name: {"page": web.page(name, "<p>The gauge was read.</p>" * 20_000)},
    "p-200k": lambda web, name: {"page": web.page(name, "<p>x</p>" * 200_000)},
    "br-200k": lambda web, name: {"page": web.page(name, "line<br>" * 200_000)},
    "li-200k": lambda web, name: {"page": web.page(name, "<ul>" + "<li>x</li>" * 200_000 + "</ul>")},
    "tr-100k": lambda web, name: {"page": web.page(name, table("<tr><td>x</td></tr>", 100_000))},
    "dated-50k": lambda web, name: {"page": web.page(name, "<p>12 May 2020</p>" * 50_000)},
    "json-ld-5mb": lambda web, name: {
        "page": web.page(name, head=JSON_LD.format(json.dumps({"headline": "a" * 4_900_000})))
    },
    "json-ld-deep": lambda web, name: {"page": web.page(name, head=JSON_LD.format("[" * 400_000))},
    "meta-100k": lambda web, name: {"page": web.page(name, head='<meta name="author" content="Ann">' * 100_000)},
    "depth-5000": lambda web, name: {"page": web.page(name, "<div>" * 5_000)},
    "text-node": lambda web, name: {"page": web.page(name, "<p>" + "x" * 4_900_000 + "</p>")},
    "attribute": lambda web, name: {"page": web.page(name, f'<p class="{"comment " * 500_000}">x</p>')},
    "zeros": lambda _, __: {"page": bytes(4_000_000)},
    "controls": lambda web, name: {"page": web.page(name, "<h1>\x1b]0;pwn\x07\x1b[2J=cmd|\u202e\u009b31m</h1>")},
}
# A page that cannot be had: the article is the feed's content, and says why.
LOST: dict[str, tuple[Callable[[Any, str], dict[str, Any]], FailureKind]] = {
    "page-11mb": (lambda web, name: {"page": web.page(name, "<p>" + "x" * 11_000_000)}, FailureKind.TOO_LARGE),
    "gzip": (lambda web, _: web.bomb_page("gzip"), FailureKind.TOO_LARGE),
    "brotli": (lambda web, _: web.bomb_page("br"), FailureKind.TOO_LARGE),
    "zstd": (lambda web, _: web.bomb_page("zstd"), FailureKind.TOO_LARGE),
    "to-private": (lambda *_: moved("http://192.168.0.1/"), FailureKind.FORBIDDEN_ADDRESS),
    "to-trap": (lambda *_: moved("{trap}"), FailureKind.FORBIDDEN_ADDRESS),
}
# A page that may be had another time: it waits, and no article is stored yet.
WAITING: dict[str, tuple[Callable[[Any, str], dict[str, Any]], FailureKind]] = {
    "drip": (lambda web, _: web.drip(), FailureKind.TIMEOUT),
    "loop": (lambda *_: moved("/page0"), FailureKind.REDIRECT),
    "to-file": (lambda *_: moved("file:///etc/passwd"), FailureKind.REDIRECT),
}

# Rows that take long and end, for the database, as other rows do.
HEAVY = {
    *("newlines", "style", "items-200k", "nested-100k", "quadratic", "flood-amp", "flood-comment", "flood-declaration"),
    *("attributes", "items-1m", "cdata-50mb", "zeros", "gzip", "deflate", "brotli", "zstd", "drip", "page-11mb"),
    *("p-20k", "p-200k", "br-200k", "li-200k", "tr-100k", "dated-50k", "json-ld-5mb", "json-ld-deep", "meta-100k"),
    *("depth-5000", "attribute"),
}


def rows_for(hostile: Any, rows: Mapping[str, Row]) -> dict[str, Row]:
    """All of them for SQLite, and for Postgres the light ones."""
    is_all = hostile.settings.database.startswith("sqlite")
    return {name: row for name, row in rows.items() if is_all or name not in HEAVY}


def aimed(answer: dict[str, Any], world: Any) -> dict[str, Any]:
    """The answer with its headers pointing at the trap."""
    trap = f"http://127.0.0.1:{world.trap.port}/"
    return answer | {"headers": {key: value.format(trap=trap) for key, value in answer.get("headers", {}).items()}}


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Peak bytes of the largest worker of the test that has ended (proc(5), VmHWM).

    Not RUSAGE_CHILDREN: that has the peaks of every test's processes, and of this process as it was when it forked.
    """
    peaks = [0]
    plain = Forked.kill

    def peaks_of(pid: int) -> Iterator[int]:
        with suppress(OSError):  # it has ended by itself
            status = Path(f"/proc/{pid}/status").read_text()
            yield from (int(kb) << 10 for kb in re.findall(r"VmHWM:\s*(\d+) kB", status))

    async def noted(process: Forked) -> None:
        peaks.extend(peaks_of(process.pid))
        await plain(process)

    monkeypatch.setattr(Forked, "kill", noted)

    def largest() -> int:
        assert len(peaks) > 1, "no worker was measured"
        return max(peaks)

    return largest


def name_of(article: dict[str, Any]) -> str:
    return str(article["site"]).partition(".localhost")[0]


def is_clean(text: str | None) -> bool:
    return not set(text or "") & set("\x00\x07\x1b\u202e\x9b")


@pytest.mark.usefixtures("each_database")
async def test_every_hostile_feed_ends_in_an_article_or_in_a_recorded_refusal(
    hostile: Any, children: Any, caplog: Any
) -> None:
    """The feed rows: nothing is a bug of ours, no worker meets its limits, the polite host among them is served."""
    web, trap = hostile.web, f"http://127.0.0.1:{hostile.trap.port}/"
    read = rows_for(hostile, READ)
    urls = [web.say(name, "/feed", make(web)) for name, make in read.items()]
    for name, entity in XXE.items():
        document = web.rss(item("news &i;"), f"<!DOCTYPE rss SYSTEM '{trap}rss.dtd' [{entity.format(trap=trap)}]>")
        urls.append(web.say(name, "/feed", document))
    refused = {
        web.say(f"no-{name}", "/feed", **aimed(make(web), hostile)): (kind, words)
        for name, (make, kind, words) in rows_for(hostile, REFUSED).items()
    }

    report = await hostile.round(*urls, *refused, web.articles("polite"), fetch_timeout_seconds=3)

    stored = {name_of(article): article for article in await hostile.stored()}
    failing = {
        row.url: (row.last_failure_kind, row.last_failure_detail)
        for row in await hostile.rows("SELECT url, last_failure_kind, last_failure_detail FROM feed WHERE failures > 0")
    }
    assert (report.bugs, hostile.trap.hits, children() < WORKER_MEMORY_BYTES) == (0, 0, True)
    assert failing.keys() == refused.keys()
    for url, (kind, words) in refused.items():
        assert (url, failing[url][0]) == (url, kind)
        assert url in failing[url][1]
        assert words in failing[url][1]
    assert stored.keys() == read.keys() | XXE.keys() | {"polite"}
    assert [name for name, a in stored.items() if "gauge" not in a["text"] and name not in FLOODS] == []
    assert all(is_clean(a["title"]) and is_clean(a["text"]) for a in stored.values())
    assert stored["years"]["published_at"] is None
    assert not [record for record in caplog.records if " of CPU; its " in record.getMessage()], (
        "a worker met its limits"
    )


@pytest.mark.usefixtures("each_database")
async def test_every_hostile_page_ends_in_an_article_or_in_a_recorded_failure(
    hostile: Any, children: Any, caplog: Any
) -> None:
    """The page rows: where a page is beyond the limits or cannot be had, the feed's own content is the article."""
    web = hostile.web
    read, lost, waiting = (rows_for(hostile, rows) for rows in (PAGES, LOST, WAITING))
    urls = [web.articles(name, **make(web, name)) for name, make in read.items()]
    missing = lost | waiting
    urls += [web.articles(f"no-{name}", **aimed(make(web, name), hostile)) for name, (make, _) in missing.items()]

    report = await hostile.round(*urls, web.articles("polite"), fetch_timeout_seconds=3)

    stored = {name_of(article): article for article in await hostile.stored()}
    pages = {
        row.host.partition(".")[0]: (row.last_failure_kind, row.state, row.last_failure_detail)
        for row in await hostile.rows(
            "SELECT host, state, last_failure_kind, last_failure_detail FROM page JOIN site ON site.id = site_id"
        )
    }
    assert (report.bugs, hostile.trap.hits, children() < WORKER_MEMORY_BYTES) == (0, 0, True)
    assert stored.keys() == read.keys() | {f"no-{name}" for name in lost} | {"polite"}
    for name in (*read, "polite"):
        assert (name, stored[name]["status"] in {"ok", "partial"}) == (name, True)
        assert name in stored[name]["text"], "the page's text or the feed's"
        assert is_clean(stored[name]["title"])
    for name in lost:
        assert stored[f"no-{name}"]["text"] == web.words_of_feed(f"no-{name}")
    for name, (_, kind) in missing.items():
        assert pages[f"no-{name}"][:2] == (kind, "done" if name in lost else "pending")
        assert f"http://no-{name}.localhost" in pages[f"no-{name}"][2]
    assert not [record for record in caplog.records if " of CPU; its " in record.getMessage()], (
        "a worker met its limits"
    )
