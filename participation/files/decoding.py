"""Takes the picture out of the bytes that someone sent, and leaves all else that they held."""

from io import BytesIO
from threading import BoundedSemaphore

from PIL import ExifTags, Image, ImageCms, ImageOps

from participation.files.rules import (
    PICTURE_FORMATS,
    WIDTHS_PX,
    bytes_refusal,
    contents_refusal,
    pixels_refusal,
    size_within,
    unreadable_refusal,
)
from participation.refusals import Refusal, Refused, ensure

_STRIP_PX = 64
# A picture unpacked can take some hundred megabytes: a process has room for one.
_one_at_a_time = BoundedSemaphore(1)
_PATIENCE_SECONDS = 20
# Of the ways that a camera says it was held.
_ON_ITS_SIDE = {5, 6, 7, 8}


def picture_in(data: bytes) -> Image.Image:
    """The picture, the right way up, in ordinary colours, and no larger than the largest that is kept.

    Raises Refused with what is wrong with it.
    """
    ensure(bytes_refusal(len(data)))
    ensure(contents_refusal(data))
    if not _one_at_a_time.acquire(timeout=_PATIENCE_SECONDS):
        raise Refused(Refusal.PICTURES_AWAY)
    try:
        return _read(data)
    finally:
        _one_at_a_time.release()


def _read(data: bytes) -> Image.Image:
    try:
        opened = Image.open(BytesIO(data), formats=PICTURE_FORMATS)
        ensure(pixels_refusal(*opened.size))
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
    opened.draft(None, (max(WIDTHS_PX), max(WIDTHS_PX)))  # a large photo need not be unpacked at its full size
    opened.load()
    orientation = _orientation(opened)
    bare = _in_srgb(_reduced(opened, on_its_side=orientation in _ON_ITS_SIDE), opened.info.get("icc_profile"))
    bare.getexif()[ExifTags.Base.Orientation] = orientation
    upright = ImageOps.exif_transpose(bare)
    upright.info.clear()
    upright.getexif().clear()
    return upright


def _orientation(opened: Image.Image) -> int | None:
    """Which way is up. What a camera has written badly is no reason to refuse the photo."""
    try:
        return opened.getexif().get(ExifTags.Base.Orientation)
    except Exception:
        return None


def _reduced(picture: Image.Image, *, on_its_side: bool) -> Image.Image:
    """In plain colours, and not many times too large: strip by strip, so that no second copy of it all is made."""
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    upright = picture.size[::-1] if on_its_side else picture.size
    factor = upright[0] // size_within(upright, max(WIDTHS_PX))[0]
    if factor == 1:
        return picture.convert(mode)
    small = Image.new(mode, (-(-picture.width // factor), -(-picture.height // factor)))
    tall = factor * _STRIP_PX
    for top in range(0, picture.height, tall):
        strip = picture.crop((0, top, picture.width, min(top + tall, picture.height)))
        small.paste(strip.convert(mode).reduce(factor), (0, top // factor))
    return small


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Phones take photos in wider colours, that look pale once the profile is dropped."""
    if not profile or picture.mode != "RGB":
        return picture
    try:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB")) or picture
    except (ImageCms.PyCMSError, OSError):
        return picture
