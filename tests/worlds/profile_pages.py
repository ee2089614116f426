"""A site's pages, made as its template makes them."""

from datetime import UTC, datetime

from ingest.extract.article import ExtractContext
from ingest.model import Page

NOW = datetime(2026, 11, 1, tzinfo=UTC)
CONTEXT = ExtractContext(now=NOW)
_PLACES = ("pier", "mill", "quarry", "chapel", "weir", "orchard", "kiln", "ferry", "granary", "lighthouse")
_PEOPLE = ("keeper", "clerk", "smith", "pilot", "warden", "miller", "carter", "teacher", "printer", "surveyor")


def sentences(number: int, count: int = 8) -> list[str]:
    """So many paragraphs of running text, other ones for each number."""
    return [
        f"The {_PEOPLE[(number + at) % 10]} of the {_PLACES[(number * 3 + at) % 10]} wrote {number * 40 + at} lines "
        f"about the water that came over the wall in the night, and nobody in the town had an answer to one of them."
        for at in range(count)
    ]


def paragraphs(texts: list[str]) -> str:
    """The texts as paragraphs."""
    return "".join(f"<p>{text}</p>" for text in texts)


def template(inside: str, *, behind: str = "", number: int = 1) -> str:
    """A page of the site with this in the container, and something behind it."""
    return f"""<html lang="en"><head><title>Water, part {number}</title>
<meta property="article:published_time" content="2026-10-{number % 28 + 1:02d}T10:00:00Z"></head>
<body class="p-{number}">
<div id="top"><a href="/">Home</a> <a href="/news">News</a> <a href="/water">Water</a></div>
<div class="frame"><h1>Water, part {number}</h1><div class="story-text post-{number:03d}">{inside}</div>{behind}</div>
<div class="rail"><h3>Also</h3><a href="/a">The mill turns again</a><a href="/b">A bell for the chapel</a></div>
<div class="legal">
<p>All words on these pages belong to the people who wrote them, and may be asked for by letter.</p></div>
</body></html>"""


def a_page(number: int, html: str | None = None) -> Page:
    """The page of a number, as the template makes it unless it is given."""
    html = html if html is not None else template(paragraphs(sentences(number)), number=number)
    return Page(url=f"https://water.example/{number}", html=html)
