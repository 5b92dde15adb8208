"""My page: what is new to me, what came of what I care about, and my settings."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import force_locale, lazy_gettext
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectField
from wtforms.fields import SelectChoice

from participation.accounts import login, service, sessions
from participation.accounts.identities import kinds_known
from participation.accounts.login import the_person
from participation.accounts.queries import open_sessions, token_hash
from participation.accounts.rules import BY_DEMO, NAME_MAX_CHARACTERS, Language
from participation.extensions import db
from participation.needs import queries as needs
from participation.needs.models import SUBJECT_KIND
from participation.notifications.labels import because
from participation.notifications.mails import concerned_needs, headline
from participation.notifications.models import Delivery
from participation.notifications.queries import MESSAGES_A_PAGE, concerned_among, messages, subject_ids
from participation.notifications.rules import Reason, Subject
from participation.outcomes import stood_behind
from participation.outcomes.follow_up_queries import ended_among, unanswered_by
from participation.outcomes.models import Outcome, OutcomeNeed
from participation.outcomes.queries import outcomes_for, published_of_needs
from participation.outcomes.rules import Verdict
from participation.permissions import Permission
from participation.residents.blueprint import residents
from participation.residents.need_page import days_overdue
from participation.residents.own_name import own_name
from participation.settings_providers import KnownBy, Provider
from participation.support.queries import supported_among, supported_needs
from participation.web.access import requires, the_actor
from participation.web.addresses import settings
from participation.web.forms import Form, Required, TextLine, at_most
from participation.web.language import LANGUAGES, keep_language
from participation.web.pagination import ID_MAX

NEWEST_SHOWN, RESULTS_SHOWN, NEEDS_SHOWN = 5, 3, 5
FOLLOWED_SHOWN = 100
_LANGUAGE_CHOICES = [SelectChoice(code, name) for code, name in LANGUAGES.items()]


class SettingsForm(Form):
    name = TextLine(
        lazy_gettext("Your name"),
        validators=[Required(lazy_gettext("Write your name")), at_most(NAME_MAX_CHARACTERS), own_name],
    )
    name_hidden = BooleanField(lazy_gettext("Hide my name everywhere"))
    language = SelectField(lazy_gettext("Language"), choices=_LANGUAGE_CHOICES)


@dataclass(frozen=True)
class Message:
    """What the person was told of: the delivery with its event, and which of the event's needs are theirs."""

    headline: str
    delivery: Delivery
    needs: list[dict[str, Any]]

    @property
    def because(self) -> LazyString:
        return because(self.delivery.reason, needs=len(self.needs))


@residents.get("/min-side")
@requires(Permission.PARTICIPATE)
def my_page() -> str:
    before = _event_id(request.args.get("for"))
    if before is not None:
        return _older_messages(before)
    return _show(SettingsForm(obj=the_person()))


def _event_id(text: str | None) -> int | None:
    is_number = text and text.isascii() and text.isdecimal() and len(text) <= len(str(ID_MAX))
    return min(int(text), ID_MAX) if text and is_number else None


def _older_messages(before: int) -> str:
    told = messages(the_actor().id, before_event_id=before)
    shown = told[:MESSAGES_A_PAGE]
    return render_template(
        "residents/messages.html",
        messages=_with_needs(shown),
        older_than=shown[-1].event_id if len(told) > len(shown) else None,
    )


def _with_needs(told: Sequence[Delivery]) -> list[Message]:
    concerned = concerned_among(the_actor().id, event_ids=[one.event_id for one in told])
    return [_message(one, concerned.get(one.event_id, [])) for one in told]


def _message(delivery: Delivery, subjects: list[Subject]) -> Message:
    theirs = concerned_needs(delivery.event.facts, subjects)
    return Message(headline(delivery.event, theirs), delivery, theirs)


