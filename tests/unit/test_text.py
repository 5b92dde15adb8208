import html
import re
import unicodedata
from urllib.parse import urlsplit

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.web.text import cleaned, excerpt, linkify, markdown, plain, tidy, without_invisible

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<svg/onload=alert(1)>",
    "<!-- ",
    "<style>*{display:none}</style>",
    '"><b>',
    "' onmouseover='x",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "![x](https://example.org/x.png)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "javascript:alert(1)",
    'https://example.org/"onmouseover="alert(1)',
    "https://example.org/<script>",
    "&lt;script&gt;",
    "\u202egnp.exe",
    "# Overskrift",
    "```\n<b>\n```",
    "    <b>\n",
    "**fet** og https://example.org/a?b=c&d=e",
]
WRITING = st.lists(st.sampled_from([*HOSTILE, "\n", "\n\n", " ", "*", "_", "`", ">"]) | st.text(max_size=8)).map(
    "".join
)
OURS = re.compile(r'</?p>|<br>|<a class="ds-link" href="([^"<>]*)" rel="nofollow ugc noopener">|</a>')
STAFF_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "code"}


@given(WRITING)
def test_of_what_residents_write_only_paragraphs_breaks_and_links_become_html(text: str) -> None:
    rest = OURS.sub("", linkify(text))
    assert "<" not in rest
    assert ">" not in rest
    assert '"' not in rest


@given(WRITING)
def test_all_that_residents_write_can_still_be_read(text: str) -> None:
    shown = html.unescape(OURS.sub("", linkify(text)))
    assert "".join(shown.split()) == "".join(text.split())


@given(WRITING)
def test_residents_links_lead_to_the_web_and_nowhere_else(text: str) -> None:
    for href in OURS.findall(linkify(text)):
        assert not href or urlsplit(html.unescape(href)).scheme in {"http", "https"}


@given(WRITING)
def test_of_what_staff_write_only_harmless_tags_become_html(text: str) -> None:
    for element in html5lib.parseFragment(markdown(text), namespaceHTMLElements=False).iter():
        if element.tag == "DOCUMENT_FRAGMENT":
            continue
        assert element.tag in STAFF_TAGS
        assert set(element.attrib) <= ({"href", "rel"} if element.tag == "a" else set())
        scheme = urlsplit(element.get("href", "https:")).scheme
        assert scheme in {"http", "https", "mailto", ""}


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "<b onclick=x>"])
def test_tags_are_shown_as_they_were_written(hostile: str) -> None:
    assert linkify(hostile) == f"<p>{html.escape(hostile)}</p>"
    assert html.escape(hostile, quote=False) in markdown(hostile)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc"])
def test_a_harmful_address_is_no_link(address: str) -> None:
    assert "<a" not in linkify(f"Se {address} nå")
    assert "<a" not in markdown(f"Se [her]({address}) og <{address}> nå")


def test_residents_get_links_paragraphs_and_line_breaks() -> None:
    assert linkify("Se example.org/a\nog mer\n\nHilsen Åse") == (
        '<p>Se <a class="ds-link" href="http://example.org/a" rel="nofollow ugc noopener">example.org/a</a>'
        "<br>og mer</p><p>Hilsen Åse</p>"
    )


def test_a_quotation_mark_ends_no_attribute() -> None:
    shown = linkify('https://example.org/"onmouseover="alert(1)')
    assert not re.search(r"<a[^>]*\sonmouseover", shown)


def test_staff_get_lists_emphasis_and_links_but_no_headings_or_pictures() -> None:
    shown = markdown("# Nei\n\n- **Ja**\n- https://example.org\n\n![x](https://example.org/x.png)")
    assert "<li><strong>Ja</strong></li>" in shown
    assert 'href="https://example.org"' in shown
    assert "<h1" not in shown
    assert "<img" not in shown


