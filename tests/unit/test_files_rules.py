import pytest

from participation.files.rules import (
    JPEG_MAX_SCANS,
    PICTURE_MAX_BYTES,
    WIDTHS_PX,
    bytes_refusal,
    contents_refusal,
    is_key,
    key_of,
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


def test_a_picture_has_at_most_fifty_million_pixels_and_can_be_seen() -> None:
    assert pixels_refusal(10_000, 5000) is None
    assert pixels_refusal(10_000, 5001) is Refusal.PICTURE_TOO_FINE
    assert pixels_refusal(100, 3) is pixels_refusal(3, 100) is None
    assert pixels_refusal(99, 99) is Refusal.PICTURE_TOO_SMALL


def test_a_jpeg_of_very_many_scans_is_no_photo() -> None:
    start = b"\xff\xd8"
    assert contents_refusal(start + b"\xff\xda" * JPEG_MAX_SCANS) is None
    assert contents_refusal(start + b"\xff\xda" * (JPEG_MAX_SCANS + 1)) is Refusal.PICTURE_BROKEN
    # In other formats the same bytes are chance.
    assert contents_refusal(b"\x89PNG" + b"\xff\xda" * 200) is None


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
