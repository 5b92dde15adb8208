import pytest

from participation.files.rules import PICTURE_MAX_BYTES, bytes_refusal, is_key, pixels_refusal
from participation.refusals import Refusal


@pytest.mark.parametrize(
    ("length", "refusal"),
    [
        (0, Refusal.NOT_A_PICTURE),
        (1, None),
        (PICTURE_MAX_BYTES, None),
        (PICTURE_MAX_BYTES + 1, Refusal.PICTURE_TOO_LARGE),
    ],
)
def test_a_file_has_something_in_it_and_at_most_fifteen_megabytes(length: int, refusal: Refusal | None) -> None:
    assert bytes_refusal(length) is refusal


def test_a_picture_has_at_most_forty_million_pixels() -> None:
    assert pixels_refusal(8000, 5000) is None
    assert pixels_refusal(8000, 5001) is Refusal.PICTURE_TOO_LARGE


@pytest.mark.parametrize("text", ["", "..", "../../etc/passwd", "a" * 31, "A" * 32, "a" * 33, "a" * 32 + "\n"])
def test_a_key_names_nothing_but_a_picture(text: str) -> None:
    assert not is_key(text)
    assert is_key("0123456789abcdef" * 2)
