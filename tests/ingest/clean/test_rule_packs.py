"""The packs: complete for the languages that we promise, and a broken one says what is wrong where."""

import pytest

from ingest.clean.kinds import KINDS
from ingest.clean.rules import compile_rules, parse_pack
from ingest.errors import BadRules

PROMISED = ["ar", "de", "en", "es", "fr", "id", "it", "ja", "pt", "ru", "tr", "zh"]
FURTHER = ["cs", "da", "el", "fa", "fi", "he", "hi", "hu", "ko", "nl", "pl", "ro", "sv", "uk", "vi"]


@pytest.mark.parametrize("language", PROMISED + FURTHER)
def test_every_language_knows_every_kind_of_line(rules, language):
    found = {rule.kind.name for same in rules.literals.values() for rule in same if language in rule.languages}
    for room in (rules.opened, rules.closed, rules.inner):
        found |= {one.rule.kind.name for same in room.values() for one in same if language in one.rule.languages}
    found |= {one.rule.kind.name for _, one in rules.dense if language in one.rule.languages}

    assert set(KINDS) - found - {"services"} == set()


def test_every_kind_is_used(rules):
    used = {found.kind.name for same in rules.literals.values() for found in same}
    for room in (rules.opened, rules.closed, rules.inner):
        used |= {pattern.rule.kind.name for same in room.values() for pattern in same}
    used |= {pattern.rule.kind.name for _, pattern in rules.dense}

    assert used == set(KINDS)


@pytest.mark.parametrize(
    ("pack", "message"),
    [
        ({"lines": {"nonsense": {"a": ["b"]}}}, "languages/xx.toml: lines.nonsense: no such kind"),
        ({"lines": {"share": {"a": "b"}}}, "languages/xx.toml: language/xx/share/a: must be a list"),
        ({"lines": {"share": {"a": ["…"]}}}, "languages/xx.toml: language/xx/share/a: '…' holds no word"),
        ({"lines": {"share": {"a": ["by {who}"]}}}, "languages/xx.toml: language/xx/share/a: 'by {who}': slots are"),
        ({"lines": {"share": {"a": ["{name} {n}"]}}}, "holds nothing but slots"),
        ({"blocks": {"a": {"max-chars": 3}}}, "languages/xx.toml: blocks.a: needs classes, ids, prefixes or hooks"),
        ({"detect": {"smell": ["b"]}}, "languages/xx.toml: detect.smell: no such evidence"),
    ],
)
def test_a_broken_pack_names_its_file_and_rule(pack, message):
    with pytest.raises(BadRules) as caught:
        compile_rules({"languages/xx.toml": pack})

    assert message in str(caught.value)


def test_a_pack_that_is_no_toml_names_its_file():
    with pytest.raises(BadRules, match=r"languages/xx\.toml: not TOML"):
        parse_pack("languages/xx.toml", "[")
