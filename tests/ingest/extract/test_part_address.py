"""By its form alone: which address is the next part of an article, and which looks like one and is not."""

import pytest

from ingest.extract.partaddress import is_next_part

ROPE = "https://harbour.example/2026/rope"


@pytest.mark.parametrize(
    ("own", "link"),
    [
        (f"{ROPE}/", f"{ROPE}/2/"),
        (ROPE, f"{ROPE}/2"),
        (f"{ROPE}/", f"{ROPE}/page/2/"),
        (ROPE, f"{ROPE}/seite-2"),
        (ROPE, f"{ROPE}?page=2"),
        (f"{ROPE}?id=5", f"{ROPE}?id=5&pg=2"),
        (f"{ROPE}?id=5", f"{ROPE}?page=2&id=5"),
        (ROPE, f"{ROPE}?page=1"),
        (f"{ROPE}?page=0", f"{ROPE}?page=1"),
        (f"{ROPE}?page=1", f"{ROPE}?page=2"),
        (ROPE, f"{ROPE}?slide=2"),
        (f"{ROPE}.html", f"{ROPE}-2.html"),
        (f"{ROPE}.html", f"{ROPE}_2.html"),
        (f"{ROPE}.html", f"{ROPE}-seite-2.html"),
        (f"{ROPE}.html", f"{ROPE},2.html"),
        (ROPE, f"{ROPE}-page-2"),
        (f"{ROPE}/index.html", f"{ROPE}/index2.html"),
        (f"{ROPE}/", f"{ROPE}/2.html"),
        ("https://www.harbour.example/2026/rope/?utm_source=feed", f"{ROPE}/2/"),
    ],
)
def test_the_second_part_is_known(own, link):
    assert is_next_part(link, (own,), is_first=True)


@pytest.mark.parametrize(
    ("own", "link"),
    [(f"{ROPE}/2/", f"{ROPE}/3/"), (f"{ROPE}?page=9", f"{ROPE}?page=10"), (f"{ROPE}_2.html", f"{ROPE}_3.html")],
)
def test_a_further_part_is_the_one_after(own, link):
    assert is_next_part(link, (own,), is_first=False)
    assert not is_next_part(own, (link,), is_first=False)


@pytest.mark.parametrize(
    ("own", "link"),
    [
        (ROPE, f"{ROPE}/3/"),
        (ROPE, ROPE),
        (ROPE, f"{ROPE}-2"),
        (ROPE, "https://harbour.example/2026/anchor/2/"),
        (ROPE, "https://elsewhere.example/2026/rope/2/"),
        (ROPE, f"{ROPE}/comment-page-2/"),
        (ROPE, f"{ROPE}/comment-page-2/#comments"),
        (ROPE, f"{ROPE}?cpage=2"),
        (ROPE, f"{ROPE}/2024"),
        ("https://harbour.example/", "https://harbour.example/page/2/"),
        ("https://harbour.example/", "https://harbour.example/?page=2"),
        ("https://harbour.example/?p=1", "https://harbour.example/?p=2"),
        ("https://harbour.example/index.php?p=1", "https://harbour.example/index.php?p=2"),
        ("https://harbour.example/?p=117", "https://harbour.example/?p=118"),
        ("https://harbour.example/tag/rope/", "https://harbour.example/tag/rope/2/"),
        ("https://harbour.example/category/a/", "https://harbour.example/category/a/page/2/"),
        ("https://harbour.example/news?page=12", "https://harbour.example/news?page=13"),
        ("https://harbour.example/threads/rope", "https://harbour.example/threads/rope/page-2"),
        ("https://harbour.example/showthread.php?t=7", "https://harbour.example/showthread.php?t=7&page=2"),
        ("https://harbour.example/news/17", "https://harbour.example/news/18"),
    ],
)
def test_another_address_is_no_second_part(own, link):
    assert not is_next_part(link, (own,), is_first=True)


def test_a_page_that_is_known_by_two_addresses_goes_on_at_either():
    assert is_next_part(f"{ROPE}/2/", ("https://harbour.example/?p=117", f"{ROPE}/"), is_first=True)
