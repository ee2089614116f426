"""What stands twice by mistake goes; what a text repeats in its own manner stays."""

import pytest

from ingest.clean.apply import CleanContext, clean_text
from ingest.clean.lines import fold_key

STORY = (
    "Three experts said on Monday that the harbour will open again in spring, and they were not the only ones.",
    "Ships do not come here yet, the mayor joked, but the entire town lives from what the sea brings every day.",
    "The government has promised money for two cranes, and the ministry will send an engineer in the spring.",
    "Nobody in the town doubts that the harbour matters, and the president of the council least of all.",
    "The old mill by the river turned again last week, for the first time in thirty years and for an hour.",
)
_PEOPLE = ("bakers", "fishers", "teachers", "clerks", "pilots") * 4
_OTHERS = ("nurses", "priests", "sailors", "painters") * 5
LONG = tuple(
    f"On day {day} of the works the {people} carried stones to the quay, and the {others} counted what the sea left."
    for day, (people, others) in enumerate(zip(_PEOPLE, _OTHERS, strict=True), 1)
)
OPENING_HOURS = "The harbour opens at seven in the morning, on every day of the week and of the year"


def test_a_lone_sentence_that_stands_twice_stands_once(clean):
    text = "\n\n".join([*STORY, STORY[1]])

    assert clean(text).text == "\n\n".join(STORY)


def test_a_text_that_takes_up_several_lines_one_by_one_keeps_them_all(clean):
    talk = [f"Of this the {people} say that it is wrong." for people in ("bakers", "fishers", "teachers")]
    text = "\n\n".join([*STORY, *LONG, *(line for pair in zip(talk, STORY[:3], strict=True) for line in pair)])

    assert clean(text).text == text


def test_two_quotes_drawn_out_of_a_text_take_nothing_between_them_along(clean):
    first, second = LONG[1].partition("works ")[2], LONG[18].partition("works ")[2]
    text = "\n\n".join([*LONG[:2], first, *LONG[2:19], second, LONG[19]])

    assert [line for line in clean(text).text.split("\n\n") if line in LONG] == list(LONG)


def test_items_of_a_list_may_stand_in_another_list(clean):
    items = f"{OPENING_HOURS}.\nDogs are kept on a lead, and nobody feeds the gulls that sit on the harbour's wall."
    text = "\n\n".join([STORY[0], items, STORY[1], items, *STORY[2:]])

    assert clean(text).text == text


def test_a_label_may_stand_twice(clean):
    text = "\n\n".join([OPENING_HOURS, *STORY[:3], OPENING_HOURS, *STORY[3:]])

    assert clean(text).text == text


def test_a_label_of_which_the_markup_shows_that_it_is_a_copy_goes(rules):
    context = CleanContext(language="en", copies=frozenset([fold_key(OPENING_HOURS)]))

    cleaned = clean_text("\n\n".join([OPENING_HOURS, *STORY, OPENING_HOURS]), context, rules)

    assert cleaned.text == "\n\n".join([OPENING_HOURS, *STORY])


@pytest.mark.parametrize("line", [f"News: {OPENING_HOURS}", f"{OPENING_HOURS}; bring a coat."])
def test_of_two_equal_neighbours_one_goes_whatever_they_are(clean, line):
    assert clean("\n\n".join([STORY[0], line, line, *STORY[1:]])).text == "\n\n".join([STORY[0], line, *STORY[1:]])
