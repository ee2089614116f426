"""The packs that are shipped are sound, and each kind of unsoundness is told with file, line and rule."""

import pytest

from ingest.clean.match import match_line
from ingest.clean.packcheck import check_packs, read_guards, read_pack_texts

PACKS = read_pack_texts()


def check(name: str, text: str) -> list[str]:
    return check_packs(PACKS | {name: text}, frozenset([name]))


def test_the_shipped_packs_are_sound():
    assert check_packs(PACKS) == []


def test_the_guard_texts_are_several_languages_articles_about_such_lines():
    guards = read_guards()
    assert {name.partition("-")[0] for name in guards} >= {"en", "de", "fr", "es"}
    assert all(len(text.split("\n\n")) >= 7 for text in guards.values())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[lines.share\n", "languages/xx.toml:1: not TOML"),
        ("\n[lines.nonsense]\na = ['b']\n", "languages/xx.toml:2: lines.nonsense: no such kind"),
        ("[lines.share]\na = ['x']\nb = 'c'\n", "languages/xx.toml:3: language/xx/share/b: must be a list"),
        (
            "[lines.share]\na = ['x']\nb = [\n 'by {who}']\n",
            "languages/xx.toml:4: language/xx/share/b: 'by {who}': slots",
        ),
        (
            "[lines.share]\na = ['“Share now”']\n",
            "languages/xx.toml:2: language/xx/share/a: '“Share now”': hits nothing",
        ),
        ("[blocks.ads]\nmax-chars = 3\n", "languages/xx.toml:1: blocks.ads: needs classes, ids, prefixes or hooks"),
    ],
)
def test_what_is_wrong_with_a_line_is_told_with_its_line(text, told):
    (problem,) = check("languages/xx.toml", text)
    assert problem.startswith(told)


def test_a_block_rule_whose_bounds_nothing_can_meet_is_told():
    text = "[blocks.ads]\nclasses = ['some-ad']\nmin-link-density = 2.0\n"
    assert check("platforms/xx.toml", text) == ["platforms/xx.toml:2: platform/xx/ads: 'some-ad': hits nothing"]


def test_a_rule_that_hits_an_article_about_such_lines_is_told_with_the_guard():
    (problem,) = check("languages/xx.toml", "also = ['en']\n[lines.advert]\nwide = ['The shortest texts {any}']\n")
    told = "language/xx/advert/wide: hits 'The shortest texts on the web' in the guard text en-labels"
    assert problem == f"languages/xx.toml:3: {told}"


def test_a_title_in_chinese_marks_is_no_quotation(rules):
    assert match_line("《码头的绳子》有 3 条评论", rules, "zh").rule.id == "language/zh/threads/responses"
    assert match_line("《有 3 条评论》", rules, "zh") is None
