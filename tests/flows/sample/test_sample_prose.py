"""How story files are read."""

from flows.sample.chance import Draws
from flows.sample.prose import block_html, plain_paragraphs, read_blocks, shortened, split_words


def test_blocks_are_apart_by_blank_lines_and_lists_keep_their_items() -> None:
    blocks = read_blocks("One line\nand the next.\n\n## A heading\n\n- first\n- second\n")

    assert blocks == ("One line and the next.", "## A heading", "- first\n- second")
    assert plain_paragraphs(blocks) == ["One line and the next.", "A heading", "first", "second"]


def test_marks_become_elements_and_everything_else_is_escaped() -> None:
    assert block_html("a *b* [c](/d) <e> & f") == '<p>a <em>b</em> <a href="/d">c</a> &lt;e&gt; &amp; f</p>'
    assert block_html("> said") == "<blockquote><p>said</p></blockquote>"
    assert block_html("- x\n- y") == "<ul>\n<li>x</li>\n<li>y</li>\n</ul>"


def test_only_the_first_occurrence_of_a_word_is_split() -> None:
    assert split_words(("only one", "only two"), ("on-ly",)) == ("on-ly one", "only two")


def test_a_shortened_text_ends_after_a_word_where_there_are_words() -> None:
    assert shortened("one two three", 9) == "one two…"
    assert shortened("一二三四五", 3) == "一二…"
    assert shortened("short", 9) == "short"


def test_draws_follow_from_their_key() -> None:
    assert [Draws("a", 1).below(100) for _ in range(2)] == [Draws("a", 1).below(100)] * 2
    assert Draws("a").sample([1, 2, 3, 4], 2) == sorted(Draws("a").sample([1, 2, 3, 4], 2))
    assert {Draws(key).between(3, 5) for key in range(50)} == {3, 4, 5}
