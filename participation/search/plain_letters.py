"""Letters that any keyboard has. Pure."""

import unicodedata

_PLAIN = str.maketrans({"æ": "a", "ø": "o", "å": "a", "ä": "a", "ö": "o", "ð": "d", "þ": "t", "ß": "s", "đ": "d"})
WITHOUT_KEYS = (("aa", "å"), ("ae", "æ"), ("oe", "ø"))


def plain(word: str) -> str:
    """The word in letters that any keyboard has."""
    decomposed = unicodedata.normalize("NFD", word.translate(_PLAIN))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    shorter = _without_digraphs(bare)
    while shorter != bare:
        bare, shorter = shorter, _without_digraphs(shorter)
    return bare


def _without_digraphs(word: str) -> str:
    for written, letter in WITHOUT_KEYS:
        word = word.replace(written, letter.translate(_PLAIN))
    return word
