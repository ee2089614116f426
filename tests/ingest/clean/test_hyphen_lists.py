"""Two hundred split words, two hundred true compounds, and what other languages hang on a hyphen."""

from pathlib import Path

import pytest

from ingest.clean.hyphens import rejoin_words

SAMPLES = Path(__file__).parent / "samples"
SPLITS = (SAMPLES / "splits.txt").read_text(encoding="utf-8").split()
COMPOUNDS = (SAMPLES / "compounds.txt").read_text(encoding="utf-8").split()


def _rejoin(word):
    return rejoin_words(f"They saw the {word} again.", "en").removeprefix("They saw the ").removesuffix(" again.")


def test_the_lists_hold_two_hundred_words_each():
    assert len(set(SPLITS)) >= 200
    assert len(set(COMPOUNDS)) >= 200


def test_at_least_ninety_five_of_a_hundred_split_words_are_rejoined():
    missed = [word for word in SPLITS if _rejoin(word) != word.replace("-", "")]

    assert len(missed) <= 0.05 * len(SPLITS), missed


def test_no_true_compound_is_broken():
    broken = [word for word in COMPOUNDS if _rejoin(word) != word]

    assert broken == []


@pytest.mark.parametrize(
    "gap", ["-\n", "- \n ", "\u2010\n", "- "], ids=["line end", "blanks", "hyphen sign", "lost line end"]
)
def test_a_hyphen_at_a_lines_end_is_judged_by_the_same_evidence(gap):
    told = {word: rejoin_words(f"They saw the {word.replace('-', gap)} again.", "en").split() for word in SPLITS}
    missed = [word for word in SPLITS if told[word][3:] != [word.replace("-", ""), "again."]]
    kept = [word.replace("-", gap) for word in COMPOUNDS]

    assert len(missed) <= 0.05 * len(SPLITS), missed
    assert [word for word in kept if _rejoin(word) != word] == []


def test_a_word_split_at_a_lines_end_ends_its_first_line():
    text = "Three exp-\nerts, and on-\nly they, knew the well-\nknown town: the en-\ntire one."

    assert rejoin_words(text, "en") == "Three experts,\nand only\nthey, knew the well-\nknown town: the entire\none."


def test_soft_hyphens_are_no_part_of_a_word():
    assert rejoin_words("Die Re\u00adgie\u00adrung tagt.", "de") == "Die Regierung tagt."
    assert rejoin_words("Every har\u00ad\nbour, every quay.", None) == "Every harbour,\nevery quay."


@pytest.mark.parametrize(
    "text", ["pre- and post-war houses", "mid- to long-term plans", "day-\nto-\nday", "- one\n- two"]
)
def test_a_hyphen_that_stands_for_a_word_left_out_stays(text):
    assert rejoin_words(text, "en") == text


def test_compounds_stand_beside_splits_in_one_text():
    text = " ".join(f"{split} and {compound}," for split, compound in zip(SPLITS, COMPOUNDS, strict=False))

    result = rejoin_words(text, "en")

    assert [word for word in COMPOUNDS[: len(SPLITS)] if f" {word}," not in result] == []


def test_a_word_that_no_list_knows_is_rejoined_where_it_stands_whole_elsewhere():
    assert (
        rejoin_words("Grobnik sleeps. The mayor of Grob-nik is awake.", "en")
        == "Grobnik sleeps. The mayor of Grobnik is awake."
    )


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Die Regie-rung tagt, die Regierung schweigt.", "Die Regierung tagt, die Regierung schweigt."),
        ("de", "Der Ex-Kanzler und die US-Regierung, schwarz-weiß.", None),
        ("fr", "Dit-il vrai, peut-être, là-bas, celui-ci, donne-moi ?", None),
        ("fr", "Le gouverne-ment parle.", "Le gouvernement parle."),
        ("es", "La situa-ción es franco-alemana.", "La situación es franco-alemana."),
        ("pt", "Disse-me que fazê-lo na segunda-feira tornou-se difícil.", None),
        ("ru", "Кто-то по-русски из-за чего-нибудь всё-таки.", None),
        ("ru", "Возмож-ность есть.", "Возможность есть."),
        ("id", "Anak-anak dan orang-orang.", None),
        (None, "Exp-erts know on-ly little.", None),
    ],
)
def test_other_languages_keep_what_their_grammar_hangs_on_a_hyphen(language, text, expected):
    assert rejoin_words(text, language) == (expected or text)
