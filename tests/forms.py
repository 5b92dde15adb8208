"""Fills in and sends the forms that pages show, as a browser does: with all they hold, CSRF token and all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Fields = dict[str, list[str]]
_NO_VALUE = {"submit", "button", "reset", "file", "image"}


@dataclass
class ShownForm:
    """A form on a page: where it is sent, and what it holds before anyone has written in it."""

    action: str
    fields: Fields = field(default_factory=dict)

    def filled(self, changes: Mapping[str, Any]) -> Fields:
        """The fields as sent with these changes; None leaves a field out, a list sends it several times."""
        changed = {name: _values(value) for name, value in changes.items()}
        return {name: values for name, values in (self.fields | changed).items() if values}


def _values(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


class _Reader(HTMLParser):
    """Gathers the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[ShownForm] = []
        self._select: str | None = None
        self._first_option: str | None = None
        self._area: str | None = None
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "form" and (attributes.get("method") or "").lower() == "post":
            self.forms.append(ShownForm(attributes.get("action") or ""))
            self._inside = True
        elif self._inside:
            self._field(tag, attributes)

    def _field(self, tag: str, attributes: dict[str, str | None]) -> None:
        name, value = attributes.get("name"), attributes.get("value")
        if tag == "input" and name and attributes.get("type") not in _NO_VALUE:
            chosen = attributes.get("type") not in {"checkbox", "radio"} or "checked" in attributes
            self._add(name, (value or "") if chosen else None)
        elif tag == "textarea" and name:
            self._area = name
            self._add(name, "")
        elif tag == "select":
            self._select, self._first_option = name, None
        elif tag == "option" and self._select:
            if "selected" in attributes:
                self._add(self._select, value or "")
            self._first_option = self._first_option if self._first_option is not None else value or ""

    def _add(self, name: str, value: str | None) -> None:
        held = self.forms[-1].fields.setdefault(name, [])
        if value is not None:
            held.append(value)

    def handle_data(self, data: str) -> None:
        if self._area:
            held = self.forms[-1].fields[self._area]
            held[-1] += data if held[-1] else data.lstrip("\r\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            self._area = None
        elif tag == "select" and self._select:
            if not self.forms[-1].fields.get(self._select) and self._first_option is not None:
                self._add(self._select, self._first_option)
            self._select = None


def forms_on(html: str) -> list[ShownForm]:
    """The forms of a page that are sent by POST."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms


def form_to(html: str, action: str, *, page: str = "") -> ShownForm:
    """The form that is sent to the address; one that names no address is sent to the page's own."""
    forms = forms_on(html)
    for form in forms:
        form.action = form.action or page or action
    found = next((form for form in forms if form.action.partition("?")[0] == action), None)
    assert found is not None, f"no form to {action} among {[form.action for form in forms]}"
    return found


def open_form(client: FlaskClient, page: str, action: str | None = None) -> ShownForm:
    """The form to `action`, or to the page's own address, as the page shows it."""
    answer = client.get(page)
    assert answer.status_code == 200, (page, answer.status_code)
    return form_to(answer.text, action or page.partition("?")[0], page=page)


def send(client: FlaskClient, page: str, action: str | None = None, **changes: Any) -> TestResponse:
    """Open the page, fill in its form to `action` (else to its own address), and send it."""
    form = open_form(client, page, action)
    return client.post(form.action, data=form.filled(changes))


def csrf_token(client: FlaskClient) -> str:
    """A token for anything that this browser may send, signed in or not."""
    own = client.get("/min-side")
    page = own if own.status_code == 200 else client.get("/logg-inn")
    return next(token for form in forms_on(page.text) for token in form.fields.get("csrf_token", []))


def post(client: FlaskClient, path: str, *, headers: Any = None, **fields: Any) -> TestResponse:
    """Send fields to an address that may show no form of its own, with a good token."""
    return client.post(path, data={"csrf_token": csrf_token(client), **fields}, headers=headers)
