"""The words of `feedmill backfill`: its help, and calls that cannot be meant."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from told_backfills import EVIL, dry_run, job, nowhere, wordpress

from flows.cli.backfill_report import failure, job_line, lines
from flows.cli.options import say
from ingest.backfill.registry import SOURCES
from storage.backfills import Job


async def test_the_help_shows_both_ways_to_call_it_examples_and_every_source(feedmill):
    told = (await feedmill("backfill", "--help")).out
    assert "backfill [OPTIONS] SITE" in told
    assert all(f"\n  {name}" in told for name in ("list", "resume", "cancel"))
    assert "feedmill backfill https://example.org --since 90d" in told
    for source in SOURCES:
        assert source.name in told


async def test_the_help_is_the_same_behind_a_site_and_without_any_word(feedmill):
    behind, without = await feedmill("backfill", "https://a.example", "-h"), await feedmill("backfill")
    assert (behind.code, without.code) == (0, 2)
    assert "Sources, best first" in behind.out
    assert "Sources, best first" in without.out + without.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["https://a.example", "--source", "wordpres"], "there is no source 'wordpres': give auto or some of"),
        (["https://a.example", "--since", "yesterday"], "neither a day (2024-05-01) nor a span"),
        (["https://a.example", "--since", "30d", "--until", "60d"], "the other way round?"),
        (["https://a.example", "--since", "2999-01-01"], "still to come"),
        (["https://a.example", "--source", "url_list"], "name one with --file"),
        (["https://a.example", "--max-pages", "0"], "x>=1"),
        (["a.example"], "do you mean https://a.example ?"),
        (["lits"], "neither an address nor one of list, resume and cancel"),
        (["--dry-run"], "Missing argument 'SITE'"),
        (["resume", "seven"], "'seven' is not a valid integer"),
    ],
)
async def test_words_that_cannot_be_meant_are_refused_with_what_to_do(feedmill, words, told):
    ended = await feedmill("backfill", *words)
    assert (ended.code, ended.out) == (2, "")
    assert told in " ".join(ended.err.split())


async def test_a_file_that_is_not_there_is_named(feedmill):
    ended = await feedmill("backfill", "https://a.example", "--file", "nowhere.txt", "--json")
    assert ended.code == 1
    assert "nowhere.txt" in ended.err
    assert ended.json["error"].startswith("nowhere.txt cannot be used")


def test_a_dry_run_is_told_as_a_table_with_sums():
    told = lines(dry_run()).splitlines()
    assert "wordpress             350 2024-11-22  2026-11-19         5  all of it was seen" in told
    assert "sitemaps                0                                1  the site has no such listing: 404" in told
    assert "together              350 2024-11-22  2026-11-19         6  each article once" in told
    assert "  to fetch        338" in told
    assert "  still to ask    338 requests" in told
    assert told[-1] == "This was a dry run: no article was fetched, nothing is stored."


def test_a_job_tells_refusals_by_reason_the_most_frequent_first():
    assert "  refused         8  (not-found 5, robots 3)" in lines(job()).splitlines()


def test_a_job_that_is_done_says_what_is_to_be_said_of_it():
    assert lines(job(why="Not all of wordpress was seen.")).endswith("\n\nNot all of wordpress was seen.")


def test_a_job_in_the_list_says_why_it_waits_and_until_when():
    at = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    waits = Job(id=2, site="http://a.example/", state="waiting", created_at=at, updated_at=at, requests=18)
    told = job_line(replace(waits, why="The site asked for a pause.", next_at=at, since=date(2024, 1, 1)))
    assert told.splitlines() == [
        "    2  waiting    http://a.example/  2024-01-01 to now  (auto)",
        "       The site asked for a pause, goes on from 2026-11-21 09:30 UTC, 18 requests",
    ]


def test_only_what_came_to_nothing_is_a_failure():
    assert failure(job()) is None
    assert failure(job(state="waiting")) is None
    assert failure(dry_run()) is None
    assert failure(job(state="failed", why="no such host.")).endswith("failed: no such host")
    assert "Tried: wordpress: the site has no such listing" in failure(nowhere())


def test_what_servers_say_moves_no_terminal(capsys):
    say(lines(job(sources=(wordpress(detail=EVIL),))))
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "\u202e" not in told
