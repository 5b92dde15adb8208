"""Which pictures are taken, and in what sizes they are kept."""

import re
from collections.abc import Mapping
from io import BytesIO
from zipfile import is_zipfile

from participation.files import jpeg
from participation.refusals import Refusal

MEGABYTE = 1_000_000
PICTURE_MAX_BYTES = 15 * MEGABYTE
# On its longer side: of a smaller one nobody can see what it shows.
PICTURE_MIN_PX = 100
# By what is in the file, as Pillow names it; what the file is called says nothing.
PICTURE_FORMATS = ("JPEG", "PNG", "WEBP")
# The finest that phones take without being asked to: as JPEG, which is made smaller while it is unpacked.
PICTURE_MAX_PIXELS = 50_000_000
# All else is first unpacked as it is; what that takes of memory is measured, and differs as much as these do.
LAYERED_JPEG = "JPEG in layers"
MAX_PIXELS: Mapping[str, int] = {LAYERED_JPEG: 20_000_000, "PNG": 25_000_000, "WEBP": 12_500_000}
# A long screenshot is within these. Each row costs its share of time and memory, however few pixels it has.
SIDE_MAX_PX = 20_000
SIDE_MAX_TIMES_OTHER = 20
# A photo has some ten. Each one costs as much work as the whole picture, and can be had for a few bytes.
JPEG_MAX_SCANS = 30
# Of all else in it, such as where it was taken: 15 MB have room for some two hundred of the longest.
JPEG_MAX_SEGMENTS = 1000
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
_START_OF_PNG = b"\x89PNG"
# What makes a browser or a server take a file for a page or a program. None of it is written by a camera.
_PROGRAM = re.compile(rb"<(?:script|html|svg)[\s>]|<\?php\s|<!doctype\s", re.IGNORECASE)
# RAR and 7z are found wherever they begin in a file. What begins with fewer bytes is there by chance in a film.
_ARCHIVE = re.compile(rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c")
_PDF, _PDF_WITHIN_BYTES = b"%PDF-", 1024

Size = tuple[int, int]


def bytes_refusal(length: int) -> Refusal | None:
    if length == 0:
        return Refusal.PICTURE_BROKEN
    return Refusal.PICTURE_TOO_LARGE if length > PICTURE_MAX_BYTES else None


def pixels_refusal(size: Size, kind: str) -> Refusal | None:
    """Asked before anything is unpacked: a small file can hold a picture that no memory has room for."""
    short, long = sorted(size)
    if short * long > PICTURE_MAX_PIXELS:
        return Refusal.PICTURE_TOO_FINE
    if long > SIDE_MAX_PX or long > short * SIDE_MAX_TIMES_OTHER:
        return Refusal.PICTURE_TOO_LONG
    if long < PICTURE_MIN_PX:
        return Refusal.PICTURE_TOO_SMALL
    return Refusal.PICTURE_TOO_FINE if short * long > MAX_PIXELS.get(kind, PICTURE_MAX_PIXELS) else None


def kind_of(name: str | None, data: bytes) -> str:
    """The format by what it costs. Phones add a second photo, or a film, to a JPEG: that is not unpacked."""
    if name not in {"JPEG", "MPO"}:
        return str(name)
    return "JPEG" if _bones(data).in_one_go else LAYERED_JPEG


def contents_refusal(data: bytes) -> Refusal | None:
    """Of what can be seen without unpacking: formats that are known by their start, and files made to do harm."""
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return Refusal.PICTURE_IN_HEIC
    if data.startswith(jpeg.START) and _is_endless(_bones(data)):
        return Refusal.PICTURE_BROKEN
    return Refusal.PICTURE_HOLDS_MORE if _starts_as_picture(data) and _is_more_too(data) else None


def _bones(data: bytes) -> jpeg.Jpeg:
    return jpeg.jpeg_in(data, scans_max=JPEG_MAX_SCANS, segments_max=JPEG_MAX_SEGMENTS)


def _is_endless(bones: jpeg.Jpeg) -> bool:
    return bones.scans > JPEG_MAX_SCANS or bones.segments > JPEG_MAX_SEGMENTS


def _starts_as_picture(data: bytes) -> bool:
    return data.startswith((jpeg.START, _START_OF_PNG)) or data[8:12] == b"WEBP"


def _is_more_too(data: bytes) -> bool:
    """Whether another program would take it for an archive, a document, a page or a program; decision 0030."""
    is_archive = _ARCHIVE.search(data) is not None or is_zipfile(BytesIO(data))
    return is_archive or _PDF in data[:_PDF_WITHIN_BYTES] or _PROGRAM.search(data) is not None


def unreadable_refusal(data: bytes) -> Refusal:
    """Of what can't be unpacked: a file that begins as one of those we take was one, or was to be."""
    return Refusal.PICTURE_BROKEN if _starts_as_picture(data) else Refusal.NOT_A_PICTURE


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
