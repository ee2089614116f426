"""WordPress's REST API as its handbook and its posts controller have it."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from ingest.backfill.source import End, Reply, Target, Window
from ingest.backfill.wordpress import WordPress
from ingest.backfill.wordpress_kinds import kinds_in

HOME = "https://blog.example/"
TARGET = Target(url=HOME, home_url=HOME, host="blog.example", platforms=frozenset({"wordpress"}))
NEWEST = datetime.fromisoformat("2024-06-01T12:00:00")  # the site's own time


def post(number: int, local: datetime, offset: int = 0, **fields):
    gmt = local - timedelta(hours=offset)
    return {
        "id": number,
        "date": local.isoformat(),
        "date_gmt": gmt.isoformat(),
        "modified_gmt": gmt.isoformat(),
        "link": f"{HOME}{number}/",
        "title": {"rendered": f"Post &#8220;{number}&#8221;"},
        "content": {"rendered": "<p>Text</p>", "protected": False},
        "excerpt": {"rendered": "<p>T</p>"},
    } | fields


def site(posts, *, zone=0, per_page=100, totals=True, kinds=None):
    """The posts collection: ``before`` and ``after`` compare the site's local date, and exclude their bound."""

    def answer(url):
        parts = urlsplit(url)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if parts.path.endswith("/types"):
            return kinds if kinds is not None else 404
        if int(query["per_page"]) > per_page:
            return 400
        rows = sorted(posts.get(parts.path.rpartition("/")[2], []), key=lambda one: one["date"], reverse=True)
        for name in ("before", "after"):
            if name in query:
                bound = datetime.fromisoformat(query[name])
                bound = (bound.astimezone(UTC) + timedelta(hours=zone)).replace(tzinfo=None) if bound.tzinfo else bound
                rows = [one for one in rows if (one["date"] < bound.isoformat()) is (name == "before")]
        size, page = int(query["per_page"]), int(query.get("page", 1))
        pages = -(-len(rows) // size)
        if page > pages > 0:
            return 400
        headers = {"x-wp-total": str(len(rows)), "x-wp-totalpages": str(pages)} if totals else {}
        shown = [one for one in rows[(page - 1) * size : page * size] if not one.get("hidden")]
        return reply(url, shown, headers)

    return answer


def reply(url, value, headers):
    import json

    return Reply(url=url, status=200, headers=headers, body=json.dumps(value).encode())


async def test_a_site_whose_zone_was_changed_loses_nothing_between_two_pages(walk_answers):
    # Until 2024-03 the site was 9 hours ahead of UTC, since then it is at UTC: a keyset in UTC would skip 9 hours.
    posts = [
        post(number, NEWEST - timedelta(minutes=7 * number), offset=0 if number < 50 else 9) for number in range(260)
    ]

    walked = await walk_answers(WordPress(), TARGET, site({"posts": posts}, zone=0))

    assert len(walked.urls) == 260
    assert walked.end is End.COMPLETE


async def test_hundreds_of_posts_within_one_second_are_paged_inside_it(walk_answers):
    burst = [post(number, NEWEST) for number in range(350)]
    older = [post(1000 + number, NEWEST - timedelta(days=1 + number)) for number in range(150)]

    walked = await walk_answers(WordPress(), TARGET, site({"posts": burst + older}))

    assert len(walked.urls) == 500
    assert walked.end is End.COMPLETE
    assert len(walked.asked) <= 9


async def test_an_empty_page_of_posts_that_may_not_be_read_is_no_end(walk_answers):
    hidden = [post(number, NEWEST - timedelta(minutes=number), hidden=number < 120) for number in range(300)]

    walked = await walk_answers(WordPress(), TARGET, site({"posts": hidden}))

    assert len(walked.urls) == 180
    assert walked.end is End.COMPLETE


async def test_exactly_one_page_is_the_end_without_another_question_for_posts(walk_answers):
    posts = [post(number, NEWEST - timedelta(days=number)) for number in range(100)]

    walked = await walk_answers(WordPress(), TARGET, site({"posts": posts}))

    assert [("/posts" in ask.url, "/types" in ask.url) for ask in walked.asked] == [(True, False), (False, True)]
    assert walked.progress.total_hint == 100


async def test_without_totals_an_empty_page_is_the_end(walk_answers):
    posts = [post(number, NEWEST - timedelta(days=number)) for number in range(150)]

    walked = await walk_answers(WordPress(), TARGET, site({"posts": posts}, totals=False))

    assert len(walked.urls) == 150
    assert walked.end in {End.COMPLETE, End.REPEATS}


async def test_a_site_that_allows_fewer_posts_a_page_is_asked_for_fewer(walk_answers):
    posts = [post(number, NEWEST - timedelta(days=number)) for number in range(35)]

    walked = await walk_answers(WordPress(), TARGET, site({"posts": posts}, per_page=20))

    assert len(walked.urls) == 35
    assert walked.end is End.COMPLETE


async def test_the_sites_own_kinds_of_posts_are_read_behind_the_posts(walk_answers):
    kinds = {
        "post": {"rest_base": "posts", "has_archive": False},
        "story": {"rest_base": "stories", "has_archive": "stories", "hierarchical": False, "rest_namespace": "wp/v2"},
        "wp_block": {"rest_base": "blocks", "has_archive": True},
        "page": {"rest_base": "pages", "has_archive": False, "hierarchical": True},
        "product": {"rest_base": "product", "has_archive": True},
    }
    stories = [post(500 + number, NEWEST - timedelta(days=number)) for number in range(120)]
    posts = [post(number, NEWEST - timedelta(days=number)) for number in range(3)]

    walked = await walk_answers(WordPress(), TARGET, site({"posts": posts, "stories": stories}, kinds=kinds))

    assert len(walked.urls) == 123
    assert walked.end is End.COMPLETE


async def test_a_kind_that_may_not_be_read_costs_only_itself(walk_answers):
    kinds = {
        "secret": {"rest_base": "secrets", "has_archive": True},
        "story": {"rest_base": "stories", "has_archive": True},
    }
    answers = site({"posts": [post(1, NEWEST)], "stories": [post(2, NEWEST)]}, kinds=kinds)

    walked = await walk_answers(WordPress(), TARGET, lambda url: 403 if "secrets" in url else answers(url))

    assert (len(walked.urls), walked.end) == (2, End.COMPLETE)


async def test_a_cache_that_ignores_the_query_is_abandoned_after_two_pages(walk_answers):
    page = [post(number, NEWEST - timedelta(days=number)) for number in range(100)]
    headers = {"x-wp-total": "900", "x-wp-totalpages": "9"}

    walked = await walk_answers(WordPress(), TARGET, lambda url: reply(url, page, headers))

    assert (walked.end, len(walked.asked)) == (End.UNSUITABLE, 2)


async def test_a_window_is_asked_for_with_room_for_any_zone(walk_answers):
    window = Window(datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC))
    target = Target(url=HOME, home_url=HOME, host="blog.example", window=window)

    walked = await walk_answers(WordPress(), target, site({"posts": []}))

    query = parse_qs(urlsplit(walked.asked[0].url).query)
    assert (query["after"], query["before"]) == (["2023-12-31T00:00:00Z"], ["2024-02-02T00:00:00Z"])
    assert walked.end is End.COMPLETE


