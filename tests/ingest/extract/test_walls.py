"""The pack of what walls say: whole words, at the begin where it says so, and a broken one is told."""

import pytest

from ingest.errors import BadRules
from ingest.extract.walls import find_wall, parse_walls, read_walls


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", r"walls\.toml: not TOML"),
        ("[shut]\nen = ['closed']", r"walls\.toml: shut: no such kind"),
        ("[blocked]\nen = ['…']", r"walls\.toml: blocked: '…' holds no word"),
    ],
)
def test_a_broken_pack_of_walls_says_what_is_wrong(text, message):
    with pytest.raises(BadRules, match=message):
        parse_walls(text)


def test_every_wording_is_found_in_a_text_that_has_it():
    for kind, walls in read_walls().items():
        for wall in walls:
            said = wall.said.removeprefix("^")
            assert find_wall(kind, f"{said}." if wall.opens else f"Elm: {said}.")


def test_a_wording_counts_as_whole_words_and_at_the_begin_where_it_says_so():
    assert find_wall("blocked", "Access denied") == "access denied"
    assert find_wall("blocked", "The report on access denied to readers") is None
    assert find_wall("not-found", "The page you requestedly asked for") is None
