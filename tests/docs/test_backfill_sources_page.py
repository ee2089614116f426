"""The page of backfill's sources tells of each that there is, with the bounds that the code has."""

import re
from pathlib import Path

from ingest.backfill import blogger, cdx, crawls, guards, rfc5005, sitemap_xml, sitemaps, substack, tumblr, wordpress
from ingest.backfill.registry import NAMES

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "backfill-sources.md").read_text(encoding="utf-8")


def test_every_source_is_told_of_and_no_other():
    named = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) | set(
        re.findall(r"^`(\w+)` asks", PAGE, re.MULTILINE)
    )

    assert named == set(NAMES)


def test_the_figures_are_those_of_the_code():
    assert f"per_page={wordpress.PAGE_SIZE}" in PAGE
    assert f"max-results={blogger.PAGE_SIZE}" in PAGE
    assert f"limit={substack.PAGE_SIZE}`" in PAGE
    assert f"num={tumblr.PAGE_SIZE}" in PAGE
    assert f"limit={cdx.ROWS}&" in PAGE
    assert f"at most {crawls.MOST_CRAWLS}" in PAGE
    assert f"{sitemaps.MAX_DOCUMENTS:,} documents" in PAGE
    assert f"{sitemap_xml.MAX_ENTRIES:,} entries" in PAGE
    assert f"last {guards.REMEMBERED} again" in PAGE
    assert all(name in PAGE for name in sitemaps.GUESSES)
    assert rfc5005.Rfc5005.nature.empty_pages == 3
    assert "three empty months" in PAGE