@pytest.mark.parametrize(
    ("link", "first"),
    [
        (f"{HOME}wp-json/", f"{HOME}wp-json/wp/v2/posts?per_page=100"),
        (f"{HOME}index.php?rest_route=/", f"{HOME}index.php?rest_route=/wp/v2/posts&per_page=100"),
        (f"{HOME}api/", f"{HOME}api/wp/v2/posts?per_page=100"),
        ("https://elsewhere.example/wp-json/", f"{HOME}wp-json/wp/v2/posts?per_page=100"),
    ],
)
def test_the_api_is_where_the_site_says_unless_that_is_another_host(link, first):
    target = Target(url=HOME, home_url=HOME, host="blog.example", links={"https://api.w.org/": link})

    assert WordPress().first(target).ask.url.startswith(first)


def test_an_entry_carries_what_the_post_says_and_no_protected_text():
    open_post, closed = post(1, NEWEST, offset=2), post(2, NEWEST, content={"rendered": "<p>x</p>", "protected": True})
    cursor = WordPress().first(TARGET)

    listing = WordPress().advance(cursor, reply(cursor.ask.url, [open_post, closed], {"x-wp-totalpages": "1"}))

    first, second = listing.refs
    assert first.entry.title == "Post “1”"
    assert first.published_at == datetime(2024, 6, 1, 10, tzinfo=UTC)
    assert first.entry.content == "<p>Text</p>"
    assert second.entry.content is None


def test_kinds_are_none_where_the_answer_is_no_object():
    assert kinds_in(None) == kinds_in([1]) == kinds_in({"a": 5}) == kinds_in({"a": {"rest_base": "../x"}}) == ()
