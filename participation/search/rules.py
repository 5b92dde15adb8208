"""How text is made comparable."""

import unicodedata

WORDS_MAX = 8


def normalise(text: str) -> str:
    """Lower case, one space between words, composed letters: the same for what is kept and what is asked."""
    # PostgreSQL takes no NUL in any text.
    return " ".join(unicodedata.normalize("NFKC", text.replace("\x00", " ")).casefold().split())


def words(query: str) -> list[str]:
    """The first few different words of a query, as they are looked for."""
    return list(dict.fromkeys(normalise(query).split()))[:WORDS_MAX]