@given(st.text())
def test_tidying_twice_is_tidying_once(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert "\r" not in once
    assert unicodedata.is_normalized("NFC", once)


def test_line_breaks_are_of_one_kind_and_nothing_stands_around() -> None:
    assert tidy("  en\r\nto\rtre\n ") == "en\nto\ntre"


@pytest.mark.parametrize(
    "mark", ["\x00", "\x08", "\x1b", "\x7f", "\x85", "\u202a", "\u202e", "\u2066", "\u2069", "\ufeff", "\uffff"]
)
def test_what_cannot_be_seen_is_taken_out(mark: str) -> None:
    assert without_invisible(f"Buss{mark}en") == "Bussen"


@pytest.mark.parametrize("word", ["Bussen\tgår\nsjelden", "👩‍👩‍👧 og 🇳🇴", "čáhci", "العربية", "e\u0301"])
def test_what_people_can_see_stays(word: str) -> None:
    assert without_invisible(word) == word


def test_text_from_right_to_left_is_shown_as_it_is_and_turns_nothing_around_it() -> None:
    assert linkify("مرحبا <b>") == "<p>مرحبا &lt;b&gt;</p>"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Vi har **sjekket** dette.\n\nDet tar _tid_.", "Vi har sjekket dette.\n\nDet tar tid."),
        ("Vi gjør dette:\n\n- benk\n- **lys**\n\nSå ser vi.", "Vi gjør dette:\n\n- benk\n- lys\n\nSå ser vi."),
        ("- benk\n\n- lys", "- benk\n\n- lys"),
        ("Hilsen\nCecilie", "Hilsen\nCecilie"),
        ("Se [planen](https://example.org/plan?a=1&b=2).", "Se planen (https://example.org/plan?a=1&b=2)."),
        ("Se https://example.org/plan nå", "Se https://example.org/plan nå"),
        ("Se example.org nå", "Se example.org nå"),
        ("Skriv til <post@example.org>", "Skriv til post@example.org"),
        ("5 < 6 & «to» <b>", "5 < 6 & «to» <b>"),
    ],
)
def test_what_staff_write_is_read_without_its_marks_in_a_mail_of_text_alone(written: str, shown: str) -> None:
    assert plain(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Bussen går.", "Bussen går."),
        ("Bussen går for sjelden.", "Bussen går…"),
        ("Bussen går, og jeg venter", "Bussen går…"),
        ("Bussen  går\nnå hjem.", "Bussen går nå…"),
        ("Buss i dag … og i går", "Buss i dag…"),
        ("Fylkesmannsembetet", "Fylkesmannsem…"),
    ],
)
def test_an_excerpt_ends_in_a_whole_word_and_one_set_of_dots(written: str, shown: str) -> None:
    assert excerpt(written, 14) == shown


@given(st.text(), st.integers(min_value=2, max_value=60))
def test_an_excerpt_is_never_longer_than_asked_for(text: str, characters: int) -> None:
    assert len(excerpt(text, characters)) <= characters


UNSEEN = st.characters(categories=["Cf", "Cc", "Zs", "Zl", "Zp"]) | st.sampled_from(
    "\u115f\u1160\u3164\uffa0\u2800\u034f\u180b\u180e\ufe0f\U000e0041\U000e0100\u0301"
)


@given(st.text(alphabet=UNSEEN, max_size=60))
def test_what_shows_nothing_is_never_counted_as_written(text: str) -> None:
    assert cleaned(text) == ""


@given(st.text(alphabet=UNSEEN | st.characters(), max_size=60))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)


@pytest.mark.parametrize(
    "word",
    [
        "👩‍👩‍👧 og 🇳🇴",
        "❤️‍🔥 og 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "می‌خواهم",
        "क्‍ष",
        "čáhci",
        "Å",
        "!",
        "7",
        "한국어",
        "1\ufe0f\u20e3",
    ],
)
def test_what_words_and_emoji_are_made_of_is_kept(word: str) -> None:
    assert cleaned(word) == unicodedata.normalize("NFC", word)


@pytest.mark.parametrize("stray", ["\u200b", "\u00ad", "\u2060", "\u034f", "\U000e0041"])
def test_what_comes_along_when_text_is_copied_is_taken_out(stray: str) -> None:
    assert cleaned(f"Buss{stray}en{stray * 9}") == "Bussen"


@pytest.mark.parametrize("filling", ["\u200d", "\ufe0f", "\u200e", "\u3164", "\u2800"])
def test_a_word_is_not_made_longer_by_what_shows_nothing(filling: str) -> None:
    assert len(" ".join(cleaned(f"A{filling * 40}").split())) <= 2
