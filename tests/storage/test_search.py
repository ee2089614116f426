"""Search: words in any script, and nothing that someone types breaks it."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from storage.dialects import clear_search
from storage.search import SearchQuery, rebuild, search

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("東京都の天気は晴れです。", "天気"),
        ("东京都知事", "京都"),
        ("人工智能改变世界", "人工智能"),
        ("서울에서 열린 회의", "서울"),
        ("Le café est fermé", "CAFE ferme"),
        ("Straße und Gasse", "strasse"),
        ("हिन्दी में समाचार", "हिन्दी"),
        ("ข่าววันนี้", "วันนี้"),
        ("state-of-the-art work", "state-of-the-art"),
        ("the quick brown fox", '"quick brown"'),
        ("unbelievable things", "unbel*"),
        ("Ёлка и ёж", "ёлка"),
        ("都", "都"),
        ("東京都2020年の大会", "京都2020"),
        ("新しいiPhoneが出た", "iPhone"),
        ("大阪、東京", '"大阪 東京"'),
    ],
)
def test_a_word_finds_its_article(newsroom: Any, text: str, typed: str) -> None:
    feed_id = newsroom.subscribe()
    newsroom.poll(feed_id, newsroom.seen("one"))
    newsroom.save(newsroom.waiting()[0], text)

    with newsroom.database.read() as session:
        [hit] = search(session, SearchQuery(text=typed))

    assert hit.snippet == text
    assert hit.rank > 0


def found(newsroom: Any, typed: str, **narrowed: Any) -> list[str]:
    with newsroom.database.read() as session:
        return [hit.title or "" for hit in search(session, SearchQuery(text=typed, **narrowed))]


def publish(newsroom: Any, **texts: str) -> None:
    newsroom.poll(newsroom.subscribe(), *(newsroom.seen(name) for name in texts))
    for page in newsroom.waiting():
        newsroom.save(page, texts[page.url.rsplit("/")[-1]], published_at=NOW, language="en")


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("the quick brown fox", '"brown quick"'),
        ("unbelievable things", "unbel"),
        ("東京都の天気", "東都"),
        ("one word", "one other"),
    ],
)
def test_what_is_not_there_is_not_found(newsroom: Any, text: str, typed: str) -> None:
    publish(newsroom, one=text)

    assert found(newsroom, typed) == []


@pytest.mark.parametrize(
    "typed",
    [
        *(
            '"',
            '""',
            '"""',
            "'",
            "''",
            "\\",
            "*",
            "**",
            "(",
            ")",
            "a)(",
            "NEAR(",
            "AND",
            "OR",
            "NOT a",
            "a NOT",
            "-a",
            "+",
        ),
        *(
            "title:fox",
            "{a b}: c",
            "^fox",
            "fox*fox",
            "a & b | !c",
            "<->",
            "a:*b",
            "\x00",
            "a\x00b",
            "😀",
            "\ud800",
            ";--",
        ),
        *("%", "_", "'; DROP TABLE article; --", "fox" * 5_000, "fox " * 500, "́", "'fox':*", "\u200b", "ﬁ", "½"),
    ],
)
def test_nothing_that_is_typed_breaks_a_search(newsroom: Any, typed: str) -> None:
    publish(newsroom, one="The fox AND the hen")

    assert found(newsroom, typed) in ([], ["On one"])


@pytest.mark.parametrize("typed", ["fox AND", "the OR", "near fox", "FOX -hen", "(fox)", "hen NOT or"])
def test_operators_of_the_databases_are_words_like_others(newsroom: Any, typed: str) -> None:
    publish(newsroom, one="the fox and not the hen or near")

    assert found(newsroom, typed) == ["On one"]


def test_a_word_of_the_title_counts_more(newsroom: Any) -> None:
    publish(
        newsroom, apples="Pears and plums, and plums and pears.", pears="Apples. And so on, and so forth, and more."
    )

    assert found(newsroom, "apples") == ["On apples", "On pears"]


def test_a_revised_article_is_found_by_its_new_words_only(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe(), newsroom.seen("one"))
    [page] = newsroom.waiting()
    newsroom.save(page, "Alte Wörter: 東京都 \x00 und \x00mehr")
    newsroom.save(page, "Neue Wörter")

    assert found(newsroom, "alte") == found(newsroom, "東京") == found(newsroom, "mehr") == []
    assert found(newsroom, "neue worter") == ["On one"]


