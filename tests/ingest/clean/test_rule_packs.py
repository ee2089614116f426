"""The packs: complete for the languages that we promise, and a broken one says what is wrong where."""

import pytest

from ingest.clean.kinds import KINDS
from ingest.clean.rules import compile_rules, parse_pack
from ingest.errors import BadRules

PROMISED = ["ar", "de", "en", "es", "fr", "id", "it", "ja", "pt", "ru", "tr", "zh"]
FURTHER = ["cs", "da", "el", "fa", "fi", "he", "hi", "hu", "ko", "nl", "pl", "ro", "sv", "uk", "vi"]


def test_every_promised_language_knows_comments_feeds_pagers_and_author_boxes(rules):
    known = {(found.id.split("/")[1], found.id.split("/")[2]) for same in rules.literals.values() for found in same}

    for language in PROMISED + FURTHER:
        assert {kind for name, kind in known if name == language} >= {
            "comments",
            "feeds",
            "pager",
            "author-box",
            "share",
        }


def test_every_kind_is_used(rules):
    used = {found.kind.name for same in rules.literals.values() for found in same}
    for room in (rules.opened, rules.closed, rules.inner):
        used |= {pattern.rule.kind.name for same in room.values() for pattern in same}

    assert used == set(KINDS)


@pytest.mark.parametrize(
    ("pack", "message"),
    [
        ({"lines": {"nonsense": {"a": ["b"]}}}, "languages/xx.toml: lines.nonsense: no such kind"),
        ({"lines": {"share": {"a": "b"}}}, "languages/xx.toml: language/xx/share/a: must be a list"),
        ({"lines": {"share": {"a": ["…"]}}}, "languages/xx.toml: language/xx/share/a: '…' holds no word"),
        ({"lines": {"share": {"a": ["by {who}"]}}}, "languages/xx.toml: language/xx/share/a: 'by {who}': slots are"),
        ({"lines": {"share": {"a": ["{name} {n}"]}}}, "holds nothing but slots"),
        ({"blocks": {"a": {"max-chars": 3}}}, "languages/xx.toml: blocks.a: needs classes, ids or prefixes"),
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
