"""The article in an application's state: the object that says the page's title, and the body that it holds."""

from collections.abc import Iterator
from html import escape, unescape
from typing import Any

from ingest.extract.titles import likeness

_MOST_NODES = 50_000
_MOST_PARTS = 5_000
_SAME_TITLE = 0.8
_TITLES = ("title", "headline", "name", "hed", "seoTitle", "metaTitle")
_BODIES = (
    "articleBody", "body", "content", "bodyHtml", "body_html", "contentHtml", "content_html", "html", "fullText",
    "text", "richText", "paragraphs", "blocks", "components", "sections", "story", "document", "children", "nodes",
)  # fmt: skip
_PARTS = ("rendered", *_BODIES, "value", "data", "items", "elements", "paragraph", "attrs", "props")
_INLINE = frozenset({"text", "link", "a", "strong", "em", "bold", "italic", "span", "hyperlink", "underline", "code"})
_NO_TEXT = frozenset(
    {"image", "img", "video", "embed", "ad", "gallery", "script", "iframe", "newsletter", "related", "caption"}
)
_SENTENCE = 80  # characters: unnamed items of this length are paragraphs


def list_bodies(state: Any, title: str) -> Iterator[str]:
    """As HTML, the body of each object that calls itself as the page does."""
    waiting = [state]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, dict):
            if _is_about(node, title):
                yield _body_of(node)
            waiting.extend(value for value in node.values() if isinstance(value, dict | list))
        else:
            waiting.extend(item for item in node if isinstance(item, dict | list))


def _is_about(node: dict[str, Any], title: str) -> bool:
    told = (node.get(name) for name in _TITLES)
    texts = (text.get("rendered") if isinstance(text, dict) else text for text in told)
    return any(isinstance(text, str) and likeness(text, title) >= _SAME_TITLE for text in texts)


def _body_of(node: dict[str, Any]) -> str:
    """The longest of its bodies: beside the text an object may have a summary of the same name's kind."""
    bodies = ("".join(_paragraphs(node[name], [0])) for name in _BODIES if node.get(name))
    return max(bodies, key=len, default="")


def _paragraphs(value: Any, count: list[int]) -> Iterator[str]:
    """The paragraphs of a body, however it is nested; ``count`` bounds how many parts are looked at."""
    count[0] += 1
    if count[0] > _MOST_PARTS:
        return
    if isinstance(value, str):
        yield as_html(value)
    elif isinstance(value, list):
        if value and all(_is_inline(item) for item in value):
            yield f"<p>{''.join(map(_inline_text, value))}</p>"
        else:
            for item in value:
                yield from _paragraphs(item, count)
    elif isinstance(value, dict) and _type_of(value) not in _NO_TEXT:
        for name in _PARTS:
            if isinstance(value.get(name), str | list | dict):
                yield from _paragraphs(value[name], count)
                return


def as_html(text: str) -> str:
    """A stated text as HTML, which it may be: of a plain one the lines, without those that are a single word or key."""
    if "</" in text or "<br" in text:
        return text
    lines = (unescape(line).strip() for line in text.split("\n"))
    return "".join(f"<p>{escape(line)}</p>" for line in lines if " " in line or not line.isascii())


def _is_inline(item: Any) -> bool:
    """Whether an item is a run of text within a paragraph, as editors store them."""
    if not isinstance(item, dict):
        return False
    kind = _type_of(item)
    text = item.get("text", item.get("value"))
    if kind:
        return kind in _INLINE
    return isinstance(text, str) and not (len(text) >= _SENTENCE and text.rstrip().endswith((".", "!", "?", "。")))


def _inline_text(item: dict[str, Any]) -> str:
    text = next((item[name] for name in ("text", "value") if isinstance(item.get(name), str)), None)
    if text is not None:
        return escape(text)
    inner: list[Any] = next(
        (item[name] for name in ("children", "content", "nodes") if isinstance(item.get(name), list)), []
    )
    return "".join(_inline_text(part) for part in inner[:_MOST_PARTS] if isinstance(part, dict))


def _type_of(item: dict[str, Any]) -> str:
    kind = item.get("type", item.get("nodeType", item.get("_type", item.get("__typename", ""))))
    return kind.lower() if isinstance(kind, str) else ""
