"""Where an article goes on: only where address, name and place of a link agree, and never to what others wrote."""

from datetime import UTC, datetime

import pytest

from ingest.extract.article import ExtractContext, extract_fully
from ingest.extract.siterules import parse_site_rule
from ingest.model import Entry, Page

NOW = datetime(2026, 11, 1, tzinfo=UTC)
URL = "https://harbour.example/2026/11/rope/"
TEXT = "".join(
    f"<p>The clerk opened the old book on page {number}, read the line about the rope aloud, and closed it again.</p>"
    for number in range(6)
)
STATED = '<meta property="og:type" content="article">'
PAGE_LINKS = '<p class="page-links">Pages: <span class="post-page-numbers current">1</span> <a href="{}">2</a></p>'


def next_url(behind: str, head: str = STATED, url: str = URL, **context) -> str | None:
    html = f"<html><head><title>Rope</title>{head}</head><body><article><h1>Rope</h1>{TEXT}{behind}</body></html>"
    page = Page(url=url, html=html)
    return extract_fully(page, context.pop("entry", None), ExtractContext(now=NOW, **context)).next_url


def test_wordpress_page_links_lead_on():
    assert next_url(PAGE_LINKS.format(f"{URL}2/") + "</article>") == f"{URL}2/"


def test_a_further_part_leads_to_the_one_after():
    links = f'<p>Pages: <a href="{URL}">1</a> <span>2</span> <a href="{URL}3/">3</a></p></article>'
    assert next_url(links, url=f"{URL}2/", is_further_part=True) == f"{URL}3/"
    assert next_url(links, url=f"{URL}2/") is None


def test_the_last_part_leads_nowhere():
    links = f'<p>Pages: <a href="{URL}">1</a> <span>2</span></p></article>'
    assert next_url(links, url=f"{URL}2/", is_further_part=True) is None


@pytest.mark.parametrize(
    "label",
    [
        "Next page",
        "Nächste Seite",
        "Weiter",
        "Page suivante",
        "Siguiente",
        "Próxima página",
        "Pagina successiva",
        "Volgende",
        "Nästa sida",
        "Następna strona",
        "Следующая страница",
        "Далее",
        "下一页",
        "次のページ",
        "다음",
        "الصفحة التالية",
        "Sonraki sayfa",
        "»",
        "›",
        "Next >",
    ],
)
def test_a_link_called_next_below_the_text_leads_on_in_any_language(label):
    assert next_url(f'</article><div><a href="?page=2">{label}</a></div>') == f"{URL}?page=2"


def test_a_slideshow_leads_from_slide_to_slide():
    url = "https://news.example/pictures/rope"
    assert next_url('<a href="/pictures/rope?slide=2">Next</a> 1 of 9</article>', url=url) == f"{url}?slide=2"


def test_rel_next_to_the_second_part_is_followed():
    assert next_url("</article>", head=f'{STATED}<link rel="next" href="{URL}2/">') == f"{URL}2/"
    assert next_url(f'</article><a rel="next" href="{URL}2/">on</a>') == f"{URL}2/"


def test_rel_next_in_the_head_is_not_enough_where_no_article_is_stated():
    assert next_url("</article>", head=f'<link rel="next" href="{URL}2/">') is None


@pytest.mark.parametrize(
    "behind",
    [
        '<a rel="next" href="https://harbour.example/2026/11/anchor/">Next post: Anchor</a>',
        '<a href="https://harbour.example/2026/10/">Older posts</a>',
        '<div class="nav-links"><a href="https://harbour.example/page/2/" rel="next">Older posts</a></div>',
        f'<a href="{URL}comment-page-2/#comments">Newer comments</a>',
        f'<div id="comments"><p>A reader.</p><p>1 <a href="{URL}?page=2">2</a></p></div>',
        f'<div class="comment-list"><p>A reader who says a lot.</p></div><p>1 <a href="{URL}?page=2">2</a></p>',
        f'<p><a href="{URL}?page=2">Older</a></p>',
        f'<p>See <a href="{URL}2/">the second rope</a>.</p>',
        f'<p><a href="{URL}3/">3</a></p>',
        f'<p><a href="{URL}2/">2</a> people like this</p>',
        '<a href="https://harbour.example/2026/11/rope-2/">Next</a>',
    ],
)
def test_another_article_a_listing_or_comments_are_not_the_next_part(behind):
    assert next_url(f"</article>{behind}") is None


def test_a_pager_far_below_the_text_is_not_the_articles():
    far = "".join(f"<div><a href='/{number}'>Something else, number {number}</a></div>" for number in range(60))
    assert next_url(f"</article>{far}<p>1 <a href='{URL}2/'>2</a></p>") is None


@pytest.mark.parametrize("kind", ["DiscussionForumPosting", "QAPage", "CollectionPage"])
def test_a_page_that_says_it_is_a_thread_or_a_listing_has_no_next_part(kind):
    head = f'<script type="application/ld+json">{{"@type": "{kind}"}}</script>'
    assert next_url(PAGE_LINKS.format(f"{URL}2/") + "</article>", head=head) is None


def test_a_listing_of_an_article_page_does_not_matter():
    nodes = '[{"@type": "NewsArticle", "headline": "Rope"}, {"@type": "ItemList"}]'
    head = f'<script type="application/ld+json">{nodes}</script>'
    assert next_url(PAGE_LINKS.format(f"{URL}2/") + "</article>", head=head) == f"{URL}2/"


def test_an_article_that_the_feed_brought_whole_has_no_next_part():
    content = "".join(
        f"<p>Paragraph {number} of the feed, which is long and tells everything there is.</p>" for number in range(60)
    )
    entry = Entry(id="1", url=URL, content=content)
    assert next_url(PAGE_LINKS.format(f"{URL}2/") + "</article>", entry=entry) is None


def test_a_rule_for_the_site_names_the_next_part_and_nothing_else_counts():
    links = PAGE_LINKS.format(f"{URL}2/") + '<a class="on" href="/more/rope">on</a></article>'
    assert (
        next_url(links, site_rule=parse_site_rule("x.txt", "next_page_link: //a[@class='on']"))
        == "https://harbour.example/more/rope"
    )
    assert next_url(links, site_rule=parse_site_rule("x.txt", "next_page_link: //a[@class='off']")) is None
    assert next_url(links, site_rule=parse_site_rule("x.txt", "title: //h1")) == f"{URL}2/"


def test_a_page_without_an_article_has_no_next_part():
    html = f"<html><body><h1>404</h1><p>Page not found</p>{PAGE_LINKS.format(f'{URL}2/')}</body></html>"
    assert extract_fully(Page(url=URL, html=html), None, ExtractContext(now=NOW)).next_url is None
