"""Text that was decoded with the wrong encoding is repaired, and only that: curly quotes and the rest stay."""

import ftfy
from ftfy.badness import is_bad


def repair_encoding(text: str) -> str:
    """The text, its encoding fixed line by line where it shows the marks of a wrong one."""
    if text.isascii() or not is_bad(text):
        return text
    lines = text.split("\n")
    return "\n".join(ftfy.fix_encoding(line) if is_bad(line) else line for line in lines)
