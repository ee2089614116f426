"""Search: words in any script, and nothing that someone types breaks it."""

from typing import Any

import pytest

from storage.search import SearchQuery, search


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
