"""Words to search: folded, paired, counted."""

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
