"""Makes pictures again from the bytes that someone sent, so that nothing but the picture is kept; and keeps files."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Collection
from datetime import datetime
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageCms, ImageOps

from participation.files.rules import (
    HEIGHT_TIMES_WIDTH,
    PICTURE_FORMATS,
    WIDTHS_PX,
    bytes_refusal,
    is_key,
    pixels_refusal,
)
from participation.refusals import Refusal, Refused, ensure

_WEBP_QUALITY = 82
_PICTURES = "pictures"
_UNFINISHED = ".unfinished-"


def save_picture(data: bytes, folder: Path) -> str:
    """Keep a JPEG, PNG or WebP in its sizes under the var folder; returns the key it is found by.

    Raises Refused(NOT_A_PICTURE) or Refused(PICTURE_TOO_LARGE). Whoever does not keep the key calls
    `forget_picture`: no transaction takes a file back.
    """
    picture = _read(data)
    pictures = folder / _PICTURES
    pictures.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=pictures))
    try:
        # Each from the one before: all of a large picture's pixels are gone through once.
        for width in sorted(WIDTHS_PX, reverse=True):
            picture = _sized(picture, width)
            picture.save(unfinished / f"{width}.webp", quality=_WEBP_QUALITY)
        key = secrets.token_hex(16)
        unfinished.chmod(0o755)
        unfinished.rename(pictures / key)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return key


def picture_path(key: str, width: int, folder: Path) -> Path | None:
    """The file of the picture that is at most so wide; none when there is no such picture or size."""
    if not is_key(key) or width not in WIDTHS_PX:
        return None
    path = folder / _PICTURES / key / f"{width}.webp"
    return path if path.is_file() else None


def picture_sizes(key: str | None, folder: Path) -> dict[int, tuple[int, int]]:
    """The width and height in pixels that the picture has, for each width it is kept at; empty when there is none."""
    paths = {width: picture_path(key, width, folder) for width in WIDTHS_PX} if key else {}
    return {width: _size(path) for width, path in paths.items() if path}


def _size(path: Path) -> tuple[int, int]:
    with Image.open(path) as opened:
        return opened.size


def forget_picture(key: str, folder: Path) -> None:
    """Delete the picture in all its sizes; nothing happens where it is gone already."""
    if is_key(key):
        shutil.rmtree(folder / _PICTURES / key, ignore_errors=True)


def forget_other_pictures(kept: Collection[str], *, before: datetime, folder: Path) -> int:
    """Delete the pictures made before that whose keys nobody has kept; returns how many."""
    others = [
        path
        for path in (folder / _PICTURES).glob("*")
        if is_key(path.name) and path.name not in kept and path.stat().st_mtime < before.timestamp()
    ]
    for path in others:
        shutil.rmtree(path, ignore_errors=True)
    return len(others)


def _read(data: bytes) -> Image.Image:
    ensure(bytes_refusal(len(data)))
    try:
        opened = Image.open(BytesIO(data), formats=PICTURE_FORMATS)
        ensure(pixels_refusal(*opened.size))
        return _decoded(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(Refusal.PICTURE_TOO_LARGE) from None
    except Refused:
        raise
    except Exception:  # what a broken or hostile file makes a decoder raise is anyone's guess
        raise Refused(Refusal.NOT_A_PICTURE) from None


def _decoded(opened: Image.Image) -> Image.Image:
    """All of its pixels the right way up, and nothing else of what the file held."""
    opened.draft(None, (max(WIDTHS_PX), max(WIDTHS_PX)))  # a large photo need not be unpacked at its full size
    opened.load()
    upright = ImageOps.exif_transpose(opened)
    bare = _in_srgb(upright).convert("RGBA" if upright.has_transparency_data else "RGB")
    bare.info.clear()
    bare.getexif().clear()
    return bare


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Phones take photos in wider colours, that look pale once the profile is dropped."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode != "RGB":
        return picture
    try:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB")) or picture
    except (ImageCms.PyCMSError, OSError):
        return picture


def _sized(picture: Image.Image, width: int) -> Image.Image:
    """A copy at most so wide, and never larger than it was."""
    most_high = width * HEIGHT_TIMES_WIDTH
    scale = min(width / picture.width, most_high / picture.height, 1)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def kept_file(path: Path, make: Callable[[], bytes]) -> bytes:
    """What is in the file; made and written first where it is not there. Nobody reads half a file."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        data = make()
        _write(path, data)
        return data


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=_UNFINISHED, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def forget_files_before(moment: datetime, folder: Path) -> int:
    """Delete the files in a folder that were written before that; returns how many."""
    old = [path for path in folder.glob("*") if path.is_file() and path.stat().st_mtime < moment.timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def forget_unfinished_before(moment: datetime, folder: Path) -> None:
    """Delete what a process that was killed left half made among the pictures."""
    for path in (folder / _PICTURES).glob(f"{_UNFINISHED}*"):
        if path.stat().st_mtime < moment.timestamp():
            shutil.rmtree(path, ignore_errors=True)
