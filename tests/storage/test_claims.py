"""What pages call canonical: a name where the texts agree, in any order, and never a trap for a template's pages."""

import itertools
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import articles, claims, tables
from storage.database import Database

WORDS = [f"word{number}" for number in range(2_000)]


def text_of(seed: int) -> str:
    draw = random.Random(seed)
    return " ".join(" ".join(draw.choices(WORDS, k=12)).capitalize() + "." for _ in range(12))


def read(newsroom: Any, seen: list[tuple[str, str, str]], *, together: bool = False) -> list[tuple[str, list[str]]]:
    """Save pages of (name, text, canonical's name) in this order; gives each article's text and its pages."""
    names = sorted({name for name, *_ in seen} | {canonical for *_, canonical in seen})
    newsroom.poll(newsroom.subscribe(), *(newsroom.seen(name) for name in names))
    pages = {page.url.rpartition("/")[2]: page for page in newsroom.waiting()}
    records = [
        newsroom.record(
            pages[name],
            text,
            title=text[:20],
            alias_keys=(newsroom.seen(name).page_key,),
            claim_keys=(newsroom.seen(canonical).page_key,),
        )
        for name, text, canonical in seen
    ]
    for batch in [records] if together else [[record] for record in records]:
        with newsroom.database.begin() as session:
            articles.save_many(session, batch, newsroom.record(pages[names[0]]).fetched_at)
    return stored(newsroom, {page.page_id: name for name, page in pages.items()})


def stored(newsroom: Any, names: dict[int, str]) -> list[tuple[str, list[str]]]:
    texts = {article["id"]: article["text"] for article in newsroom.exported()}
    of: dict[int, list[str]] = {number: [] for number in texts}
    columns = [column.name for column in tables.PAGE.columns]
    for row in newsroom.rows(tables.PAGE):
        page = dict(zip(columns, row, strict=True))
        if page["article_id"] is not None:
            of[page["article_id"]].append(names[page["id"]])
    return sorted((texts[number], sorted(pages)) for number, pages in of.items())


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("order", list(itertools.permutations("abc")))
def test_pages_of_one_article_find_each_other_by_its_canonical(newsroom: Any, order: Any, together: bool) -> None:
    text = text_of(1)

    found = read(newsroom, [(name, text, "a") for name in order], together=together)

    assert found == [(text, ["a", "b", "c"])]


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("order", list(itertools.permutations("abc")))
def test_a_template_that_states_one_articles_address_everywhere_keeps_its_articles_apart(
    newsroom: Any, order: Any, together: bool
) -> None:
    texts = {name: text_of(number) for number, name in enumerate("abc")}

    found = read(newsroom, [(name, texts[name], "a") for name in order], together=together)

    assert found == sorted((texts[name], [name]) for name in "abc")


def test_a_hundred_pages_with_one_canonical_stay_a_hundred(newsroom: Any) -> None:
    found = read(newsroom, [(f"p{number}", text_of(number), "home") for number in range(100)])

    assert len(found) == 100
    assert len(newsroom.rows(tables.CLAIM)) == claims.MOST + 1


def test_the_page_that_was_wrongly_claimed_is_still_read_when_a_feed_shows_it(newsroom: Any) -> None:
    read(newsroom, [("a", text_of(1), "b")])

    assert [page.url.rpartition("/")[2] for page in newsroom.waiting()] == ["b"]


def test_a_teaser_and_the_whole_are_one_article_and_the_whole_stays(newsroom: Any) -> None:
    whole = text_of(1)
    teaser = " ".join(whole.split()[:60])

    found = read(newsroom, [("amp", teaser, "a"), ("a", whole, "a"), ("amp", teaser, "a")])

    assert [pages for _, pages in found] == [["a", "amp"]]


def test_short_texts_need_the_same_title(newsroom: Any) -> None:
    found = read(newsroom, [("a", "Open today.", "a"), ("b", "Closed today.", "a"), ("c", "Open today.", "a")])

    assert found == [("Closed today.", ["b"]), ("Open today.", ["a", "c"])]


def test_an_edit_after_both_were_found_is_one_revision(newsroom: Any) -> None:
    old, new = text_of(1), text_of(2)

    found = read(newsroom, [("a", old, "a"), ("b", old, "a"), ("b", new, "a"), ("a", new, "a")])

    assert found == [(new, ["a", "b"])]
    assert [article["revision"] for article in newsroom.exported()] == [2]


# Articles by letter: which pages show them, and what those call canonical: rightly, a stranger's, or nobody's address.
WORLD = {
    "a": ("x", "x"),
    "amp-a": ("x", "a"),
    "print-a": ("x", "a"),
    "b": ("y", "a"),
    "c": ("z", "home"),
    "d": ("v", "home"),
    "amp-d": ("v", "d"),
    "short": ("w", "a"),
}
TEXTS = {name: text_of(number) for number, name in enumerate("xyzv")} | {"w": "A note of few words."}
EXPECTED = sorted(
    [
        (TEXTS["x"], ["a", "amp-a", "print-a"]),
        (TEXTS["y"], ["b"]),
        (TEXTS["z"], ["c"]),
        (TEXTS["v"], ["amp-d", "d"]),
        (TEXTS["w"], ["short"]),
    ]
)


@pytest.mark.parametrize("seed", range(6))
def test_any_order_and_any_batches_give_the_same_store(newsroom: Any, seed: int) -> None:
    chance = random.Random(seed)
    order = [*WORLD, *WORLD]
    chance.shuffle(order)

    found = read(newsroom, [(name, TEXTS[WORLD[name][0]], WORLD[name][1]) for name in order], together=seed % 2 == 0)

    assert found == EXPECTED


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(list(WORLD)))
def test_every_order_gives_the_same_store(
    sqlite_template: Any, tmp_path_factory: Any, newsroom_on: Any, order: list[str]
) -> None:
    path = tmp_path_factory.mktemp("order") / "feedmill.db"
    path.write_bytes(sqlite_template.read_bytes())
    with Database(f"sqlite:///{path}") as database:
        seen = [(name, TEXTS[WORLD[name][0]], WORLD[name][1]) for name in order]
        assert read(newsroom_on(database), seen) == EXPECTED
