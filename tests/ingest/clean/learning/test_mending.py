"""Stored texts lose what was learned since, and get back what was no furniture after all."""

from dataclasses import replace

import pytest

from ingest.blocks import BlockState, StoredText, Zone
from ingest.clean.keeps import Keeps
from ingest.clean.learning.memory import tell_knowledge
from ingest.clean.mend import mend_text, restore_text

PITCH = "Odoberajte náš list z prístavu a každý piatok dostanete všetky správy týždňa do svojej schránky."


@pytest.fixture
def taught(site, write):
    """A site that has learned the pitch."""
    site.read_all(write.page(*write.paragraphs(), write.furniture(PITCH)) for _ in range(20))
    return site


def stored(text, **changes):
    plain = {"article_id": 1, "page_id": 1, "url": None, "title": "A walk", "authors": (), "language": "en"}
    return StoredText(**{**plain, "text": text, "removed": (), "content_hash": "", **changes})


def test_a_stored_text_loses_what_was_learned_since_and_keeps_the_record(taught, write):
    body = "\n\n".join(line.text for line in write.paragraphs())
    mended = mend_text(stored(f"{body}\n\n{PITCH}"), tell_knowledge(taught.memory))

    assert mended.text == body
    assert [removal.text for removal in mended.removed] == [PITCH]


def test_a_text_without_learned_lines_is_not_touched_whatever_the_written_rules_say(taught, write):
    body = "\n\n".join(line.text for line in write.paragraphs())

    assert mend_text(stored(f"{body}\n\nPost a Comment"), tell_knowledge(taught.memory)) is None


def test_a_heading_that_was_left_in_the_text_stays_there(taught, write):
    body = "\n\n".join(line.text for line in write.paragraphs())
    mended = mend_text(stored(f"A walk\n\n{body}\n\n{PITCH}"), tell_knowledge(taught.memory))

    assert mended.text == f"A walk\n\n{body}"


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_restored_line_stands_where_it_stood(site, write, place):
    pages = []
    for _ in range(20):
        body = write.paragraphs(3, 3)
        pages.append(write.page(*body[:place], write.furniture(PITCH, boxed=True), *body[place:]))
    site.read_all(pages)
    [block] = site.memory.blocks.values()
    text, page = site.texts[7], next(page for page in site.memory.pages if page.page_id == 7)
    assert PITCH not in text.text

    restored = restore_text(text, {block.key: replace(block, state=BlockState.KEPT)}, page)

    assert restored.text == "\n\n".join(line.text for line in pages[7].lines)
    assert restored.removed == ()


@pytest.mark.parametrize(("zone", "expected"), [(Zone.TAIL, "One.\n\nTwo.\n\n{}"), (Zone.HEAD, "{}\n\nOne.\n\nTwo.")])
def test_a_line_of_an_edge_comes_back_there_where_nobody_knows_its_place(taught, zone, expected):
    [block] = taught.memory.blocks.values()
    lost = taught.texts[3]
    removed = tuple(replace(one, at=None) for one in lost.removed)
    restored = restore_text(replace(lost, text="One.\n\nTwo.", removed=removed), {block.key: replace(block, zone=zone)})

    assert restored.text == expected.format(PITCH)


def test_a_line_of_the_middle_stays_in_removed_where_nobody_knows_its_place(taught):
    [block] = taught.memory.blocks.values()
    lost = taught.texts[3]
    lost = replace(lost, removed=tuple(replace(one, at=None) for one in lost.removed))

    assert restore_text(lost, {block.key: replace(block, zone=Zone.MIDDLE)}) is None


def test_a_learned_line_of_the_middle_comes_back_by_its_place(taught):
    [block] = taught.memory.blocks.values()
    lost = taught.texts[3]

    back = restore_text(lost, {block.key: replace(block, zone=Zone.MIDDLE)})

    assert PITCH in back.text.split("\n\n")
    assert back.removed == ()


def test_what_the_user_keeps_is_not_mended_away(taught):
    [block] = taught.memory.blocks.values()
    whole = restore_text(taught.texts[3], {block.key: block})
    site = tell_knowledge(taught.memory)

    assert mend_text(whole, site).text == taught.texts[3].text
    assert mend_text(whole, site, Keeps(texts=(PITCH,))) is None
