"""The sets of pages with known text beside the repository, and their two halves."""

import gzip
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / ".." / "shared" / "data" / "articles"


@dataclass(frozen=True, slots=True)
class Sample:
    """A page and what is known to be true of it; ``comments`` are the readers', not part of the text."""

    id: str
    url: str | None
    html: str
    text: str
    comments: str = ""
    without: tuple[str, ...] = ()
    title: str | None = None
    author: str | None = None
    date: str | None = None

    @property
    def half(self) -> int:
        """0: the half that thresholds are tuned on; 1: the half that is only reported."""
        return hashlib.sha256(self.id.encode()).digest()[-1] % 2


def list_sets(folder: Path = FOLDER) -> dict[str, Path]:
    """The sets that are there, by name."""
    return {path.name.removesuffix(".jsonl.gz"): path for path in sorted(folder.glob("*.jsonl.gz"))}


def load_set(path: Path, most: int | None = None) -> list[Sample]:
    """The pages of a set; with ``most``, evenly spread over it."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        samples = [_read(json.loads(line)) for line in lines]
    step = max(1, len(samples) // most) if most else 1
    return samples[::step][:most]


def _read(row: dict[str, Any]) -> Sample:
    return Sample(
        id=str(row["id"]),
        url=row.get("url"),
        html=row["html"],
        text=row.get("text") or "",
        comments=row.get("comments") or "",
        without=tuple(row.get("without") or ()),
        title=row.get("title"),
        author=row.get("author"),
        date=(row.get("date") or "")[:10] or None,
    )
