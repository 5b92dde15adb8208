from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.web.addresses import safe_next

SITE = "https://svar.example.org"


@pytest.mark.parametrize("path", ["/", "/behov/7", "/behov?q=buss&tema=1", "/min-side#meldinger", "/behov/søk"])
def test_a_path_on_this_site_is_gone_on_to(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "elsewhere",
    [
        None,
        "",
        "/.//evil.example",
        "/x/..//evil.example",
        "/x/..",
        "/./x",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "https://evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
        " //evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\nLocation: https://evil.example",
        "/behov\\..\\..",
        "/\x00",
        "/" + "a" * 500,
    ],
)
def test_what_could_lead_elsewhere_becomes_the_front_page(elsewhere: str | None) -> None:
    assert safe_next(elsewhere) == "/"
    assert safe_next(elsewhere, default="/min-side") == "/min-side"


@given(st.text(alphabet="/\\.:@#?%\t\n\r ahtpsevilnx\u2215\uff0f", max_size=30))
def test_no_path_ever_leaves_the_site(path: str) -> None:
    # Browsers drop tabs and line breaks and take \ for /.
    as_browsers_read = safe_next(path).replace("\\", "/").translate({9: None, 10: None, 13: None})
    assert urlsplit(urljoin(SITE, as_browsers_read)).netloc == "svar.example.org"
