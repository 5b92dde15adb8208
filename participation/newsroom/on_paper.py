"""Whether it helped, as staff write it down for those who were asked on paper and tell us by phone or in person."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import BooleanField, RadioField

from participation import clock
from participation.accounts.models import Person
from participation.newsroom.blueprint import newsroom
from participation.notifications.letters import out_of_reach
from participation.outcomes import feedback, queries
from participation.outcomes import follow_up_queries as follow_up
from participation.outcomes.follow_up import WORDS_MAX_CHARACTERS, may_say
from participation.outcomes.models import Outcome
from participation.outcomes.rules import PUBLIC_STATES, Helped
from participation.permissions import Permission
from participation.support.rules import Channel
from participation.web.access import requires, the_actor
from participation.web.forms import Form, Required, TextBlock, at_most, choices_of
from participation.web.views import failed, found

NAME_MIN_CHARACTERS = 2


class ToldForm(Form):
    helped = RadioField(
        lazy_gettext("Did it help them?"),
        [Required(lazy_gettext("Choose what they answered"))],
        choices=choices_of(Helped),
    )
    words = TextBlock(lazy_gettext("In their own words"), [at_most(WORDS_MAX_CHARACTERS)])
    may_publish = BooleanField(lazy_gettext("They agree that we may show their words on the page, without their name"))
    channel = RadioField(
        lazy_gettext("How did they tell us?"),
        [Required(lazy_gettext("Choose how they told us"))],
        choices=choices_of(Channel),
    )


@newsroom.get("/redaksjonen/resultater/<id:outcome_id>/svar/pa-papir")
@requires(Permission.WRITE_OUTCOMES)
def find_asked(outcome_id: int) -> str:
    """Nobody is listed before a part of their name is given."""
    outcome, name = found(_asked_of(outcome_id)), request.args.get("navn", "").strip()[:80]
    is_name = len(name) >= NAME_MIN_CHARACTERS
    return render_template(
        "newsroom/asked_on_paper.html",
        outcome=outcome,
        name=name,
        people=follow_up.asked_on_paper(outcome_id, name=name) if is_name else None,
        is_open=_is_open(outcome),
    )


def _asked_of(outcome_id: int) -> Outcome | None:
    """The outcome, if people are asked whether it helped."""
    outcome = queries.outcome(outcome_id)
    return outcome if outcome and outcome.asked_at and outcome.state in PUBLIC_STATES else None


def _is_open(outcome: Outcome) -> bool:
    return may_say(state=outcome.state, was_asked=True, asked_at=outcome.asked_at, now=clock.now()) is None


def _asked(outcome_id: int, reader_id: int) -> Person:
    """One who was asked on paper; of anyone else there is no page."""
    found(follow_up.was_asked(reader_id, outcome_id=outcome_id) or None)
    return found(out_of_reach(reader_id))


# Empty each time: what the person has said before is not for staff to read by name.
@newsroom.get("/redaksjonen/resultater/<id:outcome_id>/svar/pa-papir/<id:reader_id>")
@requires(Permission.WRITE_OUTCOMES)
def answer_for(outcome_id: int, reader_id: int) -> str:
    return _page(outcome_id, reader_id, ToldForm(formdata=None))


def _page(outcome_id: int, reader_id: int, form: ToldForm) -> str:
    outcome, person = found(_asked_of(outcome_id)), _asked(outcome_id, reader_id)
    return render_template(
        "newsroom/answer_on_paper.html", outcome=outcome, person=person, form=form, is_open=_is_open(outcome)
    )


@newsroom.post("/redaksjonen/resultater/<id:outcome_id>/svar/pa-papir/<id:reader_id>")
@requires(Permission.WRITE_OUTCOMES)
def register_answer(outcome_id: int, reader_id: int) -> ResponseReturnValue:
    outcome, form = found(_asked_of(outcome_id)), ToldForm()
    _asked(outcome_id, reader_id)
    status = failed(form, _saving(reader_id, outcome, form))
    if status:
        return _page(outcome_id, reader_id, form), status
    flash(_("The answer is registered, and counts as anyone's."), "success")
    return redirect(url_for("newsroom.show_feedback", outcome_id=outcome_id))


def _saving(reader_id: int, outcome: Outcome, form: ToldForm) -> Callable[[], None]:
    return lambda: feedback.say_for(
        the_actor(),
        person_id=reader_id,
        outcome=outcome,
        helped=Helped(form.helped.data),
        words=form.words.data,
        may_publish=form.may_publish.data,
        channel=Channel(form.channel.data),
    )
