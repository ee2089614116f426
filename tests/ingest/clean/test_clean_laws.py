"""Laws of cleaning: twice is once, order is kept, and what holds no furniture is left alone."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.clean.apply import CleanContext, clean_text
from ingest.clean.rules import load_rules

RULES = load_rules()
FURNITURE = [
    "Post a Comment", "No comments:", "3 comments:", "Share this:", "Twitter", "Newer Post", "Home", "Related",
    "Written by Nora Field", "About the author", "Nora Field", "Anonymous said...", "March 3, 2014 at 9:11 am",
    "Advertisement", "http://a.example/one-two-three", "Subscribe to: Post Comments (Atom)", "Labels: a, b", "",
]  # fmt: skip
PROSE = [
    "The old mill by the river turned again last week, for the first time in thirty years.",
    "Three neighbours had spent their evenings on the wheel, and nobody had believed that it would move at all.",
    "Nobody came.",
    "It was the exp-erts who said on-ly what the en-tire town knew about the well-known take-over.",
    "A title without an end",
    "He said “Post a comment” and left.",
]
lines = st.lists(
    st.sampled_from(FURNITURE + PROSE)
    | st.text(st.characters(codec="ascii", exclude_characters="-") | st.sampled_from("éßИя中文—"), max_size=80),
    max_size=14,
)


def _clean(text):
    return clean_text(text, CleanContext(language="en"), RULES)


@given(lines, st.sampled_from(["\n", "\n\n"]))
@settings(max_examples=200, deadline=None)
def test_cleaning_twice_is_cleaning_once(parts, gap):
    once = _clean(gap.join(parts))

    assert _clean(once.text).text == once.text


@given(lines, st.sampled_from(["\n", "\n\n"]))
@settings(max_examples=200, deadline=None)
def test_what_stays_stands_in_the_same_order(parts, gap):
    text = gap.join(parts).replace("-", " ")

    rest = iter(text.split("\n"))

    for line in _clean(text).text.split("\n"):
        assert not line.strip() or line in rest


@given(st.permutations(PROSE[:3]), st.sampled_from(["\n", "\n\n", "\r\n"]))
@settings(max_examples=30, deadline=None)
def test_prose_without_furniture_comes_out_unchanged(parts, gap):
    text = gap.join(parts)

    assert _clean(text).text == text


words = st.sampled_from(
    sorted({word.strip(".,") for line in PROSE for word in line.split() if word.isalpha()})
) | st.text(st.sampled_from("abdeéghiklmnoprstßИяожпра中文字"), min_size=1, max_size=9)
sentences = st.lists(words, min_size=9, max_size=30).map(lambda words: f"Then {' '.join(words)}.")


@given(st.lists(sentences, min_size=1, max_size=12, unique=True), st.sampled_from(["\n", "\n\n", "\r\n"]))
@settings(max_examples=200, deadline=None)
def test_sentences_of_any_words_come_out_unchanged(parts, gap):
    text = gap.join(parts)

    assert _clean(text).text == text


@given(lines)
@settings(max_examples=80, deadline=None)
def test_every_line_that_is_missing_is_recorded(parts):
    text = "\n".join(parts).replace("-", " ")
    cleaned = _clean(text)

    kept = [line.strip() for line in cleaned.text.split("\n") if line.strip()]
    removed = [removal.text for removal in cleaned.removed]

    assert sorted(kept + removed) == sorted(line.strip() for line in text.split("\n") if line.strip())
