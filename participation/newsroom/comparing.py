"""Two wordings of a text beside each other, with the words marked that one has and the other hasn't."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from markupsafe import Markup

# Words, the space between them, and each other sign by itself: a changed comma marks the comma alone.
_PIECE = re.compile(r"\w+|\s+|[^\w\s]")
_OLD, _NEW = Markup("<del>{}</del>"), Markup("<ins>{}</ins>")


def marked(old: str, new: str) -> tuple[Markup, Markup]:
    """The old with what is gone marked as deleted, and the new with what has come marked as inserted."""
    pairs = list(_pairs(_PIECE.findall(old), _PIECE.findall(new)))
    return _joined(((before, before != after) for before, after in pairs), _OLD), _joined(
        ((after, before != after) for before, after in pairs), _NEW
    )


def _pairs(old: list[str], new: list[str]) -> Iterable[tuple[str, str]]:
    """The texts in parts, old and new; between two changes a space alone is a part of the change."""
    held_old = held_new = ""
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        before, after = "".join(old[start:end]), "".join(new[new_start:new_end])
        if kind == "equal" and (before.strip() or not held_old + held_new):
            yield held_old, held_new
            yield before, after
            held_old = held_new = ""
        else:
            held_old, held_new = held_old + before, held_new + after
    yield held_old, held_new


def _joined(parts: Iterable[tuple[str, bool]], mark: Markup) -> Markup:
    return Markup("").join(mark.format(text) if is_changed else text for text, is_changed in parts if text)
