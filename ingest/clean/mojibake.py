"""Text that was decoded with the wrong encoding is repaired, and only that: curly quotes and the rest stay."""

import re

# The first two letters of what UTF-8 becomes under windows-1252 and 1251: a cheap question before a dear one.
_SUSPECT = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|[РС][\u00a0-\u00bfЂЃѓЉЊЌЋЏђљњќћџЎўЈҐЁЄЇІіґё№єјЅѕї]"
)


def repair_encoding(text: str) -> str:
    """The text, its encoding fixed line by line where it shows the marks of a wrong one.

    ftfy is imported for such texts alone: it takes .04 s.
    """
    if text.isascii() or not _SUSPECT.search(text):
        return text
    return "\n".join(_repair_line(line) for line in text.split("\n"))


def _repair_line(line: str) -> str:
    import ftfy
    from ftfy.badness import is_bad

    return ftfy.fix_encoding(line) if _SUSPECT.search(line) and is_bad(line) else line
