"""Tables, cells and moments as the dashboard's markdown takes them: whatever came from the world shows as it is."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from shlex import quote
from textwrap import wrap
from typing import Any

from ingest.decide.schedule import NEVER
from ingest.redact import redact
from ingest.text import escape_markdown, strip_controls


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A markdown table: numbers to the right, all else to the left. Cells are safe already (``shown``, ``link``)."""
    body = [list(row) for row in rows]
    sides = ["---:" if all(not isinstance(row[at], str) for row in body) else "---" for at in range(len(head))]
    lines = [f"| {' | '.join(head)} |", f"|{'|'.join(sides)}|"]
    return "\n".join([*lines, *(f"| {' | '.join(map(_cell, row))} |" for row in body)])


def _cell(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def shown(text: str, width: int) -> str:
    """Text of any origin as a cell: on one line, no wider than so many characters, escaped."""
    line = " ".join(strip_controls(redact(text)).split())
    return escape_markdown(short(line, width))


def fact(text: str, width: int) -> str:
    """A sentence of any origin as ``shown`` gives it, its addresses as code.

    The dashboard makes links of addresses by itself, and would take our escapes for a part of them.
    """
    return _ADDRESS.sub(_as_code, shown(text, width))


def _as_code(found: re.Match[str]) -> str:
    return f"`{_ESCAPE.sub('', found[1]).translate(_CODED)}`{found[2]}"


# Without the stop behind it.
_ADDRESS = re.compile(r"(https?://(?:\\.|[^\s\\])+?)((?:\\?[.,:;!?)])*)(?=\s|$)")
_ESCAPE = re.compile(r"\\(?=.)")


def folded(text: str, width: int, lines: int = 2) -> str:
    """Text of any origin as a cell of a table artifact: on so many lines, none wider than so many characters, escaped.

    The dashboard breaks no line of such a cell: what is wide is to be scrolled for.
    """
    line = " ".join(strip_controls(redact(text)).split())
    broken = wrap(short(line, 4 * width * lines), width, break_on_hyphens=False)
    kept = broken[:lines]
    if len(broken) > lines:
        kept[-1] = f"{kept[-1][: width - 1]}…"
    return below(*(_LINE_START.sub(r"\1\\\2", escape_markdown(one)) for one in kept))


_LINE_START = re.compile(r"^(\d*)([.=])")  # of a list, or below a heading


def below(*lines: str) -> str:
    """Lines of a cell below each other; they are safe already."""
    return "  \n".join(lines)


def short(text: str, width: int) -> str:
    """Text cut off with an ellipsis where it is longer."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def command(*words: str) -> str:
    """A command to type, as code: the words quoted for a shell, and nothing in them that ends the code or the cell."""
    return f"`{plain_command(*words)}`"


def commands(lines: Iterable[str]) -> str:
    """Commands as ``plain_command`` gives them, below each other: a table would cut them off. Doubles are left out."""
    return "```\n" + "\n".join(dict.fromkeys(lines)) + "\n```"


def plain_command(*words: str) -> str:
    """The same without the marks of code; whatever a shell or markdown would take amiss in an address is escaped."""
    return " ".join(quote(redact(strip_controls(word)).translate(_CODED)) for word in words)


def without_scheme(url: str) -> str:
    """An address as it is spoken of; what is secret in it is known by the whole of it."""
    return redact(url).partition("://")[2] or url


_CODED = {ord(sign): f"%{ord(sign):02X}" for sign in "`|\n\r\t"}


def link(words: str, url: str | None) -> str:
    """Words of ours that lead to an address of the web; nothing without one, or with another kind.

    Words of others would not do: the dashboard shows the escapes within a link.
    """
    if not url or not url.startswith(("http://", "https://")) or redact(url) != url:
        return ""
    return f"[{words}](<{strip_controls(url).translate(_LINKED)}>)"


_LINKED = _CODED | {ord(sign): f"%{ord(sign):02X}" for sign in '<>\\ "()[]'}


def lines_of(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """A document's numbers as rows: what, how many; those of kinds below each other."""
    lines: list[tuple[str, Any]] = []
    for name, value in values.items():
        label = name.replace("_", " ")
        if isinstance(value, Mapping):
            lines += [(f"{label}: {kind}", count) for kind, count in sorted(value.items())]
        else:
            lines.append((label, value))
    return lines


def day(value: datetime | None) -> str:
    """A day in UTC; nothing where there is none."""
    return f"{value:%Y-%m-%d}" if value else ""


def minute(value: datetime | None) -> str:
    """A moment in UTC to the minute."""
    return f"{value:%Y-%m-%d %H:%M} UTC" if value and value < NEVER else "never"


def minute_below_day(value: datetime | None) -> str:
    """The same in a narrow column."""
    return below(*minute(value).split(" ", 1))


def counted(count: int, thing: str) -> str:
    """So many of a thing: "1 article", "2,400 articles"."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
