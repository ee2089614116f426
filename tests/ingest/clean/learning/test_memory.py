"""What a site's memory keeps, forgets, and never outgrows."""

from dataclasses import replace

import pytest

from ingest.blocks import BlockState
from ingest.clean.learning.memory import MAX_BLOCKS, WINDOW, catch_up, tell_knowledge

PITCH = "Odoberajte náš list z prístavu a každý piatok dostanete všetky správy týždňa do svojej schránky."


def pages(write, count, *tail):
    return [write.page(*write.paragraphs(), *tail) for _ in range(count)]


def block_of(site, text=PITCH):
    return next(block for block in site.memory.blocks.values() if block.text == text)


def measure(memory):
    return sum(len(page.keys) + len(page.facts) + len(page.title) for page in memory.pages), len(memory.blocks)


def test_a_memory_is_as_large_after_a_thousand_pages_as_after_two_hundred(site, write):
    pitches = [write.furniture(write.sentence(14), boxed=True) for _ in range(40)]
    sizes = []
    for number in range(1_000):
        site.read(write.page(*write.paragraphs(5, 5), pitches[number // 25]))
        if number in {199, 999}:
            sizes.append(measure(site.memory))
    (bytes_before, _), (bytes_after, blocks_after) = sizes

    assert len(site.memory.pages) == WINDOW
    assert bytes_after <= bytes_before * 1.1
    assert blocks_after <= MAX_BLOCKS


def test_a_page_of_a_thousand_lines_takes_the_room_of_few(site, write):
    site.read(write.page(*(write.sentence() for _ in range(1_000))))

    assert measure(site.memory)[0] < 4_000


def test_a_block_that_the_template_lost_is_given_up_and_kept_out_of_cleaning(site, write):
    site.read_all(pages(write, 20, write.furniture(PITCH)))
    site.read_all(pages(write, 60))

    assert block_of(site).state is BlockState.GONE
    assert block_of(site).reason == "in none of the last 40 texts"
    assert tell_knowledge(site.memory).learned == {}


def test_a_rare_block_is_given_more_time(site, write):
    bio = write.furniture(f"Nora Field {write.sentence(12)}", boxed=True)
    for number in range(100):
        site.read(write.page(*write.paragraphs(), *([bio] if number % 20 == 0 else []), author="Nora Field"))
    site.read_all(pages(write, 90))

    assert block_of(site, bio.text).state is BlockState.LEARNED


def test_a_block_that_comes_back_is_learned_with_its_third_text(site, write):
    site.read_all(pages(write, 20, write.furniture(PITCH)))
    site.read_all(pages(write, 60))
    site.read_all(pages(write, 3, write.furniture(PITCH)))

    assert block_of(site).state is BlockState.LEARNED


def test_a_block_that_stands_within_the_text_again_and_again_is_doubted(site, write):
    site.read_all(pages(write, 20, write.furniture(PITCH)))
    for _ in range(4):
        first, *others = write.paragraphs(4, 6)
        site.read(write.page(first, PITCH, *others))

    assert block_of(site).state is BlockState.DOUBTED
    assert block_of(site).reason == "stood elsewhere than tail in 4 texts in a row"


def test_what_cleaning_dropped_is_seen_all_the_same(site, write):
    site.read_all(pages(write, 60, write.furniture(PITCH)))

    assert block_of(site).state is BlockState.LEARNED
    assert (block_of(site).pages, block_of(site).last_number) == (60, 60)


def test_copies_count_once(site, write):
    body = write.paragraphs()
    for _ in range(9):
        site.read(write.page(*body, write.furniture(PITCH), title="One report"))

    assert site.learned == {}


def test_a_memory_that_was_written_down_late_is_brought_up_to_its_texts(site, write):
    site.read_all(pages(write, 30, write.furniture(PITCH)))
    late = replace(block_of(site), last_number=20)
    caught = catch_up(replace(site.memory, blocks={late.key: late}))

    assert caught.blocks[late.key].last_number == 30


def test_blocks_are_written_down_when_they_change_and_else_now_and_then(site, write):
    site.read_all(pages(write, 100, write.furniture(PITCH)))
    written = [observed.page.number for observed in site.history if observed.written]

    assert written == [12, 20, 40, 60, 80, 100]


@pytest.mark.parametrize("kind", ["boxed", "plain"])
def test_the_blocks_beyond_the_bound_are_those_unseen_longest(site, write, kind):
    for _ in range(60):
        lines = [write.furniture(write.sentence(12), boxed=True) for _ in range(6)]
        site.read_all(pages(write, 3, *lines))
    kept = sorted(block.first_number for block in site.memory.blocks.values())

    assert len(kept) == MAX_BLOCKS
    assert kept[0] > 1
