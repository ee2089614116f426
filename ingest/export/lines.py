"""Articles as lines: JSON Lines, and CSV as spreadsheets and pandas read it."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ingest.export.schema import FIELDS
from ingest.text import escape_csv_cell

_SEPARATOR = "; "


def csv_lines(articles: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A header and a row for each article (RFC 4180); lists are joined by "; ", ``removed`` is JSON.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    yield _row([field.name for field in FIELDS])
    for article in articles:
        yield _row([_cell(article[field.name], field.kind) for field in FIELDS])


def _row(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _cell(value: Any, kind: str) -> str:
    if value is None:
        return ""
    if kind == "texts":
        return escape_csv_cell(_SEPARATOR.join(value))
    if kind == "removals":
        return json.dumps(value, ensure_ascii=False) if value else ""
    return str(value) if kind == "integer" else escape_csv_cell(str(value))
