"""Where the boilerplate changed: by site and by rule, beside the four weeks before, and with where to look."""

from datetime import UTC, datetime, timedelta

from flows import tally
from flows.shifts import find_shifts, since_yesterday
from storage import tallies
from storage.tallies import Tally

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = tally.day_of(NOW)


def count(database, ago, site, blocks, rule="r/one"):
    day, (dropped, kept) = TODAY - timedelta(days=ago), blocks
    rows = [
        Tally(tally.DROPPED_AT, site, day, dropped),
        Tally(tally.KEPT_AT, site, day, kept),
        Tally(tally.BY_RULE, rule, day, dropped),
        Tally(tally.DROPPED, "", day, dropped),
        Tally(tally.KEPT, "", day, kept),
    ]
    with database.begin() as session:
        tallies.add(session, rows)


def find(database, *which):
    with database.read() as session:
        return find_shifts(session, since_yesterday(NOW), *which)


def test_a_site_whose_template_changed_is_named_and_others_are_not(database):
    for ago in range(1, 20):
        count(database, ago, "calm.example", (10, 90))
        count(database, ago, "changed.example", (10, 90))
    count(database, 0, "calm.example", (10, 90))
    count(database, 0, "changed.example", (300, 90), rule="r/new")
    sites = [shift for shift in find(database) if shift.is_site]
    assert [shift.subject for shift in sites] == ["changed.example"]
    assert (sites[0].now.part, sites[0].now.of, sites[0].before.value) == (310, 490, 0.1)
    rules = {shift.subject: (shift.now.part, shift.before.part) for shift in find(database) if not shift.is_site}
    assert rules == {"r/new": (300, 0)}


def test_a_rule_that_fits_no_more_is_named(database):
    for ago in range(2, 20):
        count(database, ago, "a.example", (10, 90))
    count(database, 0, "a.example", (0, 1_000))
    assert [(shift.subject, shift.now.part) for shift in find(database) if not shift.is_site] == [("r/one", 0)]


def test_only_what_a_round_touched_is_looked_at(database):
    for ago in range(2, 20):
        count(database, ago, "a.example", (10, 90))
    count(database, 0, "a.example", (90, 10))
    assert find(database, {"b.example"}, {"r/two"}) == []
    assert [shift.subject for shift in find(database, {"a.example"}, set())] == ["a.example"]


def test_a_site_that_is_new_has_not_changed(database):
    count(database, 0, "new.example", (90, 10))
    assert find(database) == []
