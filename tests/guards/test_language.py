"""Norwegian pages are Norwegian: every text is translated, and no English is left in any message.

That none is left on any page is seen where every page is opened (`test_every_page.py`).
"""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient

from participation.paths import TRANSLATIONS
from tests.forms import csrf_token
from tests.guards.pages import WHO_MAY, build_town, every_page

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


class Reader(HTMLParser):
    """Gathers what people read or hear of a page; it takes any HTML, and is quick."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        self.texts += (f"\n{own.get(name) or ''}\n" for name in ("aria-label", "title", "alt", "placeholder"))
        if own.get("type") not in UNREAD_VALUES:
            self.texts.append(f"\n{own.get('value') or ''}\n")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def english_on(html: str, pieces: set[str]) -> list[str]:
    """What of the English stands in what people read or hear of the page."""
    reader = Reader()
    reader.feed(html)
    read = " ".join("".join(reader.texts).split())
    return sorted(piece for piece in pieces if piece in read)


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
def test_no_english_is_left_in_what_an_empty_form_is_answered_with(
    app: Flask, signed_in: SignIn, language: str
) -> None:
    with app.app_context():
        values = build_town()
    pieces = english_pieces(messages(TRANSLATIONS, language))
    clients = {name: signed_in(name) for name in set(WHO_MAY.values())}
    tokens = {name: csrf_token(client) for name, client in clients.items()}
    found, answered = [], 0
    for page in filter(lambda page: page.is_html, every_page(app, values)):
        nonsense = dict.fromkeys(NUMBERS_AND_DATES, "tull") | {"csrf_token": tokens[page.name]}
        answer = clients[page.name].post(page.said_in(language), data=nonsense)
        answered += answer.status_code == 400
        found += [f"{page.path}: {piece}" for piece in english_on(answer.text, pieces)]
    assert found == []
    assert answered > 10


NUMBERS_AND_DATES = ("indicator_0-before", "indicator_0-measured_on", "indicator_0-target", "version", "goals", "roles")


def test_english_on_a_page_is_seen() -> None:
    pieces = english_pieces(messages(TRANSLATIONS, "nb"))
    assert english_on("<h1>Meld inn et behov</h1>", pieces) == []
    assert "Report a need" in english_on("<a aria-label='Report a need'>Behov</a>", pieces)
