"""The guard on pages, shown to see what it is there to see."""

import pytest

from tests.guards.html import faults

GOOD = "<!DOCTYPE html><html lang=nb><head><title>Behov – Lier</title></head><body><h1>Behov</h1></body></html>"


def test_a_sound_page_has_no_faults() -> None:
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<h1>Behov</h1><p id=a></p><p id=a></p>", "id 'a' stands 2 times"),
        ("<h1>Behov</h1><h1>Behov</h1>", "2 h1"),
        ("<p>Behov</p>", "0 h1"),
        ("<h1>Noe annet</h1>", "does not start with"),
        ("<h1>Behov</h1><p style='color:red'>", "attribute style"),
        ("<h1>Behov</h1><p onclick='x()'>", "attribute onclick"),
        ("<h1>Behov</h1><script>x()</script>", "inline script"),
        ("<h1>Behov</h1><style>p{}</style>", "a style element"),
        ("<h1>Behov</h1><a href='javascript:x()'>", "a script in href"),
        ("<h1>Behov</h1><label for=b>", "missing id 'b'"),
        ("<h1>Behov</h1><p><div></p>", "unexpected-end-tag"),
    ],
)
def test_a_faulty_page_is_seen(body: str, fault: str) -> None:
    found = faults(GOOD.replace("<h1>Behov</h1>", body))
    assert any(fault in one for one in found), found
