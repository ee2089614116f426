"""The guards that end a walk which does not end by itself (rules B4 to B6, decision 9)."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.backfill.guards import REMEMBERED, Limits, Progress, Rules, Step, judge, key_of
from ingest.backfill.source import Ask, Cursor, End, Listing, Nature, Place, Ref, Window
from ingest.backfill.stored import read_progress, write_progress
from ingest.model import Entry

SINCE = datetime(2024, 1, 1, tzinfo=UTC)
RULES = Rules(nature=Nature(), window=Window(SINCE, None))


def cursor(page: int, host: str = "blog.example") -> Cursor:
    return Cursor(Ask(url=f"https://{host}/feed?page={page}"), {"page": page})


def refs(*numbers: int, days: int = 100):
    return tuple(
        Ref(url=f"https://blog.example/{number}", published_at=SINCE + timedelta(days=days - number * 0.01))
        for number in numbers
    )


def fold(pages, rules=RULES, sizes=1_000):
    """Judge page after page; gives how many were read, and the last one as judged."""
    progress, named = Progress(), set()
    for number, page in enumerate(pages):
        listing = Listing(refs=page, next=cursor(number + 1)) if isinstance(page, tuple) else page
        keys = {key_of(ref) for ref in listing.refs}
        step = Step(cursor=cursor(number), listing=listing, new=len(keys - named), bytes=sizes)
        named |= keys
        progress, judged = judge(read_progress(json.loads(json.dumps(write_progress(progress)))), step, rules)
        if judged.end is not None:
            return number + 1, judged, progress
    return len(pages), judged, progress


def test_a_second_page_equal_to_the_first_is_unsuitable_after_exactly_two_requests():
    page = refs(1, 2, 3)

    count, judged, _ = fold([page, page, page])

    assert (count, judged.end) == (2, End.UNSUITABLE)
    assert judged.refs == page  # what was found counts
    assert judged.next is None


def test_a_feed_may_be_what_its_newest_archive_is_and_only_there():
    rules = Rules(nature=Nature(opens_twice=True), window=RULES.window)
    feed = refs(1, 2, 3)

    further = fold([feed, feed, refs(4, 5), Listing(refs=refs(6), end=End.COMPLETE)], rules)
    again = fold([feed, feed, refs(4, 5), feed], rules)

    assert (further[0], further[1].end) == (4, End.COMPLETE)
    assert (again[0], again[1].end) == (4, End.REPEATS)


def test_a_page_that_was_there_before_ends_the_walk():
    count, judged, _ = fold([refs(1, 2), refs(3, 4), refs(5, 6), refs(3, 4)])

    assert (count, judged.end) == (4, End.REPEATS)


def test_a_page_is_remembered_for_sixteen_pages():
    pages = [refs(number) for number in range(REMEMBERED + 3)]

    assert len(fold(pages)[2].fingerprints) == REMEMBERED


def test_an_empty_page_before_the_first_full_one_does_not_count_as_a_page():
    count, judged, _ = fold([(), refs(1, 2), refs(3, 4), refs(5)])

    assert (count, judged.end) == (4, None)


def test_two_pages_without_anything_new_end_the_walk():
    count, judged, _ = fold([refs(1, 2, 3), refs(2, 3), refs(3, 1), refs(9)])

    assert (count, judged.end) == (3, End.NOTHING_NEW)


def test_a_page_that_is_shown_again_with_one_new_post_each_time_ends_as_well():
    page = list(range(10))
    pages = []
    for number in range(30):
        pages.append(refs(*page))
        page = [100 + number, *page[:-1]]

    count, judged, _ = fold(pages)

    assert (count, judged.end) == (3, End.NOTHING_NEW)


def test_a_drift_of_one_post_a_page_does_not_end_a_walk():
    pages = [refs(*range(start, start + 10)) for start in range(0, 90, 9)]

    assert fold(pages)[0] == len(pages)
    assert fold(pages)[1].end is None


def test_a_calendar_may_have_empty_months_and_no_more_than_it_says():
    calendar = Rules(nature=Nature(empty_pages=3))

    assert fold([refs(1), (), (), refs(2), (), (), refs(3)], calendar)[1].end is None
    assert fold([refs(1), (), (), (), refs(2)], calendar)[:1] == (3 + 1,)
    assert fold([refs(1), (), (), (), refs(2)], calendar)[1].end is End.NOTHING_NEW


def test_a_page_that_is_all_older_than_the_window_ends_it_where_the_newest_come_first():
    old = refs(1, 2, days=-30)
    mixed = (*refs(3), *refs(4, days=-30))

    assert fold([mixed, old])[1].end is End.WINDOW
    assert fold([mixed])[1].end is None
    assert fold([old], Rules(nature=Nature(is_newest_first=False), window=Window(SINCE, None)))[1].end is None


def test_undated_articles_never_end_a_window():
    assert fold([(Ref(url="https://blog.example/a"), *refs(2, days=-30))])[1].end is None


def test_a_next_page_on_another_host_is_unsuitable_and_never_done():
    listing = Listing(refs=refs(1), next=cursor(1, "www.blogger.example"))

    judged = fold([listing])[1]

    assert (judged.end, judged.refs) == (End.UNSUITABLE, refs(1))


def test_www_and_https_are_no_other_host_and_sitemaps_may_be_anywhere():
    same = replace(cursor(1, "www.blog.example"), ask=Ask(url="http://www.blog.example/feed?page=1"))
    listing = Listing(refs=refs(1), next=same)
    elsewhere = Listing(refs=refs(1), next=cursor(1, "cdn.example"))
    archive = Listing(refs=refs(1), next=Cursor(Ask(url="https://web.archive.example/", place=Place.WAYBACK_COPY)))

    assert fold([listing])[1].end is None
    assert fold([elsewhere], Rules(nature=Nature(crosses_hosts=True)))[1].end is None
    assert fold([archive])[1].end is None


def test_a_request_that_leads_to_itself_ends_the_walk():
    assert fold([Listing(refs=refs(1), next=cursor(0))])[1].end is End.REPEATS


def test_bounds_of_pages_articles_and_bytes_end_the_walk():
    pages = [refs(*range(10 * number, 10 * number + 10)) for number in range(9)]

    for limits in (Limits(pages=3), Limits(refs=30), Limits(bytes=3_000)):
        count, judged, _ = fold(pages, Rules(nature=Nature(), limits=limits))
        assert (count, judged.end) == (3, End.LIMIT)
        assert judged.detail


def test_an_end_of_the_sources_own_stands():
    page = refs(1, 2)

    assert fold([page, Listing(refs=page, end=End.COMPLETE)])[1].end is End.COMPLETE


def test_the_total_of_a_listing_is_remembered():
    pages = [Listing(refs=refs(1), next=cursor(1), total_hint=40), refs(2)]

    assert fold(pages)[2].total_hint == 40


def test_an_article_is_told_by_its_address_or_by_what_its_entry_says():
    one, other = Ref(url="https://blog.example/a"), Ref(url="http://www.blog.example/a/?utm_source=x")
    note, again = (Ref(url=None, entry=Entry(id="1", url=None, title=title)) for title in ("a", "b"))

    assert key_of(one) == key_of(other) != key_of(note)
    assert key_of(note) == key_of(again) != key_of(Ref(url=None, entry=Entry(id="2", url=None)))


@given(st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=30))
def test_the_fold_never_loses_a_page_and_always_survives_json(numbers):
    count, judged, progress = fold([refs(*page) for page in [[1], *numbers]])

    assert progress.pages == count
    assert (judged.next is None) != (judged.end is None)
    assert progress.new <= progress.refs
