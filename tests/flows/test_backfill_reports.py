"""What is made of a backfill's report: lines, documents, markdown."""

import json
import re
from datetime import UTC, datetime

import pytest
from told_backfills import EVIL, dry_run, job, nowhere, wordpress

from flows import backfill_reports as words
from flows.backfill_words import Estimate, MonthCount, SourceReport
from flows.cli.options import print_json


def test_a_dry_run_says_what_there_is_and_what_it_costs():
    assert words.sentence(dry_run()) == (
        "http://blog.example/ has 350 articles from 2024-11-22 to 2026-11-19: 12 stored already, 338 to fetch with "
        "about 338 requests in 12 min"
    )


def test_a_job_says_its_number_and_what_became_of_all_that_was_found():
    told = words.sentence(job())
    assert told == (
        "Backfill 7 of http://blog.example/ is done: 330 articles stored of 350 found, 12 there already, 8 refused"
    )


def test_a_job_that_waits_says_until_when_and_how_to_go_on():
    at = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    report = job(state="waiting", next_at=at, stored=100, refused={}, why="the site asked for a pause.")
    assert "waits until 2026-11-21 09:30 UTC" in words.sentence(report)
    assert words.how_to_go_on(report).startswith("the site asked for a pause. `feedmill backfill resume 7`")
    assert words.how_to_go_on(job()) == ""


@pytest.mark.parametrize(
    ("fields", "share"),
    [
        ({"state": "running", "left": 350}, 0.0),
        ({"state": "running", "left": 175}, 0.5),
        ({"state": "running", "left": 175, "coverage": 0.5}, 0.25),
        ({"state": "running", "found": 0, "coverage": 0.0}, 0.0),
        ({"state": "done", "found": 0}, 1.0),
    ],
)
def test_the_share_of_the_work_counts_what_no_listing_has_shown_yet(fields, share):
    assert words.share(job(**fields)) == share


def test_progress_says_what_is_left_and_how_long_it_takes():
    report = job(state="running", stored=50, left=288, coverage=0.5, estimate=Estimate(290, 7200))
    assert words.progress_sentence(report) == (
        "50 stored, 288 left of 350 articles found (50% of what the sources name), about 290 requests in 2 h"
    )


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "0 s"), (89, "89 s"), (120, "2 min"), (7200, "2 h"), (400_000, "5 days")]
)
def test_a_length_of_time_is_told_in_the_unit_that_fits(seconds, told):
    assert words.duration(seconds) == told


def test_a_job_that_somebody_works_on_needs_no_resume():
    report = job(state="running", why="Backfill 7 of this site is under way already.")
    assert not words.how_to_go_on(report)


def test_only_a_backfill_whose_every_source_lacks_a_listing_found_nowhere_to_look():
    assert words.has_no_listing(nowhere())
    assert words.has_no_listing(nowhere(sources=()))
    assert not words.has_no_listing(nowhere(sources=(wordpress(found=0),))), "an empty listing is one"
    assert "wordpress: the site has no such listing; ghost" in words.nothing_found(nowhere())


def test_sources_that_had_nothing_to_add_are_named_and_no_rows():
    spare = SourceReport(name="wayback", stopped_because="unneeded", detail="a listing was seen to its end")
    report = job(sources=(wordpress(), spare))
    assert [source.name for source in words.asked(report)] == ["wordpress"]
    assert words.unneeded(report).endswith("were seen to their end: wayback.")
    assert words.unneeded(job()) == ""


def test_why_a_source_stopped_is_told_with_what_it_said_of_it():
    assert words.why_stopped(SourceReport(name="x")) == "not asked yet"
    assert words.why_stopped(SourceReport(name="x", requests=1)) == "not yet at its end"
    assert words.why_stopped(wordpress(stopped_because="blocked", detail="403 at page 3")) == (
        "refused on the way: 403 at page 3"
    )


def test_the_document_holds_what_the_interface_promises_and_is_json(capsys):
    print_json(words.document(job()))
    document = json.loads(capsys.readouterr().out)
    promised = {"id", "site", "state", "since", "until", "sources", "found", "already_stored", "new", "stored"}
    assert set(document) >= promised | {"refused", "requests", "estimate"}
    assert document["since"] == "2024-01-01"
    assert document["sources"][0]["oldest"] == "2024-11-22T08:00:00Z"
    assert document["estimate"] == {"requests": 0, "seconds": 0}


def test_the_report_shows_each_source_each_refusal_and_each_month():
    text = words.markdown(job())
    assert "| wordpress | 350 | 2024\\-11\\-22 | 2026\\-11\\-19 | 5 |" in text
    assert "| robots | 3 |" in text
    assert "| 2026\\-10 | 2 | 9 | 9 |" in text
    assert "| 2026\\-10 | 2 | 9 |\n" in words.markdown(dry_run()), "a dry run has no before and after"


def test_how_a_job_goes_on_shows_as_a_command_and_why_it_stopped_as_it_is():
    text = words.markdown(job(state="waiting", why="`the site` said <b>so</b>"))
    assert "\n\n\\`the site\\` said \\<b\\>so\\</b\\>\n\n`feedmill backfill resume 7` goes on with it" in text
    assert "backfill resume" not in words.markdown(job())


def test_the_table_of_sources_is_not_cut_off():
    long = wordpress(name="sitemaps", found=123_456, requests=12_345, stopped_because="blocked", detail="because " * 30)
    [row] = [line for line in words.markdown(job(sources=(long,))).splitlines() if "123,456" in line]
    told = [cell.strip().replace("\\", "") for cell in row.strip("|").split("|")]
    assert told[-1].endswith("…")
    assert sum(map(len, told)) < 105, "of letters there is room for some 105 beside the rims at 1400 pixels"


def test_numbers_stand_to_the_right_and_are_not_all_articles():
    text = words.markdown(job())
    assert "|  | count |\n|---|---:|\n| articles found | 350 |" in text
    assert "| requests sent | 352 |" in text


def test_what_servers_say_shows_as_it_is_and_does_nothing():
    evil = job(sources=(wordpress(detail=EVIL),), refused={EVIL: 1}, why=EVIL, site=f"http://a.example/{EVIL}")
    for text in (words.markdown(evil), words.stopped_markdown(evil)):
        assert re.search(r"(?<!\\)(<|\[|`code)", text) is None, "every sign that Markdown or HTML would obey is escaped"
        assert "\x1b" not in text
        assert "\u202e" not in text
    rows = [line for line in words.markdown(evil).splitlines() if "wordpress" in line]
    assert rows[0].replace("\\|", "").count("|") == 7, "its bars make no further cells"


def test_a_month_without_articles_before_is_no_gap_in_the_picture():
    from flows.plots import _without_gaps

    months = [MonthCount(month="2025-11", after=1), MonthCount(month="2026-02", after=2)]
    assert [month.month for month in _without_gaps(months)] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert _without_gaps([]) == []
