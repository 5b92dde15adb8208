"""Fewer mails with one click, from a link in the mail and with no sign-in (RFC 8058)."""

from collections.abc import Iterable

from flask import render_template, request

from participation.accounts.models import Person
from participation.accounts.queries import person_now
from participation.accounts.service import set_mail_notices
from participation.extensions import csrf, db
from participation.needs import queries as needs
from participation.needs.models import Need
from participation.notifications.marks import read_mute_token, read_unsubscribe_token
from participation.notifications.preferences import mute, set_paces
from participation.notifications.queries import is_muted, paces
from participation.notifications.rules import Pace, Topic
from participation.residents.blueprint import residents
from participation.web.access import public
from participation.web.language import speak_to
from participation.web.views import found

# What one may turn off alone, on the way out; staff may turn off the work too.
OFFERED = (Topic.ANSWERS, Topic.PROGRESS, Topic.RESULTS, Topic.QUESTIONS, Topic.SUMMARY)
WEEKLY, DAILY = "weekly", "daily"


# A mail program sends this without ever having seen a page of ours; the signed address is what says who asks.
@residents.route("/avmeld/<token>", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]
@public
def unsubscribe(token: str) -> str:
    held = found(read_unsubscribe_token(token))
    reader = found(person_now(held.person_id))
    speak_to(reader.language.value)
    turn_down = _turn_down_work if held.from_work else _turn_down
    less = ""
    if request.method == "POST":
        less = turn_down(reader, request.form.get("bare", ""))
        db.session.commit()
    return render_template(
        "residents/unsubscribe_work.html" if held.from_work else "residents/unsubscribe.html",
        token=token,
        wanted=_gets_any(reader, (Topic.WORK,) if held.from_work else OFFERED),
        less=less,
        topics=_offered(reader),
    )


def _wanted(reader: Person) -> list[Topic]:
    """What the reader has not turned off before, and so must not get again."""
    chosen = paces(reader.id)
    return [topic for topic in OFFERED if chosen[topic] is not Pace.NEVER]


def _gets_any(reader: Person, topics: Iterable[Topic]) -> bool:
    chosen = paces(reader.id)
    return reader.mail_notices and any(chosen[topic] is not Pace.NEVER for topic in topics)


def _offered(reader: Person) -> tuple[Topic, ...]:
    return (*OFFERED, Topic.WORK) if reader.actor.is_staff else OFFERED


def _turn_down(reader: Person, only: str) -> str:
    """Turn off all mail; or, where the form on our own page says so, have it once a week or without one topic."""
    if only == WEEKLY:
        set_paces(reader.id, dict.fromkeys(_wanted(reader), Pace.WEEKLY))
    elif only in list(_offered(reader)):
        set_paces(reader.id, {Topic(only): Pace.NEVER})
    else:
        _turn_off(reader)
        return ""
    return only


def _turn_off(reader: Person) -> None:
    """All that this mail is one of. Who works here would else miss, unasked, which answers are due."""
    if reader.actor.is_staff:
        set_paces(reader.id, dict.fromkeys(OFFERED, Pace.NEVER))
    else:
        set_mail_notices(reader, wanted=False)


def _turn_down_work(reader: Person, only: str) -> str:
    set_paces(reader.id, {Topic.WORK: Pace.DAILY if only == DAILY else Pace.NEVER})
    return DAILY if only == DAILY else ""


@residents.route("/demp/<token>", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]
@public
def mute_by_mail(token: str) -> str:
    """No more mail about one need: a page with a button, so that a scanner of mails silences nothing."""
    held = found(read_mute_token(token))
    reader = found(person_now(held.person_id))
    found(None if reader.closed_at else reader)
    speak_to(reader.language.value)
    need: Need = found(needs.need_page(held.subject.id) if held.subject.kind == "need" else None)
    if request.method == "POST":
        mute(reader.id, subject=held.subject)
        db.session.commit()
    muted = is_muted(reader.id, subject=held.subject)
    return render_template("residents/mute.html", token=token, need=need, muted=muted)
