"""Pictures for artifacts."""

import base64

from flows.backfill_words import MonthCount
from flows.plots import months_plot


def test_articles_a_month_become_a_picture_that_no_other_server_has_a_part_in():
    months = [MonthCount(month=f"2026-{number:02}", before=number, after=2 * number) for number in range(1, 12)]
    address = months_plot(months)
    kind, _, data = address.partition(",")
    assert kind == "data:image/png;base64"
    assert base64.b64decode(data).startswith(b"\x89PNG\r\n")
    assert len(address) < 100_000, "it is kept for every run"


def test_a_picture_shows_what_was_counted():
    few = [MonthCount(month="2026-01", before=1, after=1)]
    more = [MonthCount(month="2026-01", before=1, after=9)]
    assert months_plot(few) != months_plot(more)
    assert months_plot(few) == months_plot(few)
