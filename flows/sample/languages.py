"""What a language brings to every site: dates, readers' names and remarks, and each platform's furniture."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from flows.sample.sites import HERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One file of ``languages/``."""

    code: str
    is_rtl: bool = False
    date: str  # {day}, {month}, {year}
    months: tuple[str, ...]
    readers: tuple[str, ...]
    remarks: tuple[str, ...]
    joiner: str = " "
    updated: str  # marks a corrected summary
    correction: str  # a paragraph; knows {title} and {date}
    blogger: Mapping[str, str]
    wordpress: Mapping[str, str]
    news: Mapping[str, str]

    def day(self, moment: datetime) -> str:
        """A date as this language writes it."""
        return self.date.format(day=moment.day, month=self.months[moment.month - 1], year=moment.year)


@cache
def read_language(code: str) -> Language:
    """The language of ``languages/<code>.toml``."""
    fields = tomllib.loads((HERE / "languages" / f"{code}.toml").read_text(encoding="utf-8"))
    lists: dict[str, Any] = {key: tuple(fields.pop(key)) for key in ("months", "readers", "remarks")}
    return Language(code=code, **lists, **fields)
