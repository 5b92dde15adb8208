"""Inter on pictures: what it can show of a text, broken into lines and made small enough for a box."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby

from PIL import ImageDraw, ImageFont

from participation import paths
from participation.web.assets import Assets

REGULAR, MEDIUM, BOLD = 400, 500, 700
LINE_HEIGHT = 1.24
# Norwegian's letters are in the first; those of Sámi and of more languages in the second.
_FILES = ("inter.woff2", "inter-ext.woff2")
_NO_LETTER = "\U0010ffff"
_SAMPLE_PX = 20
_OPTICAL_SIZES = (14, 32)


@dataclass(frozen=True)
class Block:
    """Lines of text at the size they fit at."""

    lines: list[str]
    size: int
    weight: int

    @property
    def height(self) -> int:
        return round(len(self.lines) * self.size * LINE_HEIGHT)

    @property
    def width(self) -> int:
        return round(max(width_of(line, size=self.size, weight=self.weight) for line in self.lines))


def fitted(text: str, *, width: int, height: int, largest: int, smallest: int, weight: int = REGULAR) -> Block:
    """The text as large as the box lets it be; at its smallest it is cut."""
    shown = showable(text)
    for size in range(largest, smallest - 1, -2):
        block = Block(_even_lines(shown, width=width, size=size, weight=weight), size, weight)
        if block.height <= height:
            return block
    return _cut(shown, width=width, height=height, size=smallest, weight=weight)


def _cut(text: str, *, width: int, height: int, size: int, weight: int) -> Block:
    room = max(int(height / (size * LINE_HEIGHT)), 1)
    lines = _lines(text, width=width, size=size, weight=weight)[:room]
    while lines[-1] and width_of(lines[-1] + "…", size=size, weight=weight) > width:
        lines[-1] = lines[-1][:-1]
    return Block([*lines[:-1], lines[-1].rstrip() + "…"], size, weight)


def write(draw: ImageDraw.ImageDraw, block: Block, *, at: tuple[int, int], colour: str) -> int:
    """Write the lines; returns where the next may begin."""
    x, y = at
    for line in block.lines:
        place = float(x)
        for font, run in _runs(line, size=block.size, weight=block.weight):
            draw.text((place, y + block.size), run, font=font, fill=colour, anchor="ls")
            place += font.getlength(run)
        y += round(block.size * LINE_HEIGHT)
    return y


def width_of(line: str, *, size: int, weight: int) -> float:
    return sum(font.getlength(run) for font, run in _runs(line, size=size, weight=weight))


def showable(text: str) -> str:
    """The text on one line, without what no letter of ours shows: emoji, other scripts, marks that are not seen."""
    composed = unicodedata.normalize("NFC", text)
    spaced = (" " if character.isspace() else character for character in composed)
    return " ".join("".join(letter for letter in spaced if _file_of(letter) is not None).split())


def _even_lines(text: str, *, width: int, size: int, weight: int) -> list[str]:
    """As few lines as the width lets there be, and no last word alone on its line where it can be helped."""
    lines = best = _lines(text, width=width, size=size, weight=weight)
    widest_word = max((width_of(word, size=size, weight=weight) for word in text.split()), default=0)
    while len(lines) == len(best) > 1 and widest_word <= width:
        best, width = lines, width - size // 2
        lines = _lines(text, width=width, size=size, weight=weight)
    return best


def _lines(text: str, *, width: int, size: int, weight: int) -> list[str]:
    lines, line = [], ""
    for word in _words(text, width=width, size=size, weight=weight):
        longer = f"{line} {word}" if line else word
        if line and width_of(longer, size=size, weight=weight) > width:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line]


def _words(text: str, *, width: int, size: int, weight: int) -> Iterator[str]:
    """Its words, those too long for a line in pieces."""
    for word in text.split():
        if width_of(word, size=size, weight=weight) <= width:
            yield word
            continue
        piece = ""
        for letter in word:
            if piece and width_of(piece + letter, size=size, weight=weight) > width:
                yield piece
                piece = ""
            piece += letter
        yield piece


def _runs(line: str, *, size: int, weight: int) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
    for file, letters in groupby(line, key=lambda letter: _file_of(letter) or _FILES[0]):
        yield _font(file, size, weight), "".join(letters)


@cache
def _font(file: str, size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(_assets().path(file)), size)
    smallest, largest = _OPTICAL_SIZES
    # Where a picture is shared it is shown at half its size or less.
    font.set_variation_by_axes([min(max(size // 2, smallest), largest), weight])
    return font


@cache
def _assets() -> Assets:
    return Assets(paths.STATIC)


def _file_of(letter: str) -> str | None:
    """The file that has the letter."""
    if letter == " ":
        return _FILES[0]
    if unicodedata.category(letter)[0] in "CZM":
        return None
    return _file_with(letter)


@lru_cache(maxsize=4096)
def _file_with(letter: str) -> str | None:
    return next((file for file in _FILES if _shape(file, letter) != _shape(file, _NO_LETTER)), None)


def _shape(file: str, letter: str) -> tuple[tuple[int, int], bytes]:
    """How it looks: a letter that is missing looks as all that are missing do."""
    mask = _font(file, _SAMPLE_PX, REGULAR).getmask(letter)
    return mask.size, bytes(mask)
