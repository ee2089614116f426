"""Words that a printed page had split are rejoined."""


def rejoin_words(text: str, language: str | None) -> str:
    """Text."""
    return text
