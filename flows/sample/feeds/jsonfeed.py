"""JSON Feed 1.1."""

import json

from flows.sample.articles import Article
from flows.sample.feeds.document import Document
from flows.sample.platforms.registry import feed_content


def json_feed(document: Document) -> str:
    """The document as JSON Feed 1.1."""
    site = document.site
    fields: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.title,
        "description": site.tagline,
        "home_page_url": document.home,
        "feed_url": document.url,
        "language": document.language,
        **({"next_url": document.links["next"]} if "next" in document.links else {}),
        "items": [_item(one, document) for one in document.articles],
    }
    return json.dumps(fields, ensure_ascii=False, indent=1)


def _item(article: Article, document: Document) -> dict[str, object]:
    story = article.story
    url = article.url(document.port)
    item: dict[str, object] = {
        "id": url,
        "url": url,
        "title": story.title,
        "summary": article.summary,
        "content_html": feed_content(article),
        "date_published": article.published_at.isoformat(),
        "authors": [{"name": name} for name in story.authors],
        "tags": list(story.tags),
    }
    return item | ({"date_modified": article.updated_at.isoformat()} if article.updated_at else {})
