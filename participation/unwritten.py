"""What a template leaves in a text: fields in braces as {tittel}, and gaps as [skriv hvorfor]. Pure.

No page, mail or letter shows either: what writes a need's timeline, and what announces anything, asks here.
"""

import re
from collections.abc import Iterator
from typing import Any

from participation.refusals import Refusal

# One that is escaped came from what a resident wrote, which is filled in so.
FIELD = re.compile(r"(?<!\\)\{ *([a-zæøå_]+) *\}")
# A link that begins with the same word is none, and neither is what a resident wrote, which is filled in escaped.
_GAP = re.compile(r"(?<!\\)\[skriv\b[^\[\]\n]*\](?!\()", re.IGNORECASE)


def names_in(*texts: str) -> list[str]:
    """The words in braces, as they are written, each once."""
    return list(dict.fromkeys(name for text in texts for name in FIELD.findall(text)))


def gaps(*texts: str) -> list[str]:
    """What a template leaves to be written each time, as [skriv hvorfor]: each once, as it stands."""
    return list(dict.fromkeys(gap for text in texts for gap in _GAP.findall(text)))


def mark_gaps(text: str, *, around: tuple[str, str]) -> str:
    return _GAP.sub(lambda match: around[0] + match[0] + around[1], text)


def left_in(*texts: str) -> list[str]:
    """All that is still to be written or filled in, as it stands."""
    return [*(f"{{{name}}}" for name in names_in(*texts)), *gaps(*texts)]


def may_be_read(*texts: str) -> Refusal | None:
    """Whether people may read the texts as they are."""
    return Refusal.FIELD_UNFILLED if left_in(*texts) else None


def texts_in(words: Any) -> Iterator[str]:
    """Every text in what JSON keeps."""
    if isinstance(words, str):
        yield words
    elif isinstance(words, dict):
        yield from (text for part in words.values() for text in texts_in(part))
    elif isinstance(words, list | tuple):
        yield from (text for part in words for text in texts_in(part))
