"""Whatever is wrong in a form: it is shown again with what was written, says what is wrong, and nothing is kept."""

import io
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from itertools import product
from typing import Any
from urllib.parse import quote_plus

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from werkzeug.test import TestResponse

from participation.outcomes.rules import INDICATORS_MAX
from tests.forms import Fields, ShownForm, form_to, open_form
from tests.integration.views.app_forms import NEED, AppForm, every_form
from tests.integration.views.town import Town

Unchanged = Callable[[], AbstractContextManager[None]]
Opened = tuple[AppForm, FlaskClient, ShownForm]
Wanted = Callable[[AppForm], object]
Open = Callable[[Wanted], list[Opened]]
pytestmark = pytest.mark.usefixtures("unlimited")

# Spaces and joiners of no width, letters that show nothing, soft hyphens, the letters of a flag with no flag.
UNSEEN = ("\u200b" * 20, "\u3164\u2800 \u200d\ufe0f" * 5, "\u00ad\u115f" * 10, "\U000e0041" * 20)
INVISIBLE = "\x00\x07\u202e\u2066\ufeff"
MISFITS = {
    "choices": ("finnes-ikke", "-1", "9" * 5000, "\x00", "' OR 1=1 --"),
    "numbers": ("ti", "1.5.2", "9" * 5000, "١٢x", "1; DROP TABLE need"),
    "dates": ("i morgen", "2026-02-30", "31.12.2026", "\x00", "99999-01-01"),
}
FORGED_NUMBERS = ("", "0", "999999", "2147483648", str(2**63))
MOVES_ON = (
    "/vurder",
    "/ta-inn",
    "/avslag",
    "/koble",
    "/avslutt",
    "/forelopig-svar",
    "/bekreft",
    "/ikke-lenger",
)
"""What these forms do leaves no room for another of them."""


_shown: dict[Flask, tuple[Town, dict[tuple[str, ...], ShownForm]]] = {}


@pytest.fixture
def those(app: Flask, town: Town, browsers: dict[str, FlaskClient]) -> Open:
    """Opens those of the app's forms that are wanted, each by someone who may send it.

    The town is put back for each test, and what its pages showed then they would show now.
    """
    for client in browsers.values():
        with client.session_transaction() as cookie:
            cookie["csrf_token"] = "the same in each test"
    if app not in _shown or _shown[app][0] is not town:
        _shown[app] = town, {}
    shown = _shown[app][1]

    def open_those(wanted: Wanted) -> list[Opened]:
        forms = [form for form in every_form(town) if wanted(form)]
        assert forms
        return [(form, browsers[form.who], _open(form)) for form in forms]

    def _open(form: AppForm) -> ShownForm:
        where = (form.who, form.page, form.action)
        if where not in shown:
            shown[where] = open_form(browsers[form.who], form.page, form.action)
        return shown[where]

    return open_those


def _send(opened: Opened, changes: dict[str, Any]) -> TestResponse:
    form, client, shown = opened
    return client.post(shown.action, data=shown.filled({**form.valid, **changes}))


def _wrong(answer: TestResponse, *, statuses: Iterable[int] = (400,), pointed_at: int = 0) -> list[str]:
    """What is amiss with the answer to a form that could not be taken."""
    text = answer.text
    wanted = {
        f"status {answer.status_code}": answer.status_code in set(statuses),
        "not a page in Norwegian": '<html lang="nb"' in text and text.count("<h1") == 1,
        "does not say what is wrong": "data-error-summary" in text,
        "does not point at each field": text.count('data-field="validation"') >= pointed_at,
    }
    return [words for words, right in wanted.items() if not right]


def _lost(answer: TestResponse, written: dict[str, str]) -> list[str]:
    """The fields whose text stands no longer on the page."""
    return [f"lost {name}" for name, text in written.items() if str(escape(text)) not in answer.text]


def _texts(form: AppForm) -> dict[str, str]:
    return {name: form.valid[name] for name in form.longest if form.valid.get(name)}


def _report(found: list[str], form: AppForm, faults: list[str]) -> None:
    found += [f"{form}: {fault}" for fault in faults]


def test_text_that_is_too_long_is_refused_and_stands_there_still(those: Open, unchanged: Unchanged) -> None:
    found: list[str] = []
    opened = those(lambda form: form.longest)
    with unchanged():
        for one in opened:
            long = {name: "ø" * (most + 1) for name, most in one[0].longest.items()}
            answer = _send(one, long)
            _report(found, one[0], _wrong(answer, pointed_at=len(long)) + _lost(answer, long))
    assert found == []


