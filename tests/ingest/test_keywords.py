"""Keywords are found as people mean them: without accents and case, at the ends of words, in every script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.keywords import fold, holds


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("bitcoin", "BITCOIN falls"),
        ("cafe", "Das Café am Markt"),
        ("Café", "the cafe\u0301 on the corner"),
        ("strasse", "Die Straße ist gesperrt"),
        ("Istanbul", "İSTANBUL'da yağmur"),
        ("елка", "Ёлка на площади"),
        ("Smørrebrød", "smorrebrod for lunch"),
        ("Αθήνα", "ΑΘΗΝΑ: ειδήσεις"),
        ("interest rate", "the interest\n  rate rises"),
        ("don't", "we don\u2019t know"),
        ("C++", "written in C++, mostly"),
        ("iPhone 15", "ｉＰｈｏｎｅ １５ review"),
        ("co-operate", "to co\u2011operate"),
        ("news", "ne\u00adws"),
        ("東京", "昨日の東京都知事"),
        ("タワー", "東京タワーで"),
        ("ﾀﾜｰ", "東京タワーで"),
        ("cat", "東京catカフェ"),
        ("서울", "서울에서 열린"),
        ("ไทย", "ประเทศไทยวันนี้"),
        ("سلام", "سَلَام عليكم"),
        ("שלום", "שָׁלוֹם לכולם"),
        ("हिन्दी", "यह हिन्दी है"),
    ],
)
def test_a_keyword_is_found(keyword, text):
    assert holds(fold(text), fold(keyword))


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("cat", "the category"),
        ("cat", "concat"),
        ("art", "start-up party"),
        ("アメ", "アメリカの大統領"),
        ("か", "がっこう"),
        ("मर", "अमर"),
        ("мои", "мой дом"),
        ("rate rise", "rates rise"),
        ("", "anything"),
        ("abc", ""),
    ],
)
def test_a_part_of_a_word_or_another_word_is_not(keyword, text):
    assert not holds(fold(text), fold(keyword))


@given(st.text(max_size=200))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="ab ", max_size=40), st.text(alphabet="ab", min_size=1, max_size=3))
def test_latin_words_are_found_exactly_where_splitting_finds_them(text, word):
    assert holds(fold(text), word) == (word in text.split())


def test_a_text_that_almost_matches_everywhere_costs_linear_time():
    text = fold("a" * 1_000_000)
    assert not holds(text, fold("a" * 199 + "b"))
    assert not holds(text, "aa")
