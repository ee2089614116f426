"""Wrongly decoded lines are repaired; whatever is not broken stays as it is."""

import pytest

from ingest.clean.mojibake import repair_encoding


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Das Café heißt „Zur Mühle“ – „schön“.", "windows-1252"),
        ("L’été à la rivière, où l’eau est très basse.", "windows-1252"),
        ("Она сказала, что придёт завтра.", "latin-1"),
        ("東京の水車は美しい。", "latin-1"),
    ],
)
def test_utf8_read_as_another_encoding_is_repaired_and_its_neighbour_left(text, wrong):
    broken = text.encode().decode(wrong)

    assert repair_encoding(f"{broken}\n“sound” — line") == f"{text}\n“sound” — line"


@pytest.mark.parametrize("text", ["“Curly” quotes — and dashes…", "Ça, là, où", "ÂGE D’OR", "São Paulo", "plain"])
def test_sound_text_is_left_alone(text):
    assert repair_encoding(text) == text
