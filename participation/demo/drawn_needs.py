"""Simple pictures of the demo's needs: places anyone knows, and no real ones. In units of 1600 by 900."""

from collections.abc import Callable

from PIL import ImageDraw

PAPER, NIGHT, GREEN, LIGHT, APPLE = "#faf8f3", "#143821", "#1f6b3a", "#f8ebc6", "#b3202c"
SKY, DUSK, SNOW, STONE, ROAD, EARTH, LEAF, WATER = (
    *("#dbe7ea", "#2b4a5c", "#f3f5f4", "#857f70", "#6b6a63"),
    *("#b59a6f", "#7fa35a", "#8fb3c0"),
)
Draw = ImageDraw.ImageDraw


def _underpass(draw: Draw) -> None:
    draw.rectangle((0, 0, 1600, 900), fill=DUSK)
    draw.rectangle((0, 140, 1600, 620), fill=STONE)
    draw.rectangle((0, 140, 1600, 190), fill="#6f6a5d")
    draw.polygon([(0, 900), (1600, 900), (1000, 620), (600, 620)], fill=ROAD)
    draw.pieslice((480, 260, 1120, 980), 180, 360, fill="#0d1512")
    draw.rectangle((480, 620, 1120, 625), fill="#0d1512")
    draw.rectangle((770, 200, 830, 225), fill="#4c493f")
    draw.line((785, 225, 765, 250), fill="#4c493f", width=6)
    _person(draw, 300, 800, 1.5, APPLE)


def _bus_stop(draw: Draw) -> None:
    draw.rectangle((0, 0, 1600, 900), fill=DUSK)
    draw.rectangle((0, 720, 1600, 900), fill=ROAD)
    draw.rectangle((0, 690, 1600, 730), fill=STONE)
    draw.rectangle((420, 250, 1020, 290), fill=NIGHT)
    for x in (440, 990):
        draw.rectangle((x, 290, x + 16, 700), fill=NIGHT)
    draw.rectangle((480, 320, 960, 600), outline="#5d7d8c", width=6)
    for line in ((480, 320, 700, 460), (700, 460, 960, 390), (700, 460, 640, 600), (700, 460, 860, 600)):
        draw.line(line, fill="#9fb9c4", width=5)
    draw.rectangle((520, 630, 920, 650), fill=EARTH)
    draw.rectangle((1200, 260, 1214, 700), fill=PAPER)
    draw.rectangle((1150, 220, 1264, 330), fill=GREEN)
    _person(draw, 330, 700, 1.3, LIGHT)
    for number in range(60):
        x, y = (number * 173) % 1640, (number * 97) % 640
        draw.line((x, y, x - 14, y + 44), fill="#6f8d9c", width=3)


def _kerb(draw: Draw) -> None:
    draw.rectangle((0, 0, 1600, 900), fill=SKY)
    draw.rectangle((0, 330, 1600, 520), fill=LEAF)
    draw.rectangle((0, 520, 1600, 640), fill="#cfc8b6")
    draw.rectangle((0, 640, 1600, 700), fill=STONE)
    draw.rectangle((0, 700, 1600, 900), fill=ROAD)
    for number in range(4):
        near, far = 180 + number * 330, 240 + number * 300
        draw.polygon([(near, 900), (near + 150, 900), (far + 120, 700), (far, 700)], fill=PAPER)
    _wheelchair(draw, 760, 820)


def _gate(draw: Draw) -> None:
    draw.rectangle((0, 0, 1600, 900), fill=SKY)
    draw.ellipse((-200, 260, 900, 1100), fill=LEAF)
    draw.ellipse((700, 200, 1900, 1200), fill=GREEN)
    draw.polygon([(560, 900), (1080, 900), (850, 420), (790, 420)], fill=EARTH)
    for x in (480, 760, 880, 1160):
        draw.rectangle((x, 380, x + 26, 800), fill="#5a4630")
    for y in (440, 560, 680):
        draw.rectangle((320, y, 770, y + 22), fill="#5a4630")
        draw.rectangle((890, y, 1330, y + 22), fill="#5a4630")
    _wheelchair(draw, 820, 850)


def _apples(draw: Draw) -> None:
    draw.rectangle((0, 0, 1600, 900), fill=SKY)
    draw.rectangle((0, 560, 1600, 900), fill=LEAF)
    draw.polygon([(760, 600), (860, 600), (840, 320), (790, 320)], fill="#5a4630")
    for x, y, wide in ((520, 80, 380), (760, 40, 420), (640, 180, 440)):
        draw.ellipse((x, y, x + wide, y + 280), fill=GREEN)
    for number in range(11):
        _apple(draw, 620 + (number * 131) % 460, 140 + (number * 83) % 240, 20)
    for number in range(34):
        _apple(draw, 240 + (number * 197) % 1120, 620 + (number * 71) % 230, 26)


