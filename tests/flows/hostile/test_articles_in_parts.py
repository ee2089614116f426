"""Articles in several pages over real sockets and in real workers: joined, and bounded whatever the pages say."""

import pytest

SLIDES = 30


def page(name: str, number: int, pager: str) -> bytes:
    lines = (
        f"Slide {number} of {name} shows the rope from side {place}, as the keeper saw it that year."
        for place in range(5)
    )
    text = "".join(f"<p>{line}</p>" for line in lines)
    head = f"<html><head><title>{name}</title></head><body><article><h1>{name}</h1>"
    return f"{head}{text}{pager}</article></body></html>".encode()


def item(url: str) -> str:
    return f"<item><title>The rope</title><link>{url}</link></item>"


async def test_a_post_in_three_pages_is_one_article(hostile):
    web = hostile.web
    base = web.url("wordpress", "/2026/rope/")
    for number in (1, 2, 3):
        links = " ".join(str(n) if n == number else f'<a href="{base}{n}/">{n}</a>' for n in (1, 2, 3))
        path = "/2026/rope/" if number == 1 else f"/2026/rope/{number}/"
        web.say("wordpress", path, page("wordpress", number, f'<p class="page-links">Pages: {links}</p>'))
    await hostile.round(web.feed("wordpress", item(base)))
    (article,) = await hostile.stored()
    assert article["status"] == "ok"
    assert [f"Slide {number} of wordpress" in article["text"] for number in (1, 2, 3, 4)] == [True, True, True, False]
    assert "Pages" not in article["text"]
    assert [path for name, path in web.asked if name == "wordpress" and "rope" in path] == [
        "/2026/rope/",
        "/2026/rope/2/",
        "/2026/rope/3/",
    ]


async def test_a_slideshow_without_end_ends_at_twenty_slides(hostile):
    web = hostile.web
    for number in range(1, SLIDES):
        pager = f'<a href="/pictures/rope?slide={number + 1}">Next</a>'
        web.say("slides", "/pictures/rope" + (f"?slide={number}" if number > 1 else ""), page("slides", number, pager))
    await hostile.round(web.feed("slides", item(web.url("slides", "/pictures/rope"))))
    (article,) = await hostile.stored()
    assert article["status"] == "partial"
    assert len([path for _, path in web.asked if path.startswith("/pictures")]) == 20


@pytest.mark.parametrize("kind", ["bomb", "broken", "huge"])
async def test_a_part_that_cannot_be_read_costs_that_part_alone(hostile, kind):
    web = hostile.web
    pager = '<p>1 <a href="/rope?page=2">2</a></p>'
    web.say("parts", "/rope", page("parts", 1, pager))
    answers = {
        "bomb": web.bomb("gzip"),
        "broken": {"body": b"\x89PNG\r\n\x1a\n"},
        "huge": {"body": b"<p>x</p>" * 900_000},
    }
    web.say("parts", "/rope?page=2", **answers[kind])
    await hostile.round(web.feed("parts", item(web.url("parts", "/rope"))))
    (article,) = await hostile.stored()
    assert article["status"] == "partial"
    assert "Slide 1 of parts" in article["text"]
    (row,) = await hostile.rows("SELECT provenance FROM article")
    assert '"parts": "1 page, then ' in row.provenance


async def test_the_pager_of_a_blog_and_the_readers_pages_are_left_alone(hostile):
    web = hostile.web
    behind = (
        '<nav><a rel="next" href="/next-post">Next post</a> <a href="/page/2/">Older posts</a></nav>'
        '<section id="comments"><p>I was there!</p>1 <a href="/post?page=2">2</a></section>'
    )
    web.say("blog", "/post", page("blog", 1, behind))
    await hostile.round(web.feed("blog", item(web.url("blog", "/post"))))
    assert {path for name, path in web.asked if name == "blog"} == {"/feed", "/robots.txt", "/post"}
