"""Blogs' pages rebuilt from their templates: each theme's markup, filled with one language's words and our text."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import pytest

HERE = Path(__file__).parent
BLOGS = sorted(f"{room}/{path.stem}" for room in ("blogger", "wordpress") for path in (HERE / room).glob("*.html"))
PLATFORMS = sorted(f"platforms/{path.stem}" for path in (HERE / "platforms").glob("*.html"))
LANGUAGES = sorted(path.stem for path in (HERE / "languages").glob("*.toml"))
_PART = re.compile(r"<!--(comments|none)-->(.*?)<!--/\1-->", re.DOTALL)
_BODIES: dict[str, Callable[[list[str]], str]] = {
    "p": lambda texts: "\n".join(f"<p>{text}</p>" for text in texts),
    "div": lambda texts: "\n".join(f"<div>{text}</div>" for text in texts),
    "br": "<br /><br />\n".join,
    "break-div": lambda texts: "<div><br /></div>".join(f"<div>{text}</div>" for text in texts),
    "span-p": lambda texts: "".join(f'<p><span style="font-family: arial;">{text}</span></p><p></p>' for text in texts),
    "wp-block": lambda texts: "\n\n".join(f'<p class="wp-block-paragraph">{text}</p>' for text in texts),
}


@dataclass(frozen=True)
class Rebuilt:
    """A page as its platform would print it, and what is to come out of it."""

    html: str
    title: str
    paragraphs: tuple[str, ...]
    platform: str | None = None
    rules: tuple[str, ...] = ()  # that must take something from the page

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)


@cache
def read_language(code: str) -> dict[str, Any]:
    """One language's words, every wording filled in, by the names that templates use."""
    data = tomllib.loads((HERE / "languages" / f"{code}.toml").read_text(encoding="utf-8"))
    plain = {key: value for key, value in data.items() if isinstance(value, str)}
    author = plain | {"reader": data["name"]}
    words = {key: _fill(wording, plain) for key, wording in _name_wordings(data)}
    words |= {
        f"{room}_says2": _fill(data[name]["says"], author) for room, name in (("b", "blogger"), ("w", "wordpress"))
    }
    direction = "rtl" if code == "ar" else "ltr"
    return (
        plain
        | words
        | {"language": code, "dir": direction}
        | {key: data[key] for key in ("paragraphs", "about_furniture")}
    )


def _name_wordings(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for room in ("blogger", "wordpress", "jetpack"):
        for key, wording in data[room].items():
            if isinstance(wording, list):
                yield from ((f"{room[0]}_{key.removesuffix('s')}{place}", one) for place, one in enumerate(wording))
            else:
                yield f"{room[0]}_{key}", wording.replace("{service}", "Facebook")
                yield f"{room[0]}_{key}_x", wording.replace("{service}", "X")


def _fill(wording: str, plain: dict[str, str]) -> str:
    for key, value in plain.items():
        wording = wording.replace(f"{{{key}}}", value)
    return wording


def rebuild_page(
    template: str, code: str, *, with_comments: bool, most: int | None = None, paragraphs: Sequence[str] = ()
) -> Rebuilt:
    """The page of a template in a language; ``most``: a post of so many paragraphs; or of ``paragraphs`` instead."""
    first, _, html = (HERE / f"{template}.html").read_text(encoding="utf-8").partition("\n")
    told = json.loads(first.removeprefix("<!--").removesuffix("-->"))
    words = read_language(code)
    kept = "comments" if with_comments else "none"
    html = _PART.sub(lambda part: part[2] if part[1] == kept else "", html)
    fields = {key: escape(value, quote=False) for key, value in words.items() if isinstance(value, str)}
    paragraphs = tuple(paragraphs or words["paragraphs"][:most])
    body = _BODIES[told["body"]]([escape(text, quote=False).replace("\v", "<br>") for text in paragraphs])
    page, rules = Template(html).substitute(fields, body=body), tuple(told.get("rules", ()))
    return Rebuilt(page, words["title"], paragraphs, told.get("platform"), rules)


@pytest.fixture(params=LANGUAGES)
def code(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=BLOGS)
def template(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=PLATFORMS)
def platform_page(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def templates() -> list[str]:
    return [*BLOGS, *PLATFORMS]


@pytest.fixture(scope="session")
def rebuild() -> Callable[..., Rebuilt]:
    return rebuild_page


@pytest.fixture(scope="session")
def read_words() -> Callable[[str], dict[str, Any]]:
    return read_language
