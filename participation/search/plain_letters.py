"""Letters that any keyboard has. Pure."""

import unicodedata

_PLAIN = str.maketrans({"æ": "a", "ø": "o", "å": "a", "ä": "a", "ö": "o", "ð": "d", "þ": "t", "ß": "s", "đ": "d"})
WITHOUT_KEYS = (("aa", "å"), ("ae", "æ"), ("oe", "ø"))


def plain(word: str) -> str:
    """The word in letters that any keyboard has."""
    decomposed = unicodedata.normalize("NFD", word.translate(_PLAIN))
    # Marks of any kind: some letters of other scripts are put together of a letter and a mark with room of its own.
    bare = "".join(letter for letter in decomposed if not unicodedata.category(letter).startswith("M"))
    shorter = _without_digraphs(bare)
    while shorter != bare:
        bare, shorter = shorter, _without_digraphs(shorter)
    return bare


def _without_digraphs(word: str) -> str:
    for written, letter in WITHOUT_KEYS:
        word = word.replace(written, letter.translate(_PLAIN))
    return word
