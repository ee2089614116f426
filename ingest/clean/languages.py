"""A text's language, guessed from its beginning, for texts that come without a word about it."""

import py3langid

_SAMPLE_CHARS = 1_500
_MIN_CHARS = 40  # shorter texts are guessed at random


def guess_language(text: str) -> str | None:
    """The primary subtag (ISO 639-1), or None for too little text."""
    sample = " ".join(text[: 2 * _SAMPLE_CHARS].split())[:_SAMPLE_CHARS]
    if len(sample) < _MIN_CHARS:
        return None
    return str(py3langid.classify(sample)[0])
