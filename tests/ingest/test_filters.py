"""What filters decide, and from what: an entry alone, or the whole article."""

import pytest

from ingest.errors import BadFilter
from ingest.filters import Evidence, FilterAction, FilterField, FilterRule, check_rule, decide, is_within


def rule(words, value, **scope):
    action, field = words.split()
    return FilterRule(action=FilterAction(action), field=FilterField(field), value=value, **scope)


ENTRY = Evidence(title="Bitcoin falls again", categories=("Business / Markets",), authors=("Ana Pérez",))
WHOLE = Evidence(title="Herring is back", texts=("The sound is full.",), language="en-gb", is_whole=True)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("exclude keyword", "bitcoin"),
        ("exclude title", "falls"),
        ("exclude category", "markets"),
        ("exclude category", "business / markets"),
        ("exclude author", "perez"),
        ("include title", "herring"),
        ("include category", "sport"),
        ("include author", "Bo"),
    ],
)
def test_an_entry_is_enough_to_keep_an_article_out(words, value):
    kept = decide([rule(words, value, id=7)], ENTRY)
    assert kept is not None
    assert (kept.rule_id, kept.rule) == (7, f'{words} "{value}"')
    assert value in kept.reason


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("exclude category", "market"),
        ("exclude title", "herring"),
        ("include keyword", "herring"),
        ("include language", "de"),
        ("exclude language", "en"),
    ],
)
def test_what_only_the_page_can_say_is_left_to_it(words, value):
    assert decide([rule(words, value)], ENTRY) is None


@pytest.mark.parametrize(
    ("words", "value"), [("include category", "x"), ("include author", "x"), ("include title", "x")]
)
def test_what_an_entry_does_not_say_is_left_to_the_page_and_then_counts_as_absent(words, value):
    assert decide([rule(words, value)], Evidence()) is None
    assert decide([rule(words, value)], WHOLE) is not None


def test_the_text_decides_after_extraction():
    assert decide([rule("exclude keyword", "sound")], WHOLE) is not None
    assert decide([rule("include keyword", "sound")], WHOLE) is None
    assert decide([rule("include keyword", "bitcoin")], WHOLE) is not None


def test_a_language_names_its_variants_and_an_unknown_one_keeps_nothing_out():
    assert decide([rule("exclude language", "en")], WHOLE) is not None
    assert decide([rule("include language", "en")], WHOLE) is None
    assert decide([rule("include language", "en-us")], WHOLE) is not None
    unknown = Evidence(title="x", is_whole=True)
    assert decide([rule("include language", "de"), rule("exclude language", "en")], unknown) is None


def test_includes_of_one_field_are_alternatives_and_those_of_several_must_all_be_met():
    either = [rule("include keyword", "bitcoin"), rule("include keyword", "herring")]
    assert decide(either, WHOLE) is None
    kept = decide([*either, rule("include language", "de"), rule("include language", "fr")], WHOLE)
    assert kept is not None
    assert kept.rule == 'include language "de" or include language "fr"'


def test_an_exclude_goes_before_an_include():
    assert decide([rule("include keyword", "herring"), rule("exclude keyword", "sound")], WHOLE).rule.startswith("excl")


def test_rules_speak_of_a_feed_of_a_tag_with_all_below_it_or_of_all():
    feed = rule("exclude title", "x", feed_url="https://a.example/f")
    tag = rule("exclude title", "x", tag="News")
    assert feed.applies_to("https://a.example/f", ())
    assert not feed.applies_to("https://b.example/f", ())
    assert tag.applies_to("https://b.example/f", ["Sport", "News/World"])
    assert not tag.applies_to("https://b.example/f", ["Newspapers", "Old/News"])
    assert not tag.applies_to(None, ())
    assert rule("exclude title", "x").applies_to(None, ())
    assert is_within("News", "News")


@pytest.mark.parametrize(
    "bad",
    [
        rule("exclude keyword", "   "),
        rule("exclude keyword", "!?"),
        rule("exclude keyword", "x" * 201),
        rule("include language", "German!"),
        rule("exclude title", "x", feed_url="https://a.example/f", tag="News"),
    ],
)
def test_a_rule_that_can_name_nothing_is_refused(bad):
    with pytest.raises(BadFilter):
        check_rule(bad)


def test_a_rule_is_kept_tidy():
    assert check_rule(rule("include language", "PT_BR")).value == "pt-br"
    assert check_rule(rule("exclude keyword", " interest \n rate ")).value == "interest rate"
