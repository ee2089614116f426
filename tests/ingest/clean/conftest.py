"""The rules, and what blogs print around a post in twelve languages (samples/wordings.toml)."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ingest.clean.apply import CleanContext, Cleaned, clean_text
from ingest.clean.rules import Rules, load_rules

SAMPLES = Path(__file__).parent / "samples"


@dataclass(frozen=True)
class Wording:
    """What blogs print around a post in one language, in the order of their templates."""

    language: str
    prose: tuple[str, ...]
    blogger: tuple[str, ...]  # byline, labels, none, one, post a comment, newer, older, home, feed
    wordpress: tuple[str, ...]  # written by, share, like, related, none, leave a reply, e-mail note, about the author
    says: str


def _read_wordings() -> list[Wording]:
    data = tomllib.loads((SAMPLES / "wordings.toml").read_text(encoding="utf-8"))
    return [_read_wording(item) for item in data["wording"]]


def _read_wording(item: dict[str, Any]) -> Wording:
    blogger, wordpress = tuple(item["blogger"].values()), tuple(item["wordpress"].values())
    return Wording(item["language"], tuple(item["prose"]), blogger, wordpress, item["says"])


@pytest.fixture(scope="session")
def rules() -> Rules:
    return load_rules()


@pytest.fixture(params=_read_wordings(), ids=lambda wording: wording.language)
def wording(request: pytest.FixtureRequest) -> Wording:
    return request.param


@pytest.fixture(scope="session")
def clean(rules: Rules) -> Callable[..., Cleaned]:
    return lambda text, **context: clean_text(text, CleanContext(**context), rules)