def test_each_field_that_must_be_filled_in_is_pointed_at(those: Open, unchanged: Unchanged) -> None:
    found: list[str] = []
    opened = those(lambda form: form.required)
    with unchanged():
        for one, nothing in product(opened, (None, "", "  \r\n\t ", *UNSEEN)):
            # What a form of something that is there already leaves out of its choices stays as it was.
            names = [name for name in one[0].required if nothing is not None or name in one[0].longest]
            if names:
                answer = _send(one, dict.fromkeys(names, nothing))
                _report(found, one[0], _wrong(answer, pointed_at=len(names)))
    assert found == []


def test_what_is_written_in_the_other_fields_is_kept(those: Open, unchanged: Unchanged) -> None:
    found: list[str] = []
    opened = those(lambda form: len(_texts(form)) > 1)
    with unchanged():
        for one in opened:
            texts = _texts(one[0])
            missing = next(name for name in one[0].required if name in texts)
            _report(found, one[0], _lost(_send(one, {missing: ""}), {**texts, missing: ""}))
    assert found == []


def test_what_is_no_choice_number_or_day_is_refused(those: Open, unchanged: Unchanged) -> None:
    found: list[str] = []
    opened = those(lambda form: form.choices or form.numbers or form.dates)
    with unchanged():
        for one, number in product(opened, range(5)):
            form = one[0]
            bad = {name: MISFITS[kind][number] for kind in MISFITS for name in getattr(form, kind)}
            hidden = {"version", "parent_id"} & set(bad)
            answer = _send(one, bad)
            texts = {name: text for name, text in _texts(form).items() if name not in bad}
            _report(found, form, _wrong(answer, pointed_at=len(bad) - len(hidden)) + _lost(answer, texts))
    assert found == []


def test_forged_versions_and_parents_change_nothing(those: Open, unchanged: Unchanged) -> None:
    found: list[str] = []
    # What a visitor replies to is looked up when they have signed in.
    opened = those(lambda form: form.who and {"version", "parent_id"} & set(form.numbers))
    with unchanged():
        for one in opened:
            for name in {"version", "parent_id"} & set(one[0].numbers):
                for number in FORGED_NUMBERS[1:] if name == "parent_id" else FORGED_NUMBERS:
                    answer = _send(one, {name: number})
                    faults = _wrong(answer, statuses=(400, 409)) + _lost(answer, _texts(one[0]))
                    _report(found, one[0], [f"{name}={number[:20]}: {fault}" for fault in faults])
    assert found == []


def test_of_a_field_sent_several_times_the_first_counts(those: Open, unchanged: Unchanged) -> None:
    found: list[str] = []
    opened = those(lambda form: form.required)
    with unchanged():
        for one in opened:
            names = [name for name in one[0].required if name != "roles"]
            answer = _send(one, {name: ["", one[0].valid[name]] for name in names})
            _report(found, one[0], _wrong(answer, pointed_at=len(names)))
    assert found == []


def test_a_file_or_json_where_text_belongs_is_taken_for_nothing(those: Open, unchanged: Unchanged) -> None:
    found: list[str] = []
    opened = those(lambda form: form.required)
    with unchanged():
        for form, client, shown in opened:
            token = shown.fields["csrf_token"][0]
            data: dict[str, Any] = {"csrf_token": token}
            data |= {name: (io.BytesIO(b"%PDF-1.4 \x00\xff"), "../../skjema.pdf") for name in form.required}
            texts = [name for name in form.required if name in form.longest]
            answers = [
                client.post(shown.action, data=data, content_type="multipart/form-data"),
                client.post(shown.action, json={**form.valid, "title": {"a": [1]}}, headers={"X-CSRFToken": token}),
                client.post(shown.action, json=[1, 2], headers={"X-CSRFToken": token}),
            ]
            for answer in answers:
                _report(found, form, _wrong(answer, pointed_at=len(texts)))
    assert found == []


def test_invisible_characters_are_taken_out_and_the_rest_kept(those: Open, unchanged: Unchanged) -> None:
    found: list[str] = []
    opened = those(lambda form: form.longest)
    with unchanged():
        for one in opened:
            words = {name: one[0].valid.get(name) or "Noen ord her" for name in one[0].longest}
            answer = _send(one, {name: f"{text[:2]}{INVISIBLE}{text[2:]}" for name, text in words.items()})
            faults = _wrong(answer, pointed_at=len(words)) + _lost(answer, words)
            _report(found, one[0], faults + [f"shows {ord(mark):x}" for mark in INVISIBLE if mark in answer.text])
    assert found == []


