"""Simple pictures for the demo, drawn here: no photos of real people or places."""

from collections.abc import Callable
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw

from participation.demo import drawn_needs
from participation.demo.drawn_needs import APPLE, GREEN, LIGHT, NIGHT, PAPER, Draw

SIZE_PX = (1600, 900)


@cache
def drawn(name: str) -> bytes:
    """The picture of that name, as PNG."""
    picture = Image.new("RGB", SIZE_PX, NIGHT)
    _PICTURES[name](ImageDraw.Draw(picture))
    data = BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


def _lamps(draw: Draw) -> None:
    draw.polygon([(0, 900), (1600, 900), (1600, 760), (0, 640)], fill=GREEN)
    draw.polygon([(200, 900), (1250, 900), (1600, 790), (1600, 765)], fill=PAPER)
    for number in range(4):
        x, top, tall = 220 + number * 380, 250 + number * 60, 480 - number * 75
        glow = 150 - number * 20
        draw.ellipse((x - glow, top - glow, x + glow, top + glow), fill="#2c5a3b")
        draw.line((x, top, x, top + tall), fill=PAPER, width=12)
        draw.ellipse((x - 38, top - 38, x + 38, top + 38), fill=LIGHT)


def _shelves(draw: Draw) -> None:
    draw.rectangle((250, 120, 1350, 780), fill=LIGHT)
    colours = (GREEN, APPLE, NIGHT, "#857f70", "#c9606a")
    for row in range(3):
        bottom = 310 + row * 210
        for number in range(19):
            left, tall = 290 + number * 54, 120 + (number * 37 + row * 53) % 50
            draw.rectangle((left, bottom - tall, left + 40, bottom), fill=colours[(number + row * 2) % len(colours)])
        draw.rectangle((270, bottom, 1330, bottom + 12), fill="#857f70")
    draw.ellipse((1420, 90, 1510, 180), fill=PAPER)


_PICTURES: dict[str, Callable[[Draw], None]] = {
    "lamps": _lamps,
    "shelves": _shelves,
    **drawn_needs.PICTURES,
}
