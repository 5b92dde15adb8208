"""Which pictures are taken, and in what sizes they are kept."""

import re

from participation.refusals import Refusal

MEGABYTE = 1_000_000
PICTURE_MAX_BYTES = 15 * MEGABYTE
# The finest that phones take without being asked to; what a picture of that size takes of memory is measured.
PICTURE_MAX_PIXELS = 50_000_000
# On its longer side: of a smaller one nobody can see what it shows.
PICTURE_MIN_PX = 100
# By what is in the file, as Pillow names it; what the file is called says nothing.
PICTURE_FORMATS = ("JPEG", "PNG", "WEBP")
# A photo has some ten. Each one costs as much work as the whole picture, and can be had for a few bytes.
JPEG_MAX_SCANS = 100
ALT_MAX_CHARACTERS = 300
WIDTHS_PX = (480, 960, 1600)
# A picture much taller than wide is made to fit in this many times its width.
HEIGHT_TIMES_WIDTH = 3
# What we draw ourselves is kept here for a while, and drawn again when it is gone.
DRAWN_FOLDER = "sharing"
DRAWN_KEPT_DAYS = 30
UNKEPT_DAYS = 1
"""How long a picture lies that nothing leads to: longer than any form takes to be sent."""
UNFINISHED = ".unfinished-"
_KEY = re.compile(r"[0-9a-f]{32}(?:-([0-9]{1,4})x([0-9]{1,4}))?")
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"heif"})
_START_OF_JPEG = b"\xff\xd8"
_START_OF_PNG = b"\x89PNG"
_START_OF_SCAN = b"\xff\xda"

Size = tuple[int, int]


def bytes_refusal(length: int) -> Refusal | None:
    if length == 0:
        return Refusal.PICTURE_BROKEN
    return Refusal.PICTURE_TOO_LARGE if length > PICTURE_MAX_BYTES else None


def pixels_refusal(width: int, height: int) -> Refusal | None:
    """Asked before anything is unpacked: a small file can hold a picture that no memory has room for."""
    if width * height > PICTURE_MAX_PIXELS:
        return Refusal.PICTURE_TOO_FINE
    return Refusal.PICTURE_TOO_SMALL if max(width, height) < PICTURE_MIN_PX else None


def contents_refusal(data: bytes) -> Refusal | None:
    """Of what can be seen without unpacking: the format that iPhones keep photos in, and pictures made to take time."""
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return Refusal.PICTURE_IN_HEIC
    if data.startswith(_START_OF_JPEG) and data.count(_START_OF_SCAN) > JPEG_MAX_SCANS:
        return Refusal.PICTURE_BROKEN
    return None


def unreadable_refusal(data: bytes) -> Refusal:
    """Of what can't be unpacked: a file that begins as one of those we take was one, or was to be."""
    is_webp = data.startswith(b"RIFF") and data[8:12] == b"WEBP"
    begins_well = is_webp or data.startswith((_START_OF_JPEG, _START_OF_PNG))
    return Refusal.PICTURE_BROKEN if begins_well else Refusal.NOT_A_PICTURE


def size_within(size: Size, width: int) -> Size:
    """The size of a picture made to fit in that width; never larger than it was."""
    scale = min(width / size[0], width * HEIGHT_TIMES_WIDTH / size[1], 1)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def key_of(random: str, largest: Size) -> str:
    """What a picture is found by. It says how large the picture is, so that no page has to open it to know."""
    return f"{random}-{largest[0]}x{largest[1]}"


def is_key(text: str) -> bool:
    """Whether it can name a picture, and so nothing else in the store."""
    return _KEY.fullmatch(text) is not None


def sizes_in_key(key: str) -> dict[int, Size]:
    """The width and height for each width that the picture is kept at; empty where the key does not say."""
    found = _KEY.fullmatch(key)
    if found is None or found[1] is None:
        return {}
    largest = int(found[1]), int(found[2])
    return {width: size_within(largest, width) for width in WIDTHS_PX}
