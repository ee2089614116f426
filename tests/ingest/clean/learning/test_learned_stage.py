"""What cleaning does with learned blocks: where it drops them, and how much of a text it never takes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.blocks import Furniture, Trust, Zone
from ingest.clean.apply import CleanContext, clean_text
from ingest.clean.learned import is_learned, name_rule, read_rule
from ingest.clean.learning.keys import fold_slots, read_key
from ingest.clean.rules import load_rules

PITCH = "Odoberajte náš list z prístavu a každý piatok dostanete všetky správy týždňa do svojej schránky."
LEGAL = "Všetky práva vyhradené, bez súhlasu vydavateľa nie je možné z obsahu nič kopírovať ani šíriť ďalej."
LABEL = "Zdieľajte tento článok"
BODY = [
    "The old mill by the river turned again last week, for the first time in thirty years.",
    "Three neighbours had spent their evenings on the wheel, and nobody had believed that it would move at all.",
    "On Sunday the whole village stood on the bridge and watched the water go where it had gone before.",
]


def key_of(line, title=None, authors=()):
    return read_key(line, fold_slots(title, authors)).key


def learned(*lines, zone=Zone.TAIL, trust=Trust.CERTAIN, digits=0):
    return {key_of(line): Furniture(zone, digits, trust) for line in lines}


def clean(*lines, known, **context):
    return clean_text("\n\n".join(lines), CleanContext(language="en", learned=known, **context), load_rules())


def test_a_learned_line_goes_under_its_own_rule_and_is_kept_in_removed():
    cleaned = clean(*BODY, PITCH, known=learned(PITCH))

    [removal] = cleaned.removed
    assert cleaned.text == "\n\n".join(BODY)
    assert (removal.rule, removal.text) == (name_rule(key_of(PITCH)), PITCH)


@pytest.mark.parametrize(("zone", "place"), [(Zone.TAIL, 1), (Zone.HEAD, 2), (Zone.TAIL, 0), (Zone.HEAD, 3)])
def test_a_line_that_stands_where_its_kind_does_not_stays(zone, place):
    lines = [*BODY[:place], PITCH, *BODY[place:]]

    assert clean(*lines, known=learned(PITCH, zone=zone)).text == "\n\n".join(lines)


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_line_of_the_middle_goes_wherever_it_stands(place):
    lines = [*BODY[:place], PITCH, *BODY[place:]]

    assert clean(*lines, known=learned(PITCH, zone=Zone.MIDDLE)).text == "\n\n".join(BODY)


def test_a_line_that_a_text_says_three_times_stays():
    lines = (BODY[0], LABEL, BODY[1], LABEL, BODY[2], LABEL)

    assert clean(*lines, known=learned(LABEL, zone=Zone.MIDDLE)).text.count(LABEL) == 3


def test_what_a_sentence_announces_is_quoted_until_the_block_is_proven():
    lines = (*BODY, "The line below our articles reads as follows:", PITCH)

    assert PITCH in clean(*lines, known=learned(PITCH, trust=Trust.NEW)).text
    assert PITCH not in clean(*lines, known=learned(PITCH)).text


@pytest.mark.parametrize(
    ("trust", "body", "goes"),
    [
        (Trust.NEW, BODY[0], False),
        (Trust.NEW, BODY[0] * 4, True),
        (Trust.PROVEN, BODY[0], True),
        (Trust.PROVEN, "Too short a post.", False),
        (Trust.CERTAIN, "A post that is short.", True),
        (Trust.CERTAIN, "Too short.", False),
    ],
)
def test_the_share_of_a_text_that_may_go_rises_with_the_texts_that_have_confirmed_a_block(trust, body, goes):
    assert (PITCH not in clean(body, PITCH, known=learned(PITCH, trust=trust)).text) == goes


@pytest.mark.parametrize("trust", Trust)
def test_no_text_is_emptied(trust):
    assert clean(PITCH, LEGAL, known=learned(PITCH, LEGAL, trust=trust)).text == f"{PITCH}\n\n{LEGAL}"


def test_the_numbers_of_a_line_count_unless_any_will_do():
    line, other = "Zdieľané 40 krát od januára", "Zdieľané 41 krát od januára"
    exact = {key_of(line): Furniture(Zone.TAIL, read_key(line, fold_slots(None, ())).digits, Trust.CERTAIN)}

    assert line not in clean(*BODY, line, known=exact).text
    assert other in clean(*BODY, other, known=exact).text
    assert other not in clean(*BODY, other, known=learned(line, digits=None)).text


def test_the_page_s_title_and_author_are_slots_of_a_line():
    one = "Príspevok The mill turns again od Nora Field vyšiel v novinách."
    other = "Príspevok Rain over the harbour od Jan Bakker vyšiel v novinách."
    known = {key_of(one, "The mill turns again", ("Nora Field",)): Furniture(Zone.TAIL, 0, Trust.CERTAIN)}
    cleaned = clean(*BODY, other, known=known, title="Rain over the harbour", authors=("Jan Bakker",))

    assert cleaned.text == "\n\n".join(BODY)


def test_written_furniture_behind_a_learned_line_goes_as_well():
    cleaned = clean(*BODY, "Post a Comment", PITCH, known=learned(PITCH))

    assert cleaned.text == "\n\n".join(BODY)
    assert [removal.rule.partition("/")[0] for removal in cleaned.removed] == ["language", "learned"]


@pytest.mark.parametrize("key", [0, 1, -1, 2**63 - 1, -(2**63)])
def test_a_rule_names_its_key_and_the_key_its_rule(key):
    assert read_rule(name_rule(key)) == key
    assert read_rule(name_rule(key).removeprefix("learned/")) == key


@pytest.mark.parametrize("rule", ["learned/", "core/repeat", "learned/xyz", "", "learned/-1", "11112222333344445"])
def test_what_names_no_key_gives_none(rule):
    assert read_rule(rule) is None


OTHERS = ["Nobody came.", "He said what follows here:", "Post a Comment", ""]
lines = st.lists(st.sampled_from([*BODY, PITCH, LEGAL, LABEL, *OTHERS]), max_size=12)
furniture = st.builds(Furniture, st.sampled_from(Zone), st.just(0), st.sampled_from(Trust), st.booleans())
blocks = st.dictionaries(st.sampled_from([PITCH, LEGAL, LABEL, BODY[0]]), furniture)


@given(lines, blocks, st.sampled_from(["\n", "\n\n"]))
@settings(max_examples=300, deadline=None)
def test_cleaning_twice_is_cleaning_once_and_keeps_the_order(parts, known, gap):
    context = CleanContext(language="en", learned={key_of(line): furniture for line, furniture in known.items()})
    once = clean_text(gap.join(parts), context, load_rules())
    rest = iter(gap.join(parts).split("\n"))

    assert clean_text(once.text, context, load_rules()).text == once.text
    assert all(not line.strip() or line in rest for line in once.text.split("\n"))
    assert once.text.strip() or not gap.join(parts).strip() or not any(is_learned(r.rule) for r in once.removed)
