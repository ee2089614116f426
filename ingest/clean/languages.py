"""A text's language, guessed from its beginning, for texts that come without a word about it."""

from ingest.languagemodel import detect_language

_SAMPLE_CHARS = 1_500
_MIN_CHARS = 40  # shorter texts are guessed at random


def name_language(language: str | None, text: str) -> str | None:
    """The primary subtag of what is said about the language ("pt_BR": "pt"), else a guess."""
    if language:
        return language.replace("_", "-").split("-")[0].casefold()
    return guess_language(text)


def guess_language(text: str) -> str | None:
    """The primary subtag (ISO 639-1), or None for too little text."""
    sample = " ".join(text[: 2 * _SAMPLE_CHARS].split())[:_SAMPLE_CHARS]
    if len(sample) < _MIN_CHARS:
        return None
    return detect_language(sample)
