"""Norwegian pages are Norwegian: every text is translated, and no English is left on any page or in any message."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient

from participation.paths import TRANSLATIONS
from tests.guards.html import XHTML, text_of
from tests.guards.pages import WHO_MAY, Values, build_town, every_page

NORWEGIAN = ("nb", "nn")
SignIn = Callable[[str], FlaskClient]
_PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}|%%")
# Shorter pieces turn up inside Norwegian words.
SHORTEST_PIECE = 12
# What such a field sends is read by programs alone.
UNREAD_VALUES = {"checkbox", "radio", "hidden"}


def messages(folder: Path, language: str) -> list[Message]:
    with (folder / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return [message for message in read_po(file) if message.id]


def untranslated(found: list[Message]) -> list[str]:
    """The texts that have no translation, or one that nobody has approved."""
    return [str(message.id) for message in found if message.fuzzy or not all(_texts(message.string))]


def _texts(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, (tuple, list)) else (str(text),)


def english_pieces(found: list[Message]) -> set[str]:
    """The stretches of English between placeholders that no Norwegian text has."""
    norwegian = " ".join(text for message in found for text in _texts(message.string))
    pieces = {piece.strip() for message in found for text in _texts(message.id) for piece in _PLACEHOLDER.split(text)}
    return {piece for piece in pieces if len(piece) >= SHORTEST_PIECE and piece not in norwegian}


def english_on(html: str, pieces: set[str]) -> list[str]:
    """What of the English stands in what people read or hear of the page."""
    read = "\n".join(_read(html5lib.parse(html)))
    return sorted(piece for piece in pieces if piece in read)


def _read(document: Element) -> Iterator[str]:
    for element in document.iter():
        if element.tag == f"{XHTML}body" or element.tag == f"{XHTML}title":
            yield text_of(element)
        yield from (element.get(name) or "" for name in ("aria-label", "title", "alt", "placeholder"))
        if element.get("type") not in UNREAD_VALUES:
            yield element.get("value") or ""


@pytest.mark.parametrize("language", NORWEGIAN)
def test_every_text_is_translated(language: str) -> None:
    assert untranslated(messages(TRANSLATIONS, language)) == []


@pytest.mark.parametrize("flags", ["#, fuzzy\n", ""])
def test_a_missing_or_unsure_translation_is_seen(tmp_path: Path, flags: str) -> None:
    folder = tmp_path / "nb" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    translation = "Behov" if flags else ""
    (folder / "messages.po").write_text(f'{flags}msgid "Needs"\nmsgstr "{translation}"\n')
    assert untranslated(messages(tmp_path, "nb")) == ["Needs"]


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", NORWEGIAN)
def test_no_english_is_left_on_any_norwegian_page(app: Flask, signed_in: SignIn, language: str) -> None:
    with app.app_context():
        values: Values = build_town()
    pieces = english_pieces(messages(TRANSLATIONS, language))
    clients = {name: signed_in(name) for name in set(WHO_MAY.values())}
    found = []
    for page in every_page(app, values):
        answer = clients[page.name].get(page.said_in(language))
        if not page.is_html and not page.path.endswith(".atom"):
            continue
        found += [f"{page.path}: {piece}" for piece in english_on(answer.text, pieces)]
    assert found == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", NORWEGIAN)
def test_no_english_is_left_in_what_an_empty_form_is_answered_with(
    app: Flask, signed_in: SignIn, language: str
) -> None:
    with app.app_context():
        values = build_town()
    pieces = english_pieces(messages(TRANSLATIONS, language))
    clients = {name: signed_in(name) for name in set(WHO_MAY.values())}
    found, answered = [], 0
    for page in filter(lambda page: page.is_html, every_page(app, values)):
        client = clients[page.name]
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page.path).text)
        nonsense = dict.fromkeys(NUMBERS_AND_DATES, "tull")
        answer = client.post(page.said_in(language), data=nonsense | {"csrf_token": token[1] if token else ""})
        answered += answer.status_code == 400
        found += [f"{page.path}: {piece}" for piece in english_on(answer.text, pieces)]
    assert found == []
    assert answered > 10


NUMBERS_AND_DATES = ("indicator_0-before", "indicator_0-measured_on", "indicator_0-target", "version", "goals", "roles")


def test_english_on_a_page_is_seen() -> None:
    pieces = english_pieces(messages(TRANSLATIONS, "nb"))
    assert english_on("<h1>Meld inn et behov</h1>", pieces) == []
    assert "Report a need" in english_on("<a aria-label='Report a need'>Behov</a>", pieces)
