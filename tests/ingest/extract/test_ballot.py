"""What a choice weighed is told: every candidate with its numbers, every step with the blocks it moved."""

from ingest.extract.choose import Question, choose_text
from ingest.extract.document import parse_page
from ingest.extract.outline import drop_machinery, outline

PARAGRAPH = "The clerk opened the old book on page {}, read the line about the rope aloud, and closed it again slowly."


def choose(body: str):
    tree = parse_page(f"<html><head><title>Rope</title></head><body>{body}</body></html>")
    drop_machinery(tree)
    return choose_text(Question(tree, outline(tree.find("body")), "Rope"))


def paragraphs(count: int) -> str:
    return "".join(f"<p>{PARAGRAPH.format(number)}</p>" for number in range(count))


def test_a_clear_page_weighs_one_candidate_and_says_its_share():
    ballot = choose(f"<article><h1>Rope</h1>{paragraphs(8)}</article>").ballot
    assert [weighed.name.partition("-")[0] for weighed in ballot.weighed] == ["trafilatura"]
    assert ballot.weighed[0].verdict == "100% of the page's running text"
    assert ballot.weighed[0].size >= 8 * 90


def test_a_choice_with_little_of_the_running_text_is_doubted_and_weighs_more_than_one():
    ballot = choose(f"<article>{paragraphs(3)}</article><div>{paragraphs(9)}</div>").ballot
    assert len(ballot.weighed) >= 2


def test_a_step_names_the_blocks_that_it_dropped():
    tail = f"<h3>Related articles</h3>{paragraphs(1)}"
    choice = choose(f"<article><h1>Rope</h1>{paragraphs(30)}{tail}</article>")
    dropped = {change.name for change in choice.ballot.changes if change.dropped}
    assert dropped == {"tail"}
