"""What a page's markup tells of its lines: which stand in a box of their own."""

import pytest
from lxml import html

from ingest.blocks import Trait
from ingest.extract.frames import read_traits
from ingest.extract.outline import outline

PROSE = "".join(
    f"<p>Sentence {n} of a walk along the wall, past the nets and the crane, in rain and wind.</p>" for n in range(4)
)
LINE = "Write to us if you have seen the crane at work."


def traits_of(body):
    tree = html.fromstring(f"<html><body>{body}</body></html>")
    return read_traits(outline(tree.find("body")).blocks).get(LINE, Trait(0))


@pytest.mark.parametrize(
    "body",
    [
        f'<div class="text">{PROSE}<div class="letter"><p>{LINE}</p></div></div>',
        f'<div class="text">{PROSE}<p class="letter">{LINE}</p></div>',
        f'<div class="text">{PROSE}<div id="letter">{LINE}</div></div>',
        f'<div class="text">{PROSE}</div><aside>{LINE}</aside>',
        f"<article>{PROSE}<footer><p>{LINE}</p></footer></article>",
        f'<div class="text">{PROSE}<div class="links"><ul><li>{LINE}</li></ul></div></div>',
    ],
)
def test_what_is_marked_otherwise_than_the_text_is_boxed(body):
    assert Trait.BOXED in traits_of(body)


@pytest.mark.parametrize(
    "body",
    [
        f'<div class="text">{PROSE}<p>{LINE}</p></div>',
        f'<div class="text">{PROSE}{LINE}</div>',
        f'<div class="text">{PROSE}<h2 class="chapter">{LINE}</h2></div>',
        f'<div class="text">{PROSE}<ul class="plain"><li>{LINE}</li></ul></div>',
        f'<div class="text">{PROSE}<blockquote class="quote"><p>{LINE}</p></blockquote></div>',
        f'<div class="text">{PROSE}<p class="has-large-text">{LINE}</p></div>',
        f'<section class="part" id="a">{PROSE}</section><section class="part" id="b"><p>{LINE}</p></section>',
        f'<div class="text">{PROSE.replace("<p>", "<p class=para>")}<p class="para">{LINE}</p></div>',
        f"<p>{LINE}</p>",
    ],
)
def test_what_the_text_itself_is_made_of_is_not(body):
    assert traits_of(body) == Trait(0)


def test_a_line_of_links_is_told_apart():
    assert traits_of(f'<div class="text">{PROSE}<p><a href="/crane">{LINE}</a></p></div>') == Trait.LINKED


def test_neighbouring_boxes_are_told_apart():
    boxes = f'<div class="one"><p>One.</p><p>Two.</p></div><div class="two"><p>{LINE}</p></div><p>Plain.</p>'
    tree = html.fromstring(f'<html><body><div class="text">{PROSE}{boxes}</div></body></html>')
    traits = read_traits(outline(tree.find("body")).blocks)

    assert traits["One."] == traits["Two."] != traits[LINE]
    assert Trait.BOXED in traits["One."] & traits[LINE]