def _show(form: SettingsForm) -> str:
    person_id = the_actor().id
    told = messages(person_id)
    newest = told[:NEWEST_SHOWN]
    mine = needs.needs_of(person_id)
    supported = supported_needs(person_id, limit=NEEDS_SHOWN + 1)
    followed = needs.needs_by_id(subject_ids(person_id, kind=SUBJECT_KIND, reason=Reason.FOLLOWER)[:FOLLOWED_SHOWN])
    numbers = [need.id for need in (*mine, *supported[:NEEDS_SHOWN], *followed)]
    outcomes, led_to = published_of_needs(numbers), _led_to(person_id)
    ended = ended_among({answer.outcome_id for answers in outcomes.values() for answer in answers})
    return render_template(
        "residents/my_page.html",
        form=form,
        messages=_with_needs(newest),
        older_than=newest[-1].event_id if len(told) > len(newest) else None,
        led_to=led_to,
        more_results=stood_behind.results(person_id) - len(led_to),
        questions=unanswered_by(person_id),
        mine=mine,
        days_overdue=days_overdue,
        drafts=needs.drafts_of(person_id),
        supported=supported[:NEEDS_SHOWN],
        supports_more=len(supported) > NEEDS_SHOWN,
        followed=followed,
        came_of={need_id: _what_stands(answers, ended) for need_id, answers in outcomes.items()},
        ended=ended,
        answers=needs.latest_answers(numbers),
        sessions=open_sessions(person_id),
        providers=_ways_to_connect(),
        connected=kinds_known(person_id),
        way_names=_way_names(),
        this_session=token_hash(login.current_token() or ""),
    )


def _what_stands(answers: Sequence[OutcomeNeed], ended: Container[int]) -> OutcomeNeed:
    """Of the results of a need, the newest first: one still in use, that meets it best."""
    how_far = list(Verdict)
    return min(answers, key=lambda answer: (answer.outcome_id in ended, how_far.index(answer.verdict)))


def _ways_to_connect() -> list[Provider]:
    """Those that people are known by for good; a directory is for who works here."""
    kinds = {KnownBy.NUMBER, *([KnownBy.DIRECTORY] if the_actor().is_staff else [])}
    return [known for known in settings().providers if known.known_by in kinds]


def _way_names() -> dict[str, str]:
    """What one came in by, by what a session says of it; what is not here is a link by e-mail."""
    return {BY_DEMO: _("the demo's list"), **{known.key: known.label for known in settings().providers}}


def _led_to(person_id: int) -> list[tuple[Outcome, list[OutcomeNeed]]]:
    """The latest outcomes that the person stands behind, each with what it says to their own needs."""
    outcomes = outcomes_for(person_id, limit=RESULTS_SHOWN)
    answered = [answer.need for outcome in outcomes for answer in outcome.needs]
    supported = supported_among(person_id, (need.id for need in answered))
    mine = supported | {need.id for need in answered if need.author_id == person_id}
    return [(outcome, [answer for answer in outcome.needs if answer.need_id in mine]) for outcome in outcomes]


@residents.post("/min-side/innstillinger")
@requires(Permission.PARTICIPATE)
def change_settings() -> Response | tuple[str, int]:
    form = SettingsForm()
    if not form.validate():
        return _show(form), 400
    service.change_settings(
        the_person(),
        name=form.name.data or "",
        name_hidden=form.name_hidden.data,
        language=Language(form.language.data),
        mail_notices=the_person().mail_notices,
    )
    db.session.commit()
    return _saved(form.language.data)


def _saved(language: str) -> Response:
    with force_locale(language):
        flash(_("Your settings are saved."), "success")
    response = make_response(redirect(url_for("residents.my_page")))
    keep_language(response, language)
    return response


@residents.post("/min-side/innlogginger/<id:session_id>/avslutt")
@requires(Permission.PARTICIPATE)
def end_session(session_id: int) -> Response:
    sessions.end_session(the_actor(), session_id=session_id)
    db.session.commit()
    flash(_("The device is signed out."), "success")
    return redirect(url_for("residents.my_page"))


@residents.post("/min-side/innlogginger/avslutt-andre")
@requires(Permission.PARTICIPATE)
def end_other_sessions() -> Response:
    sessions.end_other_sessions(the_actor(), token=login.current_token() or "")
    db.session.commit()
    flash(_("All other devices are signed out."), "success")
    return redirect(url_for("residents.my_page"))
