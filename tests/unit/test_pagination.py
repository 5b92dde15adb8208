import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.web.pagination import ID_MAX, Cursor

VALUES = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e307, max_value=1e307)


@given(VALUES, st.integers(1, ID_MAX))
def test_a_cursor_comes_back_from_an_address_exactly_as_it_was(value: float, number: int) -> None:
    cursor = Cursor(value, number)
    assert Cursor.parse(str(cursor)) == cursor


@pytest.mark.parametrize(
    "junk",
    [
        None,
        "",
        "~",
        "1.0",
        "1.0~",
        "~1",
        "1.0~x",
        "x~1",
        "nan~1",
        "inf~1",
        "-inf~1",
        "1e400~1",
        "1.0~0",
        "1.0~-1",
        f"1.0~{ID_MAX + 1}",
        "1.0~1~2",
        "1.0~" + "9" * 5000,
        "1.0~1;DROP TABLE need",
        "1.0~\x00",
    ],
)
def test_junk_shows_the_first_page(junk: str | None) -> None:
    assert Cursor.parse(junk) is None


@given(st.text())
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    cursor = Cursor.parse(text)
    assert cursor is None or 0 < cursor.id <= ID_MAX
