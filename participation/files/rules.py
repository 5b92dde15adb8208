"""Which pictures are taken, and in what sizes they are kept."""

import re

from participation.refusals import Refusal

MEGABYTE = 1_000_000
PICTURE_MAX_BYTES = 15 * MEGABYTE
PICTURE_MAX_PIXELS = 40_000_000
# By what is in the file, as Pillow names it; what the file is called says nothing.
PICTURE_FORMATS = ("JPEG", "PNG", "WEBP")
WIDTHS_PX = (480, 960, 1600)
# A picture much taller than wide is made to fit in this many times its width.
HEIGHT_TIMES_WIDTH = 3
# What we draw ourselves is kept here for a while, and drawn again when it is gone.
DRAWN_FOLDER = "sharing"
DRAWN_KEPT_DAYS = 30
UNFINISHED_KEPT_DAYS = 1
_KEY = re.compile(r"[0-9a-f]{32}")


def bytes_refusal(length: int) -> Refusal | None:
    if length == 0:
        return Refusal.NOT_A_PICTURE
    return Refusal.PICTURE_TOO_LARGE if length > PICTURE_MAX_BYTES else None


def pixels_refusal(width: int, height: int) -> Refusal | None:
    """Asked before anything is unpacked: a small file can hold a picture that no memory has room for."""
    return Refusal.PICTURE_TOO_LARGE if width * height > PICTURE_MAX_PIXELS else None


def is_key(text: str) -> bool:
    """Whether it can name a picture, and so nothing else in the file system."""
    return _KEY.fullmatch(text) is not None