def test_bytes_that_are_no_text_are_refused(those: Open, unchanged: Unchanged) -> None:
    found: list[str] = []
    opened = those(lambda form: form.longest or form.choices)
    with unchanged():
        for form, client, shown in opened:
            names = (*form.longest, *form.choices, *form.numbers, *form.dates)
            good = _encoded(shown.filled({**form.valid, **dict.fromkeys(names)}))
            bad = "&".join(f"{quote_plus(name)}=%00%FF%C3%28%ED%A0%80%F8%88%80%80%80" for name in names)
            answer = client.post(shown.action, data=f"{good}&{bad}", content_type="application/x-www-form-urlencoded")
            _report(found, form, _wrong(answer))
    assert found == []


def _encoded(fields: Fields) -> str:
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, values in fields.items() for value in values)


def test_a_figure_once_begun_must_be_whole(those: Open, unchanged: Unchanged) -> None:
    """And it is of a day that has been, and a number that the database has room for."""
    opened = those(lambda form: "indicator_0-now" in form.valid)
    with unchanged():
        for one in opened:
            for name in ("indicator_0-name", "indicator_0-unit", "indicator_0-before", "indicator_0-measured_on"):
                assert _wrong(_send(one, {name: ""}), pointed_at=1) == []
            for number in ("1,234", "1234567890123", "--1", "∞", "1e5"):
                assert _wrong(_send(one, {"indicator_0-now": number}), pointed_at=1) == []
            assert _wrong(_send(one, {"indicator_0-measured_on": "2999-01-01"}), pointed_at=1) == []
            beyond = {f"indicator_{INDICATORS_MAX}-name": "En for mye", "title": ""}
            assert _wrong(_send(one, beyond), pointed_at=1) == []


def test_a_title_is_a_sentence_and_not_a_word(those: Open, unchanged: Unchanged) -> None:
    opened = those(lambda form: form.valid is NEED)
    with unchanged():
        for one in opened:
            assert _wrong(_send(one, {"title": "Buss    ×  "}), pointed_at=1) == []


def test_an_answer_is_promised_for_a_day_to_come(those: Open, unchanged: Unchanged) -> None:
    (one,) = those(lambda form: form.dates == ("answer_by",))
    with unchanged():
        for day in ("2020-01-01", "0001-01-01"):
            answer = _send(one, {"answer_by": day})
            assert _wrong(answer, statuses=(409,), pointed_at=1) + _lost(answer, _texts(one[0])) == []


def test_what_is_no_address_is_given_no_link_and_no_role(those: Open, unchanged: Unchanged) -> None:
    opened = those(lambda form: "email" in form.required)
    with unchanged():
        for one in opened:
            for address in ("kari", "kari@", "@example.org", "a@b", "kari@example..org", "a b@example.org", "<b>@x.no"):
                answer = _send(one, {"email": address})
                assert _wrong(answer, pointed_at=1) + _lost(answer, {"email": address}) == []


def test_a_form_that_showed_an_error_is_taken_once_it_is_put_right(those: Open, kept: Callable[[], str]) -> None:
    """The page of the error holds all that is needed to send it again."""
    for form, client, shown in those(lambda form: form.required and not form.action.endswith(MOVES_ON)):
        name, before = form.required[0], kept()
        first = client.post(shown.action, data=shown.filled({**form.valid, name: ""}))
        again = form_to(first.text, form.action)
        answer = client.post(again.action, data=again.filled({name: form.valid[name]}))
        if answer.status_code == 409:  # another of the forms has changed it meanwhile, and the page now knows
            again = form_to(answer.text, form.action)
            answer = client.post(again.action, data=again.filled({}))
        assert (answer.status_code, kept() != before) == (302, True), form


def test_what_comes_along_in_copying_is_taken_out_with_no_word_about_it(
    town: Town, browsers: dict[str, FlaskClient]
) -> None:
    page = f"/behov/{town.need}"
    form = open_form(browsers["Bjørn"], page, f"{page}/kommentarer")
    words = form.filled({"body": "Bus\u00adsen går\u200b for sjelden 👩‍👩‍👧"})
    assert browsers["Bjørn"].post(form.action, data=words).status_code == 302
    assert "Bussen går for sjelden 👩‍👩‍👧" in browsers[""].get(page).text
