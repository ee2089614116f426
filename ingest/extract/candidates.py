"""What other extractors say the text is: trafilatura (fast and full) and readability, as lines."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from copy import copy
from functools import lru_cache
from itertools import islice

import justext
import lxml.html
import trafilatura
from lxml import etree
from lxml.html import HtmlElement
from trafilatura import external
from trafilatura.htmlprocessing import convert_tags, tree_cleaning
from trafilatura.main_extractor import extract_content
from trafilatura.settings import JUSTEXT_LANGUAGES, Extractor
from trafilatura.xml import xmltotxt

from ingest.clean.languages import guess_language
from ingest.extract.outline import clean_line, outline
from ingest.extract.remembered import remembering

VERSION = trafilatura.__version__
# That a page gives nothing is a value here, not a warning.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("readability").setLevel(logging.CRITICAL)
# Beyond so many levels the full mode's justext names each paragraph by its whole path: 6 s for a page of 60 KB.
_is_deep = etree.XPath(f"boolean({'/*' * 500})")
_MOST_PARAGRAPHS = 40
_BULLET = re.compile(r"^[-*•]\s+")


def run_trafilatura(tree: HtmlElement, *, fast: bool) -> list[str]:
    """The lines that trafilatura keeps, readers' comments off; none where it finds no article."""
    is_fast = fast or bool(_is_deep(tree))
    options = Extractor(output_format="python", fast=is_fast, comments=False, formatting=False, with_metadata=False)
    with remembering(), nullcontext() if is_fast else _stop_words_of(tree):
        document = trafilatura.bare_extraction(tree, options=options)
    return split_lines(getattr(document, "text", None) or "")


@contextmanager
def _stop_words_of(tree: HtmlElement) -> Iterator[None]:
    """While this is open, justext has the stop words of the page's language, English where it knows none.

    Without them trafilatura takes those of a hundred languages at once: 154,000 words, which hold 30 MB and cost
    20 ms on each page.
    """
    sample = " ".join(islice(tree.itertext("p"), _MOST_PARAGRAPHS))
    before = external.JT_STOPLIST
    language = JUSTEXT_LANGUAGES.get(guess_language(sample) or "en", "English")
    external.JT_STOPLIST = _read_stoplist(language)  # type: ignore[assignment]  # declared without a type
    try:
        yield
    finally:
        external.JT_STOPLIST = before


@lru_cache(maxsize=4)
def _read_stoplist(name: str) -> tuple[str, ...]:
    return tuple(justext.get_stoplist(name))


def run_main_extractor(tree: HtmlElement) -> list[str]:
    """The lines of trafilatura's main extractor alone, without its rescues; none where it finds little.

    The tree comes without furniture and comments, so that what trafilatura does around it would be done twice.
    """
    options = Extractor(output_format="python", fast=True, comments=False, formatting=False, with_metadata=False)
    prepared = convert_tags(tree_cleaning(copy(tree), options), options, None)
    with remembering():
        body, text = extract_content(prepared, options)
    return split_lines(xmltotxt(body, include_formatting=False)) if len(text) >= options.min_extracted_size else []


def run_readability(tree: HtmlElement) -> list[str]:
    """The lines that readability keeps; it is imported for the few pages that it is asked about."""
    import readability

    html = etree.tostring(tree, encoding="unicode", method="html")
    try:
        summary = readability.Document(html).summary(html_partial=True)
        text = "\n".join(_texts(lxml.html.fromstring(summary)))
    except (readability.readability.Unparseable, etree.ParserError, etree.XMLSyntaxError, ValueError):
        return []
    return split_lines(text)


def _texts(tree: HtmlElement) -> list[str]:
    return [block.text for block in outline(tree).blocks]


def split_lines(text: str) -> list[str]:
    """Lines without list bullets, table bars and white space."""
    return [line for raw in text.split("\n") if (line := clean_line(_BULLET.sub("", raw.strip(" |"))))]
