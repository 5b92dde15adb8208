"""Pictures for sharing: what a need is, or what one led to, as it shows where a link is passed on."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from functools import cache
from io import BytesIO
from threading import Lock
from xml.etree.ElementTree import Element, fromstring

from PIL import Image, ImageDraw

from participation import paths
from participation.needs.rules import NeedState
from participation.opendata.strokes import LINE, Stroke, painted, placed, strokes_of
from participation.opendata.typeface import BOLD, MEDIUM, REGULAR, Block, fitted, showable, write
from participation.web.assets import Assets

WIDTH_PX, HEIGHT_PX = 1200, 630
# Counts up when the pictures are drawn in another way, so that those kept from before are made anew.
_DESIGN = 2
_MARGIN = 72
_COLOURS = 128
# The same as in static/css/tokens.css and front.css, light.
_PAPER, _INK, _SOFT, _LINE = "#faf8f3", "#22261f", "#595850", "#e0dbcd"
_GREEN, _TINT, _APPLE, _BLOSSOM = "#1f6b3a", "#e6efe5", "#b3202c", "#f8ebe6"
_GROUND, _GROUND_INK, _GROUND_SOFT = "#143821", "#f3f1e7", "#b9dfc4"
_BRANCH = {
    LINE: "#22452e",
    "wood": "#efe8d8",
    "leaf": "#d9e7d3",
    "fruit": "#dce8bd",
    "bud": "#dce8bd",
    "petal": "#f6dad3",
    "apple": "#e06a70",
}
_BARE = _BRANCH | {"apple": "#d9d4c5", "petal": "#efe8d8"}
_STATE_DRAWINGS = {
    NeedState.RECEIVED: "bud",
    NeedState.ASSESSING: "blossom",
    NeedState.ACCEPTED: "blossom",
    NeedState.IN_PROJECT: "green-fruit",
    NeedState.TESTING: "green-fruit",
    NeedState.IN_USE: "apple",
}
_UNITS = 24
# One at a time: letters are not shared well between threads, and pages go before pictures.
_one_at_a_time = Lock()


@dataclass(frozen=True, kw_only=True)
class OutcomePicture:
    """A need in its own words, and what it led to. Every word on the picture, in the language asked for."""

    site_name: str
    said_label: str
    need: str
    people: str
    did_label: str
    outcome: str
    in_use: bool


@dataclass(frozen=True, kw_only=True)
class NeedPicture:
    site_name: str
    title: str
    people: str
    state: NeedState
    state_word: str
    question: str


Words = OutcomePicture | NeedPicture


def digest(words: Words) -> str:
    """Names the picture: another for other words, and for another design."""
    text = json.dumps([_DESIGN, type(words).__name__, asdict(words)])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def draw(words: Words) -> bytes:
    """The picture as a PNG. Takes about a fifth of a second."""
    with _one_at_a_time:
        picture = _outcome(words) if isinstance(words, OutcomePicture) else _need(words)
    out = BytesIO()
    picture.quantize(_COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _outcome(words: OutcomePicture) -> Image.Image:
    picture, pen = _paper(words.site_name)
    band = 396
    branch = _branch(620, in_use=words.in_use)
    picture.paste(branch, (WIDTH_PX - 620, 60), branch)
    pen.rectangle((0, band, WIDTH_PX, HEIGHT_PX), fill=_GROUND if words.in_use else _SOFT)
    y = _said(pen, words) if showable(words.need) else 190
    _people(picture, pen, words.people, at=(_MARGIN, y + 14))
    y = write(pen, _small(words.did_label, MEDIUM), at=(_MARGIN, band + 28), colour=_GROUND_SOFT)
    title = fitted(words.outcome, width=WIDTH_PX - 2 * _MARGIN, height=142, largest=58, smallest=34, weight=BOLD)
    write(pen, title, at=(_MARGIN, y + 4 + (142 - title.height) // 4), colour=_GROUND_INK)
    return picture


def _said(pen: ImageDraw.ImageDraw, words: OutcomePicture) -> int:
    y = write(pen, _small(words.said_label, MEDIUM), at=(_MARGIN, 134), colour=_GREEN)
    quote = fitted(f"«{showable(words.need)}»", width=500, height=150, largest=42, smallest=26, weight=MEDIUM)
    return write(pen, quote, at=(_MARGIN, y + 6), colour=_INK)


def _need(words: NeedPicture) -> Image.Image:
    picture, pen = _paper(words.site_name)
    edge, in_use = 836, words.state is NeedState.IN_USE
    pen.rectangle((edge, 0, WIDTH_PX, HEIGHT_PX), fill=_BLOSSOM if in_use else _TINT)
    name = _STATE_DRAWINGS.get(words.state, "leaf")
    colour = _APPLE if in_use else _GREEN
    drawing = _drawing(name, 220, colour, 5)
    picture.paste(drawing, (edge + (WIDTH_PX - edge - 220) // 2, 160), drawing)
    _centred(pen, words.state_word, between=(edge, WIDTH_PX), y=416)
    title = fitted(words.title, width=edge - 2 * _MARGIN, height=250, largest=64, smallest=34, weight=BOLD)
    y = write(pen, title, at=(_MARGIN, 150), colour=_INK)
    _people(picture, pen, words.people, at=(_MARGIN, y + 24))
    if words.question:
        pen.line((_MARGIN, 520, edge - _MARGIN, 520), fill=_LINE, width=2)
        write(pen, _small(words.question, MEDIUM), at=(_MARGIN, 542), colour=_GREEN)
    return picture


def _centred(pen: ImageDraw.ImageDraw, text: str, *, between: tuple[int, int], y: int) -> None:
    left, right = between
    block = fitted(text, width=right - left - 60, height=96, largest=36, smallest=20, weight=MEDIUM)
    for line in block.lines:
        alone = Block([line], block.size, block.weight)
        y = write(pen, alone, at=((left + right - alone.width) // 2, y), colour=_INK)


def _paper(site_name: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), _PAPER)
    pen = ImageDraw.Draw(picture)
    blossom = _drawing("blossom", 52, _GREEN, 2.5)
    picture.paste(blossom, (_MARGIN - 4, 48), blossom)
    name = fitted(site_name, width=480, height=44, largest=32, smallest=20, weight=BOLD)
    write(pen, name, at=(_MARGIN + 64, 54), colour=_INK)
    return picture, pen


def _small(text: str, weight: int = REGULAR) -> Block:
    return fitted(text, width=560, height=40, largest=28, smallest=18, weight=weight)


def _people(picture: Image.Image, pen: ImageDraw.ImageDraw, text: str, *, at: tuple[int, int]) -> None:
    if not text:
        return
    drawing = _drawing("people", 34, _SOFT, 2.2)
    picture.paste(drawing, at, drawing)
    write(pen, _small(text), at=(at[0] + 46, at[1]), colour=_SOFT)


@cache
def _branch(width: int, *, in_use: bool) -> Image.Image:
    """The branch of the front page, so wide: from bud to apple, which is red while what came of it is in use."""
    source = (paths.TEMPLATES / "components/branch.html").read_text()
    branch = fromstring(re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL))  # noqa: S314  our own drawing
    x, y, width_units, height_units = (float(number) for number in branch.attrib["viewBox"].split())
    scale = width / width_units
    strokes = placed(list(strokes_of(branch)), scale=scale, shift=(-x * scale, -y * scale))
    return painted(
        strokes, size=(width, round(height_units * scale)), colours=_BRANCH if in_use else _BARE, line_px=2.2
    )


@cache
def _drawing(name: str, size: int, colour: str, line_px: float) -> Image.Image:
    strokes: list[Stroke] = placed(list(strokes_of(_symbols()[name])), scale=size / _UNITS)
    return painted(strokes, size=(size, size), colours={LINE: colour}, line_px=line_px)


@cache
def _symbols() -> dict[str, Element]:
    sprite = fromstring(Assets(paths.STATIC).path("drawings.svg").read_text())  # noqa: S314  our own drawings
    return {symbol.attrib["id"]: symbol for symbol in sprite}
