"""Takes the picture out of the bytes that someone sent, and leaves all else that they held."""

from collections.abc import Iterator
from io import BytesIO
from math import ceil, floor

from PIL import ExifTags, Image, ImageCms, ImageOps

from participation.files.rules import (
    PICTURE_FORMATS,
    WIDTHS_PX,
    Size,
    bytes_refusal,
    contents_refusal,
    kind_of,
    pixels_refusal,
    size_within,
    unreadable_refusal,
)
from participation.refusals import Refusal, Refused, ensure

_STRIP_PIXELS = 1_000_000
# How far around it the resampling looks for each pixel that it makes.
_LOOKS_AROUND = 3
# Of the ways that a camera says it was held.
_ON_ITS_SIDE = {5, 6, 7, 8}


def picture_in(data: bytes) -> Image.Image:
    """The picture, the right way up, in ordinary colours, and no larger than the largest that is kept.

    Takes as much memory as the rules allow, so ask for it in a turn (`one_at_a_time`). Raises Refused with what is
    wrong with it.
    """
    ensure(bytes_refusal(len(data)))
    ensure(contents_refusal(data))
    try:
        opened = Image.open(BytesIO(data), formats=PICTURE_FORMATS)
        ensure(pixels_refusal(opened.size, kind_of(opened.format, data)))
        if getattr(opened, "is_animated", False) and opened.format != "MPO":
            raise Refused(Refusal.PICTURE_MOVES)
        return _bare(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(Refusal.PICTURE_TOO_FINE) from None
    except Refused:
        raise
    except Exception:  # what a broken or hostile file makes a decoder raise is anyone's guess
        raise Refused(unreadable_refusal(data)) from None


def _bare(opened: Image.Image) -> Image.Image:
    """Its pixels, and nothing else of what the file held."""
    opened.draft(None, _kept_either_way(opened.size))  # a large photo need not be unpacked at its full size
    opened.load()
    orientation = _orientation(opened)
    kept = _kept(opened.size, on_its_side=orientation in _ON_ITS_SIDE)
    bare = _in_srgb(_fitted(opened, kept), opened.info.get("icc_profile"))
    bare.getexif()[ExifTags.Base.Orientation] = orientation
    upright = ImageOps.exif_transpose(bare)
    upright.info.clear()
    upright.getexif().clear()
    return upright


def _kept(size: Size, *, on_its_side: bool) -> Size:
    """What is kept of a picture of that size, as it lies."""
    if on_its_side:
        width, height = size_within((size[1], size[0]), max(WIDTHS_PX))
        return height, width
    return size_within(size, max(WIDTHS_PX))


def _kept_either_way(size: Size) -> Size:
    """The most that may be kept, before it is known how it lies."""
    as_it_is, on_its_side = (_kept(size, on_its_side=side) for side in (False, True))
    return max(as_it_is[0], on_its_side[0]), max(as_it_is[1], on_its_side[1])


def _orientation(opened: Image.Image) -> int | None:
    """Which way is up. What a camera has written badly is no reason to refuse the photo."""
    try:
        return opened.getexif().get(ExifTags.Base.Orientation)
    except Exception:
        return None


def _fitted(picture: Image.Image, size: Size) -> Image.Image:
    """In plain colours and of that size: strip by strip, so that no second copy of it all is made."""
    fitted = Image.new("RGBA" if _is_see_through(picture) else "RGB", size)
    scale = picture.height / size[1]
    for top, bottom in _strips(size[1], of=ceil(_STRIP_PIXELS / picture.width / scale)):
        first = max(0, floor((top - _LOOKS_AROUND) * scale) - 1)
        last = min(picture.height, ceil((bottom + _LOOKS_AROUND) * scale) + 1)
        strip = _plain(picture.crop((0, first, picture.width, last)), fitted.mode)
        box = (0, top * scale - first, strip.width, min(bottom * scale - first, strip.height))
        fitted.paste(strip.resize((size[0], bottom - top), Image.Resampling.LANCZOS, box, 2.0), (0, top))
    return fitted


def _strips(height: int, *, of: int) -> Iterator[tuple[int, int]]:
    return ((top, min(top + of, height)) for top in range(0, height, of))


def _is_see_through(picture: Image.Image) -> bool:
    return picture.has_transparency_data and not _is_sixteen_bits(picture)


def _is_sixteen_bits(picture: Image.Image) -> bool:
    return picture.mode.startswith("I")


def _plain(strip: Image.Image, mode: str) -> Image.Image:
    if _is_sixteen_bits(strip):  # which Pillow cuts off at white, and does not scale
        strip = strip.point(lambda value: value / 256).convert("L")
    return strip.convert(mode)


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Phones take photos in wider colours, that look pale once the profile is dropped."""
    if not profile:
        return picture
    try:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB")) or picture
    except (ImageCms.PyCMSError, OSError):
        return picture