def _bathing(draw: Draw) -> None:
    draw.rectangle((0, 0, 1600, 900), fill=SKY)
    draw.polygon([(0, 380), (380, 250), (760, 370), (1180, 230), (1600, 360), (1600, 420), (0, 420)], fill=GREEN)
    draw.rectangle((0, 400, 1600, 900), fill=WATER)
    for number in range(14):
        x, y = (number * 263) % 1500, 450 + (number * 67) % 240
        draw.line((x, y, x + 110, y), fill="#b4d0d9", width=5)
    draw.polygon([(0, 900), (0, 720), (640, 640), (820, 900)], fill="#d9c9a3")
    draw.polygon([(420, 700), (1080, 600), (1130, 640), (500, 780)], fill="#8a6f4a")
    for x in (1040, 1090):
        draw.line((x, 560, x, 680), fill=STONE, width=10)
    _wheelchair(draw, 520, 740)


def _snow(draw: Draw) -> None:
    draw.rectangle((0, 0, 1600, 900), fill="#33506a")
    draw.rectangle((0, 470, 1600, 900), fill=SNOW)
    for x, tall in ((140, 260), (320, 330), (1280, 310), (1460, 240)):
        draw.polygon([(x - 90, 520), (x + 90, 520), (x, 520 - tall)], fill=NIGHT)
    draw.polygon([(300, 900), (1250, 900), (860, 500), (760, 500)], fill="#dfe6ea")
    for number in range(7):
        draw.ellipse((620 + number * 34, 860 - number * 50, 660 + number * 34, 878 - number * 50), fill="#b9c6cf")
    for number, colour in enumerate((APPLE, LIGHT, GREEN)):
        _person(draw, 640 + number * 150, 800 - number * 60, 1.2 - number * 0.15, colour)
    for number in range(70):
        x, y = (number * 211) % 1600, (number * 127) % 860
        draw.ellipse((x, y, x + 9, y + 9), fill=PAPER)


def _prams(draw: Draw) -> None:
    draw.rectangle((0, 0, 1600, 900), fill=SKY)
    draw.rectangle((120, 180, 1480, 700), fill=APPLE)
    draw.rectangle((120, 150, 1480, 200), fill="#5d1218")
    for x in (220, 620, 1180):
        draw.rectangle((x, 290, x + 200, 470), fill=LIGHT)
    draw.rectangle((930, 330, 1090, 700), fill=PAPER)
    draw.rectangle((0, 700, 1600, 900), fill=STONE)
    for number, colour in enumerate((NIGHT, GREEN, DUSK, "#5a4630")):
        x = 230 + number * 330
        draw.pieslice((x, 590, x + 220, 810), 90, 270, fill=colour)
        draw.rectangle((x + 108, 640, x + 230, 760), fill=colour)
        draw.line((x + 230, 650, x + 280, 610), fill=NIGHT, width=10)
        for wheel in (x + 40, x + 170):
            draw.ellipse((wheel, 770, wheel + 66, 836), outline=NIGHT, width=12)
    for number in range(60):
        x, y = (number * 173) % 1640, (number * 97) % 840
        draw.line((x, y, x - 12, y + 40), fill="#a9c0c8", width=3)


def _person(draw: Draw, x: float, foot: float, size: float, colour: str) -> None:
    draw.ellipse((x - 24 * size, foot - 190 * size, x + 24 * size, foot - 142 * size), fill="#e8c9a8")
    draw.rounded_rectangle((x - 34 * size, foot - 136 * size, x + 34 * size, foot - 50 * size), 14, fill=colour)
    for side in (-1, 1):
        hip, sole = x + side * 14 * size, x + side * 18 * size
        draw.line((hip, foot - 54 * size, sole, foot), fill=NIGHT, width=int(20 * size))


def _wheelchair(draw: Draw, x: float, foot: float) -> None:
    draw.ellipse((x - 26, foot - 260, x + 26, foot - 208), fill="#e8c9a8")
    draw.rounded_rectangle((x - 36, foot - 202, x + 36, foot - 90), 16, fill=APPLE)
    draw.line((x + 10, foot - 96, x + 92, foot - 96, x + 104, foot - 24), fill=NIGHT, width=22, joint="curve")
    draw.ellipse((x - 86, foot - 140, x + 54, foot), outline=NIGHT, width=14)
    draw.ellipse((x + 70, foot - 44, x + 114, foot), outline=NIGHT, width=10)


def _apple(draw: Draw, x: float, y: float, size: float) -> None:
    draw.ellipse((x - size, y - size, x + size, y + size), fill=APPLE)
    draw.line((x, y - size, x + size * 0.3, y - size * 1.5), fill="#5a4630", width=5)


PICTURES: dict[str, Callable[[Draw], None]] = {
    "underpass": _underpass,
    "bus-stop": _bus_stop,
    "kerb": _kerb,
    "gate": _gate,
    "apples": _apples,
    "bathing": _bathing,
    "snow": _snow,
    "prams": _prams,
}
