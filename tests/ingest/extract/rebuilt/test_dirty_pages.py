"""The two dirty texts that this project starts from, in the body of every template: whole, once, and without marks."""

import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from ingest.extract.article import ExtractContext, extract
from ingest.model import Article, Entry, Page

URL = "http://elm.example/2014/03/clock.html"
PERMALINK = "http://harbour.example/2014/03/the-harbour-opens.html"
CONTEXT = ExtractContext(now=datetime(2026, 11, 1, tzinfo=UTC))
SPLITS = ("exp-erts", "on-ly", "Afg-hanistan", "en-tire", "govern-ment", "mini-stry", "it-self", "presi-dent")
COMPOUNDS = ("ex-head", "anti-Soviet", "take-over", "well-known", "state-owned", "long-term")
SPLIT = [
    "Three exp-erts said on Monday that the harbour will open again in spring, and they were not the on-ly ones.",
    "The ex-head of the port, who had led an anti-Soviet group before the take-over, called it a well-known plan.",
    "Ships from Afg-hanistan do not come here, he joked, but the en-tire town lives from what the sea brings.",
    "The govern-ment has promised money for two cranes, and the mini-stry will send an engineer in the spring.",
    "A state-owned bank will pay for the third crane, and the long-term costs remain with the town it-self.",
    "Nobody in the town doubts that the harbour matters, and the presi-dent of the council least of all.",
]
WHOLE = [re.sub("|".join(SPLITS), lambda split: split[0].replace("-", ""), text) for text in SPLIT]
NAME = "Nora Field"


def extracted(page) -> Article:
    return extract(Page(url=URL, html=page.html), Entry(id="1", url=URL, title=page.title), CONTEXT)


def text_of(article: Article) -> str:
    return (article.text or "").removeprefix(f"{article.title}\n\n")


def measure_f1(text: str, truth: str) -> float:
    got, want = (Counter(re.findall(r"\w+", part.lower())) for part in (text, truth))
    return 2 * (got & want).total() / (got.total() + want.total())


@pytest.mark.parametrize("with_comments", [True, False], ids=["comments", "no comments"])
@pytest.mark.parametrize("line_end", ["-", "-\n", "-\v"], ids=["in the line", "at a line's end", "before a br"])
def test_a_page_with_print_hyphens_and_an_author_box_in_its_body_comes_out_whole(
    rebuild, template, with_comments, line_end
):
    split = [re.sub("|".join(SPLITS), lambda word: word[0].replace("-", line_end), text) for text in SPLIT]
    body = [f"Written by {NAME}", *split, "About the author", NAME]

    article = extracted(rebuild(template, "en", with_comments=with_comments, paragraphs=body))
    text = text_of(article)

    assert measure_f1(text, "\n\n".join(WHOLE)) >= 0.99
    assert text.split() == " ".join(WHOLE).split()
    assert [word for word in COMPOUNDS if word not in text] == []
    assert article.authors == (NAME,)


@pytest.mark.parametrize("with_comments", [True, False], ids=["comments", "no comments"])
@pytest.mark.parametrize("ends", [[NAME, PERMALINK], [f"— {NAME}", PERMALINK]], ids=["name", "dashed name"])
def test_a_page_with_its_text_twice_has_it_once_and_names_the_original(rebuild, template, with_comments, ends):
    page = rebuild(template, "en", with_comments=with_comments, paragraphs=[*WHOLE, *ends, *WHOLE, *ends])

    article = extracted(page)

    assert text_of(article) == "\n\n".join(WHOLE)
    assert article.origin_url == PERMALINK
    assert {"core/repeat", "core/permalink", "core/signature"} <= {removal.rule for removal in article.removed}
