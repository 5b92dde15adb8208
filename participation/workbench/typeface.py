"""The site's own hand as a PDF can hold it: one weight of the variable font, cut out of it once and kept."""

import os
import tempfile
import unicodedata
from functools import cache
from pathlib import Path

from participation import paths
from participation.web.assets import Assets

_TEXT_SIZE = 14
_FOLDER = "fonts"
# The letters of Norwegian, and those that few names have.
HAND = ("inter.woff2", "inter-ext.woff2")


def font_file(asset: str, weight: int, *, folder: Path) -> Path:
    """The font at that weight. Takes half a second the first time; the asset's name says which version it is of."""
    source = Assets(paths.STATIC).path(asset)
    kept = folder / _FOLDER / f"{source.stem}-{weight}.ttf"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        _cut(source, weight, kept)
    return kept


def unprintable(text: str) -> list[str]:
    """The letters of the text that our hand does not have, each once."""
    known = _letters()
    composed = unicodedata.normalize("NFC", text)
    return [letter for letter in dict.fromkeys(composed) if not letter.isspace() and ord(letter) not in known]


@cache
def _letters() -> frozenset[int]:
    return frozenset(code for asset in HAND for code in _letters_of(Assets(paths.STATIC).path(asset)))


# fontTools is imported where it is used: every process would start more slowly, and only letters need it.
def _letters_of(file: Path) -> list[int]:
    from fontTools.ttLib import TTFont

    with TTFont(file) as font:
        return list(font.getBestCmap())


def _cut(source: Path, weight: int, kept: Path) -> None:
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font = TTFont(source, recalcTimestamp=False)
    cut = instantiateVariableFont(font, {"wght": weight, "opsz": _TEXT_SIZE}, static=True)
    cut.flavor = None
    # Two that cut it at once each write their own, and the last one stays.
    handle, fresh = tempfile.mkstemp(dir=kept.parent, suffix=".new")
    with os.fdopen(handle, "wb") as out:
        cut.save(out)
    Path(fresh).replace(kept)
