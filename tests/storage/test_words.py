"""Words to search: folded, paired, counted."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.snippets import WIDTH, snippet
from storage.words import Phrase, fold, phrases, searchable, split_words, word_count


def test_spellings_that_look_alike_become_equal() -> None:
    assert fold("Ｃａｆé") == fold("CAFE\u0301") == "cafe"
    assert fold("Straße") == fold("STRASSE") == "strasse"
    assert fold("ﬁn") == "fin"


def test_scripts_without_blanks_become_pairs() -> None:
    assert searchable("東京都 and more").split() == ["東京", "京都", "都", "and", "more"]


def test_a_longer_word_is_the_phrase_of_its_pairs() -> None:
    assert phrases("東京都") == (Phrase(("東京", "京都")),)
    assert phrases("東") == (Phrase(("東",), is_prefix=True),)


def test_quotes_hold_a_phrase_and_a_star_leaves_the_end_open() -> None:
    assert phrases('"big apple" new*') == (Phrase(("big", "apple")), Phrase(("new",), is_prefix=True))


def test_words_are_counted_as_a_reader_would() -> None:
    assert word_count("Ten little words.") == 3
    assert word_count("東京都知事") == 3
    assert word_count("Le café de 東京") == 4
    assert word_count(None) == word_count("") == 0


@given(st.text(alphabet=st.sampled_from("ab é\n\r\x0b\x1c\x85\xa0\u1680\u2003\u2028\u202f\u205f\u3000\u200b")))
def test_words_are_what_blanks_of_any_kind_part(text: str) -> None:
    assert word_count(text) == len(text.split())


@pytest.mark.parametrize("character", "฀໿က႟ក៿々〇ぁヿㄅㄯㇰㇿ㐀鿿가\ud7af豈\ufaff\U00020000\U0003134f")
def test_a_character_of_each_dense_script_counts_as_half_a_word(character: str) -> None:
    assert word_count(character * 4) == 2


@given(st.text(), st.text(), st.sampled_from(["", "é", "\n", "東\n"]))
def test_a_long_text_is_folded_as_a_short_one(one: str, other: str, between: str) -> None:
    text = one + between + other
    apart = unicodedata.normalize("NFKD", text.casefold())
    without_marks = "".join(character for character in apart if not "\u0300" <= character <= "\u036f")

    assert fold(text) == unicodedata.normalize("NFC", without_marks).casefold()


@given(st.text(alphabet=st.sampled_from("aÉ\u0308\u093e東京 “”„‘’‚–—…«»•\u2011\u00a0'")))
def test_no_word_depends_on_the_punctuation_beside_it(text: str) -> None:
    plain = "".join(character if character not in "“”„‘’‚–—…«»•\u2011" else "!" for character in text)

    assert split_words(searchable(text)) == split_words(searchable(plain))


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_phrases_hold_no_character_that_means_something_to_a_database(typed: str) -> None:
    for phrase in phrases(typed):
        assert phrase.words
        assert not set("\"'\\:*&|!()<>^{} \x00") & set("".join(phrase.words))


@given(st.text(alphabet="ab é東京\U00020000ั", min_size=1))
def test_every_word_of_a_text_is_found_by_typing_it(text: str) -> None:
    indexed = split_words(searchable(text))

    for word in split_words(fold(text)):
        for phrase in phrases(word):
            last = len(phrase.words)
            windows = [indexed[at : at + last] for at in range(len(indexed))]
            fits = (lambda a, b: a.startswith(b)) if phrase.is_prefix else str.__eq__
            assert any(
                len(window) == last and window[:-1] == list(phrase.words[:-1]) and fits(window[-1], phrase.words[-1])
                for window in windows
            )


def test_a_snippet_begins_a_little_before_the_match() -> None:
    text = "Filler words. " * 50 + "Here the nightingale sings. " + "More filler. " * 50

    piece = snippet(text, phrases("Nightingale"))

    assert piece.startswith("…")
    assert piece.endswith("…")
    assert "nightingale sings" in piece
    assert len(piece) <= WIDTH + 2


def test_a_snippet_without_a_match_is_the_beginning() -> None:
    assert snippet("A short text.", phrases("absent")) == "A short text."
