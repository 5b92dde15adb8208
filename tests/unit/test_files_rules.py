import pytest

from participation.files.rules import (
    JPEG_MAX_SCANS,
    LAYERED_JPEG,
    PICTURE_MAX_BYTES,
    WIDTHS_PX,
    bytes_refusal,
    contents_refusal,
    is_key,
    key_of,
    kind_of,
    pixels_refusal,
    size_within,
    sizes_in_key,
)
from participation.refusals import Refusal


@pytest.mark.parametrize(
    ("length", "refusal"),
    [
        (0, Refusal.PICTURE_BROKEN),
        (1, None),
        (PICTURE_MAX_BYTES, None),
        (PICTURE_MAX_BYTES + 1, Refusal.PICTURE_TOO_LARGE),
    ],
)
def test_a_file_has_something_in_it_and_at_most_fifteen_megabytes(length: int, refusal: Refusal | None) -> None:
    assert bytes_refusal(length) is refusal


@pytest.mark.parametrize(
    ("size", "kind", "refusal"),
    [
        ((10_000, 5000), "JPEG", None),
        ((5001, 10_000), "JPEG", Refusal.PICTURE_TOO_FINE),
        ((5000, 5000), "PNG", None),
        ((5001, 5000), "PNG", Refusal.PICTURE_TOO_FINE),
        ((5000, 2500), "WEBP", None),
        ((5000, 2501), "WEBP", Refusal.PICTURE_TOO_FINE),
        ((5000, 4000), LAYERED_JPEG, None),
        ((5000, 4001), LAYERED_JPEG, Refusal.PICTURE_TOO_FINE),
        ((200, 10), "PNG", None),
        ((99, 99), "PNG", Refusal.PICTURE_TOO_SMALL),
        ((1, 21), "PNG", Refusal.PICTURE_TOO_LONG),
        ((20_000, 1000), "PNG", None),
        ((20_001, 1100), "JPEG", Refusal.PICTURE_TOO_LONG),
    ],
)
def test_a_picture_has_as_many_pixels_as_there_is_memory_for(
    size: tuple[int, int], kind: str, refusal: Refusal | None
) -> None:
    assert pixels_refusal(size, kind) is refusal


def segment(marker: int, held: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(held) + 2).to_bytes(2) + held


def jpeg(*scans: int, frame: int = 0xC0, colours: int = 3) -> bytes:
    """The bones of one; `scans` are how many colours there are in each of them."""
    start = b"\xff\xd8" + segment(0xE1, b"Exif" + segment(0xDA, b"\3") * 200)
    drawn = b"".join(segment(0xDA, bytes([n])) + b"\7\xff\0" for n in scans)
    return start + segment(frame, bytes(5) + bytes([colours])) + drawn + b"\xff\xd9" + segment(0xDA, b"\3") * 200


def test_a_jpeg_of_very_many_scans_is_no_photo() -> None:
    assert contents_refusal(jpeg(*[1] * JPEG_MAX_SCANS, frame=0xC2)) is None
    assert contents_refusal(jpeg(*[1] * (JPEG_MAX_SCANS + 1), frame=0xC2)) is Refusal.PICTURE_BROKEN
    # In other formats the same bytes are chance.
    assert contents_refusal(b"\x89PNG" + b"\xff\xda" * 200) is None


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (jpeg(3), "JPEG"),
        (jpeg(1, colours=1), "JPEG"),
        (jpeg(3, frame=0xC1), "JPEG"),
        (jpeg(3, frame=0xC2), LAYERED_JPEG),
        (jpeg(3, frame=0xC9), LAYERED_JPEG),
        (jpeg(1), LAYERED_JPEG),
        (jpeg(3, 3), LAYERED_JPEG),
        (jpeg(3)[:500], "JPEG"),
    ],
)
def test_a_jpeg_that_is_kept_whole_until_its_end_is_known(data: bytes, kind: str) -> None:
    assert kind_of("JPEG", data) == kind_of("MPO", data) == kind
    assert kind_of("PNG", data) == "PNG"


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1"])
def test_the_format_of_iphones_is_known_by_its_contents(brand: bytes) -> None:
    assert contents_refusal(b"\0\0\0\x18ftyp" + brand) is Refusal.PICTURE_IN_HEIC


@pytest.mark.parametrize("size", [(1, 1), (480, 4800), (1600, 900), (9999, 3)])
def test_a_key_says_a_size_that_fits_in_each_width(size: tuple[int, int]) -> None:
    sizes = sizes_in_key(key_of("f" * 32, size_within(size, 1600)))
    assert list(sizes) == list(WIDTHS_PX)
    assert all(wide <= width and high <= 3 * width for width, (wide, high) in sizes.items())
    assert sizes_in_key("f" * 32) == sizes_in_key("f" * 32 + "-x") == {}


@pytest.mark.parametrize(
    "text",
    ["", "..", "../../etc/passwd", "a" * 31, "A" * 32, "a" * 33, "a" * 32 + "\n", "a" * 32 + "-9x9/.."],
)
def test_a_key_names_nothing_but_a_picture(text: str) -> None:
    assert not is_key(text)
    assert is_key("0123456789abcdef" * 2)
    assert is_key("0123456789abcdef" * 2 + "-1600x900")
