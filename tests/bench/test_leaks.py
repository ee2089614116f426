"""What the bench calls a leak: whole lines of furniture, and no line of an article."""

from pathlib import Path

import pytest

QUALITY = Path(__file__).parents[2] / "bench" / "quality"


@pytest.fixture
def find_leaks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(QUALITY))
    from leaks import find_leaks

    return find_leaks


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Email this page", "share"),
        ("Print Story Email Story Reprints", "share"),
        ("Tweet 12", "share"),
        ("X Facebook Email Linkedin", "share"),
        ("Share on Facebook", "share"),
        ("Twitter: @harbour", "author"),
        ("Posted by: Nora | Mar 21, 2007 2:42:14 AM", "author"),
        ("3 Comments", "comment"),
        ("Subscribe to:", "subscribe"),
    ],
)
def test_a_line_of_furniture_is_a_leak(find_leaks, line, kind):
    assert find_leaks(f"The harbour opens.\n{line}", "The harbour opens.") == {kind: [line]}


@pytest.mark.parametrize(
    "line",
    [
        'email := r.URL.Query().Get("email")',
        "print(briefing)",
        "Email: shop@harbour.example",
        "Email marketing (add-on)",
        "Facebook Wall Post: 141 Friends",
        "x",
        "Share your story",
    ],
)
def test_a_line_of_an_article_is_none(find_leaks, line):
    assert find_leaks(f"The harbour opens.\n{line}", "The harbour opens.") == {}


def test_what_the_truth_has_is_none(find_leaks):
    assert find_leaks("Share this", "They say: share this!") == {}
