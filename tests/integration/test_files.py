"""Pictures: what is taken, what is refused whatever it calls itself, and what is kept of it."""

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import cast

import pytest
from PIL import Image, ImageChops, ImageCms

from participation.files import turns
from participation.files.rules import WIDTHS_PX
from participation.files.service import (
    forget_files_before,
    forget_pictures,
    kept_file,
    picture_file,
    picture_sizes,
    save_picture,
)
from participation.files.store import DiskStore
from participation.refusals import Refusal, Refused

GPS, ORIENTATION, DESCRIPTION = 0x8825, 0x0112, 0x010E
ROTATED_BY_A_QUARTER = 6


def picture(size: tuple[int, int] = (2000, 1000), kind: str = "JPEG", mode: str = "RGB", **options: object) -> bytes:
    out = BytesIO()
    image = Image.new("L", size)
    image.paste(200, (0, 0, size[0] // 2, size[1]))
    image.convert(mode).save(out, kind, **options)
    return out.getvalue()


def from_the_garden() -> bytes:
    """A photo turned on its side, that says where it was taken."""
    exif = Image.Exif()
    exif[ORIENTATION] = ROTATED_BY_A_QUARTER
    exif[DESCRIPTION] = "Hemmelig hage"
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (59.0, 47.0, 12.0)
    return picture((400, 200), exif=exif, comment=b"Hemmelig hage")


def of_sixteen_bits(**options: object) -> bytes:
    """A quarter as light as white to the left, and half as light to the right."""
    image = Image.new("I;16", (400, 200), 0x8000)
    image.paste(Image.new("I;16", (200, 200), 0x4000))
    out = BytesIO()
    image.save(out, "PNG", **options)
    return out.getvalue()


def colour(image: Image.Image, x: int, y: int) -> tuple[int, int, int]:
    return cast(tuple[int, int, int], image.convert("RGB").getpixel((x, y)))


def in_wide_colours(mode: str) -> bytes:
    """Colours that are others than they say, by a profile in which red and green have changed places."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    turned = srgb.replace(b"rXYZ", b"tmp_").replace(b"gXYZ", b"rXYZ").replace(b"tmp_", b"gXYZ")
    out = BytesIO()
    Image.new("RGB", (120, 80), "red").convert(mode).save(out, "PNG", icc_profile=turned)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of some hundred bytes that says it holds 30 000 times 30 000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")
    )


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return DiskStore(tmp_path)


def kept(key: str, store: DiskStore) -> dict[int, bytes]:
    files = {width: picture_file(key, width, store) for width in WIDTHS_PX}
    return {width: data for width, data in files.items() if data}


def shown(key: str, store: DiskStore) -> list[Image.Image]:
    return [Image.open(BytesIO(data)) for data in kept(key, store).values()]


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P")])
def test_a_picture_is_kept_as_webp_in_each_size(store: DiskStore, kind: str, mode: str) -> None:
    images = shown(save_picture(picture(kind=kind, mode=mode), store), store)
    assert [image.size for image in images] == [(480, 240), (960, 480), (1600, 800)]
    assert {image.format for image in images} == {"WEBP"}
    left, right = (images[0].convert("L").getpixel((x, 120)) for x in (60, 420))
    assert left != right


@pytest.mark.parametrize("options", [{}, {"transparency": 0x8000}])
def test_greys_of_sixteen_bits_are_as_light_as_they_were(store: DiskStore, options: dict[str, int]) -> None:
    for image in shown(save_picture(of_sixteen_bits(**options), store), store):
        assert [colour(image, x, 100)[0] for x in (50, 350)] == pytest.approx([0x40, 0x80], abs=3)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_colours_are_those_that_the_file_meant(store: DiskStore, mode: str) -> None:
    red, green, blue = colour(shown(save_picture(in_wide_colours(mode), store), store)[0], 30, 20)
    assert green > 200 > 60 > max(red, blue)


def test_strips_leave_no_seams(store: DiskStore) -> None:
    slope = Image.linear_gradient("L").resize((1700, 1800)).rotate(180)
    out = BytesIO()
    slope.save(out, "PNG")
    kept_one = shown(save_picture(out.getvalue(), store), store)[-1].convert("L")
    whole = slope.resize(kept_one.size, Image.Resampling.LANCZOS)
    assert not ImageChops.difference(kept_one, whole).point(lambda value: max(0, value - 6)).getbbox()


def test_a_few_wait_for_their_turn_and_the_others_are_told_at_once(
    store: DiskStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 30)

    def save(_number: int) -> str:
        try:
            return save_picture(picture((120, 80)), store)
        except Refused as refused:
            return refused.reason.value

    others = 4
    with ThreadPoolExecutor(turns.WAIT_AT_ONCE + others) as pool, turns.one_at_a_time():
        asked = [pool.submit(save, number) for number in range(turns.WAIT_AT_ONCE + others)]
        told = [one.result() for one in islice(as_completed(asked), others)]
        assert told == [Refusal.PICTURES_AWAY.value] * others
    assert len(list(tmp_path.iterdir())) == turns.WAIT_AT_ONCE
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.01)
    with turns.one_at_a_time(), pytest.raises(Refused), turns.one_at_a_time():
        pass
    assert len(kept(save_picture(picture(), store), store)) == 3


def test_a_small_picture_is_not_made_larger(store: DiskStore) -> None:
    images = shown(save_picture(picture((500, 250), "WEBP"), store), store)
    assert [image.size for image in images] == [(480, 240), (500, 250), (500, 250)]


def test_a_tower_of_a_picture_stays_within_what_can_be_shown(store: DiskStore) -> None:
    images = shown(save_picture(picture((100, 2000), "PNG"), store), store)
    assert max(image.height for image in images) <= 4800


def test_the_picture_is_turned_upright_and_tells_nothing_of_where_it_was_taken(store: DiskStore) -> None:
    data = from_the_garden()
    assert b"Hemmelig hage" in data
    key = save_picture(data, store)
    for image in shown(key, store):
        assert image.height == image.width * 2
        assert dict(image.getexif()) == {}
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)
    assert all(b"Hemmelig hage" not in data for data in kept(key, store).values())


def test_what_else_a_file_holds_is_gone(store: DiskStore) -> None:
    data = picture() + b"Hemmelig hage"
    assert all(b"Hemmelig" not in data for data in kept(save_picture(data, store), store).values())


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Refusal.PICTURE_BROKEN),
        (b"Dette er ikke noe bilde.", Refusal.NOT_A_PICTURE),
        (SVG, Refusal.NOT_A_PICTURE),
        (picture(kind="GIF", mode="L"), Refusal.NOT_A_PICTURE),
        (b"\0\0\0\x18ftypheic" + b"\0" * 90, Refusal.PICTURE_IN_HEIC),
        (picture(kind="TIFF"), Refusal.NOT_A_PICTURE),
        (b"%PDF-1.7\n" + picture(), Refusal.NOT_A_PICTURE),
        (b"\xff\xd8\xff\xe0" + b"\0" * 200, Refusal.PICTURE_BROKEN),
        (picture()[:-900], Refusal.PICTURE_BROKEN),
        (picture(kind="PNG")[:400], Refusal.PICTURE_BROKEN),
        (picture(kind="WEBP")[:100], Refusal.PICTURE_BROKEN),
        (bomb(), Refusal.PICTURE_TOO_FINE),
        (b"\xff\xd8" + b"\0" * 15_000_000, Refusal.PICTURE_TOO_LARGE),
        (picture((8000, 6500), "PNG", "1"), Refusal.PICTURE_TOO_FINE),
        (picture((6000, 4200), "PNG", "1"), Refusal.PICTURE_TOO_FINE),
        (picture((10, 201), "PNG", "1"), Refusal.PICTURE_TOO_LONG),
        (picture() + b"<script>alert(1)</script>", Refusal.PICTURE_HOLDS_MORE),
        (picture((10_000, 9_500), "PNG", "1"), Refusal.PICTURE_TOO_FINE),
        (picture((5, 5)), Refusal.PICTURE_TOO_SMALL),
    ],
    ids=[
        *("nothing", "text", "svg", "gif", "heic", "tiff", "pdf", "only a header", "jpeg cut", "png cut", "webp cut"),
        *(
            "bomb",
            "over 15 MB",
            "52 megapixels",
            "25 megapixels of a PNG",
            "a thread",
            "a script",
            "95 megapixels",
            "5 pixels",
        ),
    ],
)
def test_what_is_no_picture_or_too_large_is_refused_and_nothing_is_left(
    store: DiskStore, tmp_path: Path, data: bytes, reason: Refusal
) -> None:
    with pytest.raises(Refused) as refused:
        save_picture(data, store)
    assert refused.value.reason is reason
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_forgotten_picture_is_gone_in_all_sizes(store: DiskStore) -> None:
    key, other = save_picture(picture(), store), save_picture(picture(), store)
    forget_pictures([key], store)
    forget_pictures([key], store)
    assert kept(key, store) == {}
    assert len(kept(other, store)) == 3


@pytest.mark.parametrize("key", ["", ".", "..", "../pictures", "f" * 32])
def test_a_key_that_is_none_finds_and_deletes_nothing(store: DiskStore, key: str) -> None:
    own = save_picture(picture(), store)
    assert picture_file(key, 480, store) is None
    forget_pictures([key], store)
    assert picture_file(own, 480, store)
    assert picture_file(own, 481, store) is None


def test_a_kept_file_is_made_once_and_thrown_away_when_it_is_old(tmp_path: Path) -> None:
    path = tmp_path / "sharing" / "a.png"
    assert kept_file(path, lambda: b"made") == b"made"
    assert kept_file(path, lambda: b"made again") == b"made"
    now = datetime.now(UTC)
    assert forget_files_before(now - timedelta(hours=1), path.parent) == 0
    assert forget_files_before(now + timedelta(hours=1), path.parent) == 1
    assert kept_file(path, lambda: b"made again") == b"made again"


def test_the_key_says_how_large_the_picture_is_at_each_width(store: DiskStore) -> None:
    for size in ((2000, 1000), (500, 250), (100, 2000), (1234, 987)):
        key = save_picture(picture(size, "PNG"), store)
        opened = {width: Image.open(BytesIO(data)).size for width, data in kept(key, store).items()}
        assert picture_sizes(key, store) == opened


def test_a_picture_kept_before_keys_said_its_size_is_looked_up(store: DiskStore) -> None:
    key = save_picture(picture((500, 250), "PNG"), store)
    old = key.partition("-")[0]
    for width, data in kept(key, store).items():
        store.put(f"{old}/{width}.webp", data)
    assert picture_sizes(old, store) == picture_sizes(key, store)
    assert picture_sizes("f" * 32, store) == picture_sizes("../x", store) == picture_sizes(None, store) == {}
