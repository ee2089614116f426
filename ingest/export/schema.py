"""The schema of an exported article: its fields in their order, and what each holds."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["integer", "text", "time", "texts", "removals"]
SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an exported article. Every field may be null but the integers."""

    name: str
    kind: Kind
    meaning: str


FIELDS = (
    Field("id", "integer", "the article's number in this database"),
    Field("cursor", "integer", "rises with every change: give the last one to --after"),
    Field("url", "text", "the address as it was found"),
    Field("canonical_url", "text", "the address that the page gives itself"),
    Field("feed_url", "text", "the feed that showed it first"),
    Field("site", "text", "the host of its page"),
    Field("title", "text", "without the site's name"),
    Field("authors", "texts", "people only"),
    Field("published_at", "time", "when it was published, as far as anything says so"),
    Field("published_source", "text", "who says so: feed, json-ld, meta, url, page or none"),
    Field("updated_at", "time", "when it was edited last, as the page says"),
    Field("first_seen_at", "time", "when feedmill found it"),
    Field("fetched_at", "time", "when this text was fetched"),
    Field("language", "text", "ISO 639 code"),
    Field("text", "text", "paragraphs apart by a blank line; null where there is none"),
    Field("summary", "text", "the feed's or the page's own summary"),
    Field("image_url", "text", "the picture that stands for it"),
    Field("tags", "texts", "categories and keywords"),
    Field("site_name", "text", "what the site calls itself"),
    Field("word_count", "integer", "words of the text; letters where words are not told apart"),
    Field("status", "text", "ok, partial, paywall, consent, blocked, soft-404, listing or empty"),
    Field("extractor", "text", "what the text was taken by"),
    Field(
        "removed",
        "removals",
        "what cleaning took out, each block with its rule; `at`: lines of the text above it",
    ),
    Field("origin_url", "text", "the original, where the text or the page names one"),
    Field("content_hash", "text", "sha256 of the visible title and text, in hex"),
    Field("story_id", "integer", "the group of copies that it belongs to; null where it has none"),
    Field("is_duplicate_of", "integer", "the first article of its story; null where it is the first"),
    Field("revision", "integer", "1, and one more for every edit"),
)

# A line of `--removals`: it is told apart by ``removed_at``, which no article has.
REMOVAL_FIELDS = (
    Field("id", "integer", "the number that the article had; it is not given again"),
    Field("cursor", "integer", "among those of the articles: a removal comes after all that was told of the article"),
    Field("url", "text", "the address as it was found"),
    Field("site", "text", "the host of its page"),
    Field("removed_at", "time", "when it went; of a merged one, when the page was fetched that shows both to be one"),
    Field("reason", "text", "why: what retention let go, or that it is the same article as another one"),
    Field("merged_into", "integer", "the article that it turned out to be, which comes again; null where it went"),
)

# An item of the RSS export: its elements and what of the article each holds.
ELEMENTS = {
    "title": "`title`, else the address",
    "link": "`canonical_url`, else `url`",
    "guid": "`feedmill:ID:REVISION`, no address: an edited article comes as a new item",
    "pubDate": "`published_at`, else `first_seen_at`",
    "dc:creator": "each of `authors`",
    "category": "each of `tags`",
    "dc:language": "`language`",
    "description": "`summary`",
    "content:encoded": "`text`, a `<p>` for each paragraph",
}
