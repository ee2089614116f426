"""Every rule that a removal may name can be looked up: by file and line, or as what it is."""

from importlib import resources

import pytest

from ingest.clean.locate import kind_of_rule, locate_rule


def test_every_written_rule_stands_where_it_is_said_to(rules):
    written = {found.id for same in rules.literals.values() for found in same} | {block.id for block in rules.blocks}
    for rule in sorted(written):
        path, _, line = locate_rule(rule).rpartition(":")
        text = (resources.files("ingest.clean") / path).read_text(encoding="utf-8").splitlines()[int(line) - 1]
        name = rule.rpartition("/")[2]
        assert text.startswith(f"[blocks.{name}]" if rule.startswith("platform/") else name), rule


@pytest.mark.parametrize(
    ("rule", "kind", "place"),
    [
        ("learned/00ab34cd00ab34cd", "learned", "learned from the site's own pages"),
        ("site-rule/user/example.com.txt:12", "site-rule", "user/example.com.txt:12"),
        ("core/repeat", "code", "ingest/clean/repeats.py: a passage that stands twice"),
        ("core/anything-new", "code", "ingest/clean"),
        ("language/xx/share/share", "written", "packs/languages/xx.toml:1"),
    ],
)
def test_a_rule_of_another_kind_says_what_it_is(rule, kind, place):
    assert (kind_of_rule(rule), locate_rule(rule)) == (kind, place)
