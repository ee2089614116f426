"""A site of 1,000 pages whose template changes three times: its furniture goes, its articles stay whole."""

import random
from dataclasses import dataclass

import pytest

CHANGES = (250, 500, 750)
PAGES = 1_000
AUTHORS = ("Nora Field", "Jan Bakker", "Ida Moss", "Tom Reed")
REFRAIN = "O the wind and the rain on the harbour wall"


@dataclass
class Template:
    """What one of the site's templates prints around and into an article, in or out of boxes."""

    share: str
    pitch: str
    related: str
    bios: dict[str, str]
    legal: tuple[str, str]
    boxed: bool

    def wrap(self, write, body, author):
        """The page: a share line above, a pitch below the third paragraph, boxes behind the text."""
        boxed = self.boxed
        lines = [write.furniture(self.share, "share", boxed=boxed), *body[:3]]
        lines += [write.furniture(self.pitch, "pitch", boxed=boxed), *body[3:]] if len(body) >= 3 else []
        lines.append(write.furniture(self.bios[author], "bio", boxed=boxed))
        lines.append(write.furniture(self.related, "related", boxed=boxed))
        lines += [write.furniture(write.title(), "neighbour", boxed=boxed, linked=True) for _ in range(3)]
        lines += [write.furniture(line, "legal", boxed=boxed) for line in self.legal]
        return lines


class Newspaper:
    """Writes the site's articles; what several of them share is theirs, not the template's."""

    def __init__(self, author, boxed):
        self.write, self.random = author, random.Random(3)
        self.templates = [self._template(boxed) for _ in range(len(CHANGES) + 1)]
        self.reports = []
        self.release = [line.text for line in author.paragraphs(6, 6)]

    def _template(self, boxed):
        write = self.write
        return Template(
            share=f"Zdieľajte tento {write.title()}",
            pitch=f"Odoberajte {write.sentence(10)}",
            related=f"Podobné {write.title()[:12]}",
            bios={name: f"{name} {write.sentence(12)}" for name in AUTHORS},
            legal=(f"© 2026 {write.sentence(14)}", write.sentence(14)),
            boxed=boxed,
        )

    def page(self, number):
        """The page of a number, in the template of its time."""
        author = self.random.choice(AUTHORS)
        title, body = self.random.choice(self.KINDS)(self)
        if self.random.random() < 0.25:
            body.insert(self.random.randint(1, len(body)), "Read the full paper here.")
        template = self.templates[sum(number >= change for change in CHANGES)]
        return self.write.page(*template.wrap(self.write, body, author), title=title, author=author)

    def _report(self):
        title, body = self.write.title(), [line.text for line in self.write.paragraphs()]
        self.reports.append((title, body))
        return title, list(body)

    def _syndicated(self):
        title, body = self.random.choice(self.reports[-5:] or [self._report()])
        further = [self.write.paragraph()] if self.random.random() < 0.4 else []
        return title, [*body, *further]

    def _interview(self):
        turns = [turn for _ in range(5) for turn in ("Q:", self.write.sentence(), "A:", self.write.paragraph())]
        return self.write.title(), [self.write.paragraph(), *turns, "Yes.", self.write.paragraph(), "Yes."]

    def _poem(self):
        verses = [verse for _ in range(4) for verse in (self.write.title(), self.write.title(), REFRAIN)]
        return self.write.title(), verses

    def _weather(self):
        degrees = self.random.randint(0, 30)
        return f"Weather of day {self.random.randint(1, 365)}", [
            "Temperatures are taken at the station on the hill at six in the morning, as on every day of the year.",
            f"High: {degrees} degrees",
            f"Low: {degrees - 9} degrees",
            f"Wind from the west with {degrees} knots is expected in the morning hours all over the bay.",
        ]

    def _column(self):
        intro = "Every week our columnist walks through one street of the town and tells what she has seen there."
        return self.write.title(), [intro, *(line.text for line in self.write.paragraphs())]

    def _series(self):
        part = "This article is part of a series on water in the valley, which asks who gets it and who goes without."
        body = [line.text for line in self.write.paragraphs()]
        return self.write.title(), [body[0], part, *body[1:]]

    def _release(self):
        quoted = ["The company said in a statement:", *self.release[: self.random.randint(3, 6)]]
        return self.write.title(), [*(line.text for line in self.write.paragraphs(2, 4)), *quoted]

    def _brief(self):
        return self.write.title(), [self.write.sentence(9)]

    def _chapters(self):
        body = [line.text for line in self.write.paragraphs(4, 9)]
        return self.write.title(), [*body[:2], "What happens next", *body[2:]]

    KINDS = (*[_report] * 6, _syndicated, _interview, _poem, _weather, _column, _series, _release, _brief, _chapters)


@pytest.fixture(params=[True, False], ids=["boxed", "plain"])
def newspaper(request, new_author):
    return Newspaper(new_author(11), request.param)


def leaks_since_change(site, first):
    """Furniture in the stored pages from twenty after each change on, titles of neighbours aside."""
    starts = (0, *CHANGES)
    since = [key - max(start for start in starts if start <= key) for key in site.written]
    return [
        (key, line.kind)
        for key, line, stands in site.compare()
        if stands and line.kind not in {"text", "neighbour"} and since[key] >= first
    ]


@pytest.mark.timeout(120)
def test_furniture_is_gone_within_twenty_pages_of_each_change_and_no_sentence_is_lost(newspaper, new_site):
    site = new_site().read_all(newspaper.page(number) for number in range(PAGES))

    assert leaks_since_change(site, 20) == []
    assert site.list_lost() == []
    assert len(leaks_since_change(site, 0)) <= 4, "the first pages of a template were mended too"
    assert len(site.memory.pages) <= 100
    assert len(site.memory.blocks) <= 300
