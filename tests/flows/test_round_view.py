"""What a round's artifacts read: the articles by name, the last hours by language; and what is not imported."""

import base64
import subprocess
import sys

import pytest

from flows.round_view import view

IDLE = """
import sys
import flows.reports.round, flows.round_view, flows.ingest_feeds
sys.exit(any(name.partition(".")[0] == "matplotlib" for name in sys.modules))
"""

ROUND = """
import sys
import flows.cli.ingest, flows.batches, flows.mill, flows.reports
sys.exit(any(name.partition(".")[0] == sys.argv[1] for name in sys.modules))
"""


async def test_a_round_is_shown_with_its_articles_feeds_and_hours(world):
    report = await world.round()
    async with world.mill() as mill:
        with mill.database.read() as session:
            seen = view(session, report, world.clock())
    assert len(seen.articles) == 25
    assert {one.article_id for one in seen.articles} <= set(range(1, report.articles_new + 1))
    assert seen.shifts == ()
    assert seen.feed_titles.keys() >= set(report.arrivals.feeds)
    sheet = base64.b64decode(seen.picture.partition(",")[2]).decode()
    assert ">others<" in sheet
    assert ">en<" in sheet
    assert f">{next(iter(report.arrivals.feeds.most_common(1)))[1]}<" in sheet


def test_no_plotting_library_is_imported_for_a_round():
    assert subprocess.run([sys.executable, "-c", IDLE], check=False).returncode == 0


@pytest.mark.parametrize("library", ["trafilatura", "htmldate", "justext", "py3langid", "numpy"])
def test_what_workers_read_pages_with_is_not_imported_for_a_round(library):
    assert subprocess.run([sys.executable, "-c", ROUND, library], check=False).returncode == 0
