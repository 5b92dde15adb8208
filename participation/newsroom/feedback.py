"""What those behind the needs said of a result: all of it for staff, without names; some of it to show."""

import hashlib
import hmac
from collections.abc import Callable

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import HiddenField

from participation.newsroom.blueprint import newsroom
from participation.outcomes import feedback, queries
from participation.outcomes import follow_up_queries as follow_up
from participation.outcomes.follow_up import may_show_words
from participation.outcomes.models import Feedback, Outcome
from participation.outcomes.rules import PUBLIC_STATES
from participation.permissions import Permission
from participation.refusals import Refusal, Refused
from participation.web.access import requires, the_actor
from participation.web.forms import Form
from participation.web.views import failed, found

Answer = Response | tuple[str, int]


class WordsForm(Form):
    words = HiddenField()


def words_mark(said: Feedback) -> str:
    """Names one answer as it is worded now, so that staff choose what they have read and learn not whose it is."""
    named = f"{said.outcome_id}:{said.person_id}:{said.answered_at.isoformat()}:{said.words}"
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, b"words-mark:" + named.encode(), hashlib.sha256).hexdigest()[:32]


@newsroom.get("/redaksjonen/resultater/<id:outcome_id>/svar")
@requires(Permission.WRITE_OUTCOMES)
def show_feedback(outcome_id: int) -> str:
    return _page(outcome_id)


def _page(outcome_id: int, form: WordsForm | None = None) -> str:
    outcome = found(_public(outcome_id))
    said = follow_up.all_words(outcome_id)
    return render_template(
        "newsroom/feedback.html",
        outcome=outcome,
        sums=follow_up.sums_of(outcome),
        said=[(one, words_mark(one), _can_be_shown(one)) for one in said],
        form=form,
    )


def _public(outcome_id: int) -> Outcome | None:
    outcome = queries.outcome(outcome_id)
    return outcome if outcome and outcome.state in PUBLIC_STATES else None


def _can_be_shown(said: Feedback) -> bool:
    return may_show_words(words=said.words, may_publish=said.may_publish) is None


@newsroom.post("/redaksjonen/resultater/<id:outcome_id>/svar/vis")
@requires(Permission.APPROVE_OUTCOMES)
def show_words(outcome_id: int) -> Answer:
    form = WordsForm()

    def act() -> None:
        said = _marked(outcome_id, form)
        feedback.show_words(the_actor(), found=said, answered_at=said.answered_at)

    return _take(outcome_id, form, act, said=_("The words stand on the result's page."))


@newsroom.post("/redaksjonen/resultater/<id:outcome_id>/svar/ta-bort")
@requires(Permission.APPROVE_OUTCOMES)
def hide_words(outcome_id: int) -> Answer:
    form = WordsForm()

    def act() -> None:
        feedback.hide_words(the_actor(), found=_marked(outcome_id, form))

    return _take(outcome_id, form, act, said=_("The words no longer stand on the result's page."))


def _marked(outcome_id: int, form: WordsForm) -> Feedback:
    """The answer that the form names. Raises Refused when it has been worded anew since."""
    sent = form.words.data or ""
    for said in follow_up.all_words(outcome_id):
        if hmac.compare_digest(words_mark(said).encode(), sent.encode()):
            return said
    raise Refused(Refusal.CHANGED_MEANWHILE)


def _take(outcome_id: int, form: WordsForm, act: Callable[[], None], *, said: str) -> Answer:
    found(_public(outcome_id))
    status = failed(form, act)
    if status:
        return _page(outcome_id, form), status
    flash(said, "success")
    return redirect(url_for("newsroom.show_feedback", outcome_id=outcome_id))