def test_the_index_can_be_built_anew(newsroom: Any) -> None:
    publish(newsroom, one="fox", two="hen")
    with newsroom.database.begin() as session:
        clear_search(session.connection())
    assert found(newsroom, "fox") == []

    with newsroom.database.begin() as session:
        assert rebuild(session) == 2

    assert found(newsroom, "fox") == ["On one"]


def test_a_search_can_be_narrowed(newsroom: Any) -> None:
    publish(newsroom, one="fox", two="fox")
    newsroom.poll(newsroom.subscribe("b"), newsroom.seen("two"))

    assert found(newsroom, "fox", limit=1) == ["On two"]
    assert found(newsroom, "fox", feed_url="https://news.example/b.xml") == ["On two"]
    assert len(found(newsroom, "fox", site="news.example", language="en", status="ok", since=NOW)) == 2
    for narrowed in ({"site": "x"}, {"language": "de"}, {"status": "partial"}, {"until": NOW}):
        assert found(newsroom, "fox", **narrowed) == []


CHANCE = random.Random(7)
LONG = {
    "words": " ".join(f"w{number}" for number in range(1_700)),
    "letters": " ".join(CHANCE.choices("abcdefghij", k=5_000)),
    "beginnings": " ".join(f"{letter}*" for letter in CHANCE.choices("abcdefghij", k=3_300)),
    "a phrase": '"' + " ".join(f"w{number}" for number in range(1_700)) + '"',
    "a phrase of characters": "".join(map(chr, CHANCE.sample(range(0x4E00, 0x9FA5), 10_000))),
    "characters apart": " ".join(map(chr, CHANCE.sample(range(0x4E00, 0x9FA5), 5_000))),
    "one word": "x" * 10_000,
    "one beginning": "x" * 9_999 + "*",
    "quotes": '"' * 10_000,
    "brackets": "(" * 10_000,
    "NUL": "fox\x00" * 2_500,
    "pictures": "\U0001f98a" * 10_000,
}


@pytest.mark.parametrize("typed", LONG.values(), ids=LONG)
def test_ten_thousand_characters_are_a_search_like_any(newsroom: Any, typed: str) -> None:
    publish(newsroom, one="The fox AND the hen")

    assert found(newsroom, typed) == []


@pytest.mark.parametrize("evil", ["\x00", "\ud800", "'; --", "%", "x" * 10_000])
def test_a_filter_takes_whatever_is_typed(newsroom: Any, evil: str) -> None:
    publish(newsroom, one="fox")

    for name in ("site", "feed_url", "language", "status"):
        assert found(newsroom, "fox", **{name: evil}) == []


def test_pages_of_hits_follow_one_another_without_a_gap_or_a_double(newsroom: Any) -> None:
    publish(newsroom, **{f"n{number}": "fox " * (number % 3 + 1) for number in range(30)})

    together = found(newsroom, "fox", limit=100)

    assert len(set(together)) == 30
    assert [hit for start in range(0, 30, 7) for hit in found(newsroom, "fox", limit=7, offset=start)] == together
    assert found(newsroom, "fox", offset=30) == []


def test_words_that_stand_often_or_in_a_short_text_come_first(newsroom: Any) -> None:
    padding = " ".join(f"word{number}" for number in range(300))
    publish(newsroom, rare=f"fox {padding}", often=f"fox fox fox fox {padding}", short="A fox.")

    first, second, last = found(newsroom, "fox")
    assert ({first, second}, last) == ({"On short", "On often"}, "On rare")


def unlike() -> str:
    """Chinese characters of which hardly two pairs are alike: the largest index that a text can ask for."""
    chance = random.Random(1)
    return "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(300_000))


def test_a_text_of_any_length_can_be_stored_and_found_by_its_beginning(newsroom: Any) -> None:
    many = " ".join(f"word{number}" for number in range(100_000))
    publish(newsroom, one=f"first {many}", two="x" * 3_000_000, three="東" * 300_000, four=f"最初 {unlike()}")

    assert found(newsroom, "first word1") == ["On one"]
    assert found(newsroom, "東東") == ["On three"]
    assert found(newsroom, "最初") == ["On four"]
