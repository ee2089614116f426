"""Near-duplicates: copies are found however they were edited, and what is not a copy is none."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.resemblance import are_copies, band_keys, estimate, may_be_copies, resemblance, signature

TEXTS = st.lists(
    st.sampled_from(["harbour", "bread", "letter", "winter", "river", "stone", "market", "clock", "灯", "海", "港"]),
    min_size=30,
)


def written(seed: int, sentences: int = 40) -> list[str]:
    """Sentences of words that no other seed uses in the same order."""
    draw = random.Random(seed)
    words = [f"word{draw.randrange(4_000)}" for _ in range(sentences * 12)]
    return [" ".join(words[start : start + 12]).capitalize() + "." for start in range(0, len(words), 12)]


def share_a_band(one: str, other: str) -> bool:
    return not set(band_keys(signature(one))).isdisjoint(band_keys(signature(other)))


@pytest.mark.parametrize("dropped", [1, 4, 8])
def test_a_copy_with_sentences_left_out_is_found(dropped: int) -> None:
    for seed in range(30):
        sentences = written(seed)
        copy = " ".join(["BERLIN (dpa) -", *sentences[:-dropped]])
        original = " ".join(sentences)

        assert share_a_band(original, copy)
        assert may_be_copies(signature(original), signature(copy))
        assert are_copies(original, copy)


def test_among_thirty_thousand_pairs_of_strangers_none_is_a_copy() -> None:
    texts = [" ".join(written(seed)) for seed in range(1_000, 1_250)]
    pairs = [(one, other) for place, one in enumerate(texts) for other in texts[:place]]
    signatures = {text: signature(text) for text in texts}

    assert len(pairs) > 30_000
    assert not any(may_be_copies(signatures[one], signatures[other]) for one, other in pairs)


def test_the_estimate_is_near_the_resemblance() -> None:
    original = written(7)
    for kept in (36, 30, 24):
        one, other = " ".join(original), " ".join([*original[:kept], *written(8)[kept:]])
        assert abs(estimate(signature(one), signature(other)) - resemblance(one, other)) < 0.2


def test_a_text_of_a_line_or_two_has_no_signature() -> None:
    assert signature("Ten little words stand here and say nothing at all.") is None
    assert signature(None) is None
    assert not are_copies("Too short.", "Too short.")


def test_writing_without_blanks_is_compared_by_its_letters() -> None:
    original = (
        "港のそばの小さな市場では、冬のあいだも毎朝パンと魚が並び、人びとは時計の鐘が鳴るまで話し込んでいた。" * 2
    )
    copy = original.replace("毎朝", "毎日", 1)

    assert are_copies(original, copy)
    assert not are_copies(
        original, "川の石を集める子どもたちは、雨の日にも手紙を書き、灯りの下で互いに読み合うのが習わしだった。" * 2
    )


def test_case_and_punctuation_make_no_difference() -> None:
    text = " ".join(written(3))
    assert signature(text) == signature(text.upper().replace(".", " !"))


def test_blanks_and_quotes_beyond_ascii_make_no_difference() -> None:
    text = " ".join(written(3))
    assert signature(text) == signature(text.replace(" ", "\u00a0").replace(".", "\u201d."))


def test_a_character_of_a_script_without_blanks_leaves_the_other_words_what_they_are() -> None:
    text = " ".join(written(3))
    assert resemblance(text, f"{text} \u6e2f") > 0.9


@given(TEXTS, TEXTS)
def test_resemblance_is_symmetric_and_of_a_text_with_itself_one(one: list[str], other: list[str]) -> None:
    assert resemblance(" ".join(one), " ".join(other)) == resemblance(" ".join(other), " ".join(one))
    assert resemblance(" ".join(one), " ".join(one)) == 1.0


@given(TEXTS)
def test_keys_are_signed_and_of_64_bits(words: list[str]) -> None:
    assert all(-(2**63) <= key < 2**63 for key in band_keys(signature(" ".join(words))))


def test_signatures_are_the_same_on_every_machine() -> None:
    assert signature(" ".join(f"word{number}" for number in range(60)))[:8].hex() == "9df6d50233891207"
