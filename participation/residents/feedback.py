"""Did it help? Those who were asked answer, by the link in the mail or signed in; and what all may see of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from itsdangerous import BadSignature, URLSafeSerializer
from wtforms import BooleanField, RadioField

from participation import clock
from participation.accounts.queries import person_now
from participation.extensions import limiter, visitor_network
from participation.outcomes import feedback
from participation.outcomes import follow_up_queries as follow_up
from participation.outcomes import queries as outcomes
from participation.outcomes.follow_up import WORDS_MAX_CHARACTERS, WORDS_ON_PAGE, Sums, may_say
from participation.outcomes.models import Outcome, UseCheck
from participation.outcomes.rules import NEVER_PUBLISHED, PUBLIC_STATES, Helped, OutcomeState
from participation.outcomes.wording import figure_key
from participation.permissions import Permission
from participation.refusals import Refusal, ensure
from participation.residents.blueprint import residents
from participation.web.access import maybe_actor, public, requires, the_actor
from participation.web.forms import Form, Required, TextBlock, at_most, choices_of
from participation.web.language import speak_to
from participation.web.views import failed, found

ANSWERS_BY_LINK = "60 per 15 minutes"
ALL_WORDS_SHOWN = 500
IN_ADDRESSES = {"ja": Helped.YES, "delvis": Helped.PARTLY, "nei": Helped.NO}
_SALT = "did-it-help"


class HelpedForm(Form):
    helped = RadioField(
        lazy_gettext("Did it help you?"),
        [Required(lazy_gettext("Choose an answer"))],
        choices=choices_of(Helped),
    )
    words = TextBlock(lazy_gettext("In a few words"), [at_most(WORDS_MAX_CHARACTERS)])
    may_publish = BooleanField(lazy_gettext("You may show what I write on the page, without my name"))


@residents.app_template_global()
def answer_token(person_id: int, outcome_id: int) -> str:
    """Lets the person answer by the link in their mail, without signing in."""
    return _signer().dumps([person_id, outcome_id])


def _read_token(token: str) -> tuple[int, int] | None:
    try:
        kept = _signer().loads(token)
    except BadSignature:
        return None
    return (kept[0], kept[1]) if isinstance(kept, list) and len(kept) == 2 else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=_SALT)


# Opening it saves nothing: mail scanners open every link, and people change their minds.
@residents.route("/svar/<token>", methods=["GET", "POST"])
@public
@limiter.limit(ANSWERS_BY_LINK, key_func=visitor_network, methods=["POST"])
def answer_by_link(token: str) -> ResponseReturnValue:
    person_id, outcome_id = found(_read_token(token))
    reader = found(person_now(person_id))
    found(None if reader.closed_at else reader)
    speak_to(reader.language.value)
    return _answer(reader.id, outcome_id)


@residents.route("/resultater/<id:outcome_id>/hjalp-det", methods=["GET", "POST"])
@requires(Permission.PARTICIPATE)
def answer_signed_in(outcome_id: int) -> ResponseReturnValue:
    return _answer(the_actor().id, outcome_id)


def _answer(person_id: int, outcome_id: int) -> ResponseReturnValue:
    outcome = found(_told_of(outcome_id))
    if outcome.state is OutcomeState.WITHDRAWN:
        return render_template("residents/outcome_withdrawn.html", outcome=outcome), 410
    refusal = _refusal(person_id, outcome)
    if refusal is Refusal.ANSWERS_CLOSED:
        return _page(outcome, None), 410
    ensure(refusal)
    form = _form(person_id, outcome)
    if request.method != "POST":
        return _page(outcome, form)
    status = failed(form, _saving(person_id, outcome, form))
    if status:
        return _page(found(_public_outcome(outcome_id)), form), status
    flash(_("Thank you! Your answer is kept, and helps us and others to do better."), "success")
    return redirect(url_for("residents.show_outcome", outcome_id=outcome_id, _anchor="helped"))


def _public_outcome(outcome_id: int) -> Outcome | None:
    outcome = outcomes.outcome(outcome_id)
    return outcome if outcome and outcome.state in PUBLIC_STATES else None


def _told_of(outcome_id: int) -> Outcome | None:
    outcome = outcomes.outcome(outcome_id)
    return outcome if outcome and outcome.state not in NEVER_PUBLISHED else None


def _refusal(person_id: int, outcome: Outcome) -> Refusal | None:
    asked = follow_up.was_asked(person_id, outcome_id=outcome.id)
    return may_say(state=outcome.state, was_asked=asked, asked_at=outcome.asked_at, now=clock.now())


def _form(person_id: int, outcome: Outcome) -> HelpedForm:
    """The form with what the person has said before, and what the link in the mail stands for."""
    said = follow_up.said_by(person_id, outcome_id=outcome.id)
    filled: dict[str, Any] = {}
    if said is not None:
        filled = {"helped": said.helped.value, "words": said.words, "may_publish": said.may_publish}
    chosen = IN_ADDRESSES.get(request.args.get("svar", ""))
    return HelpedForm(data=filled | ({"helped": chosen.value} if chosen else {}))


def _saving(person_id: int, outcome: Outcome, form: HelpedForm) -> Callable[[], object]:
    return lambda: feedback.say(
        person_id,
        outcome=outcome,
        helped=Helped(form.helped.data),
        words=form.words.data,
        may_publish=form.may_publish.data,
    )


def _page(outcome: Outcome, form: HelpedForm | None) -> str:
    return render_template("residents/did_it_help.html", outcome=outcome, form=form)


@residents.get("/resultater/<id:outcome_id>/det-de-sier")
@public
def outcome_words(outcome_id: int) -> str:
    """All that is shown of what people wrote; the outcome's own page has the newest."""
    outcome = found(_public_outcome(outcome_id))
    words = found(_words(outcome, limit=ALL_WORDS_SHOWN) or None)
    return render_template("residents/outcome_words.html", outcome=outcome, words=words)


def _words(outcome: Outcome, *, limit: int) -> list[str]:
    """Below five answers nothing of them is shown."""
    if not follow_up.sums_of(outcome).are_public:
        return []
    return list(follow_up.public_words(outcome.id, limit=limit))


@dataclass(frozen=True, kw_only=True)
class After:
    """What the outcome's page shows of how it went later."""

    checks: Sequence[UseCheck]
    later: dict[str, list[dict[str, Any]]]
    """The later figures of its indicators, by what these are known by."""
    own_figures: dict[int, list[dict[str, str]]]
    """The other figures, by the check they came with."""
    sums: Sums
    words: list[str]
    more_words: bool
    may_say: bool
    has_said: bool

    @property
    def ended(self) -> UseCheck | None:
        """The check that found it out of use."""
        return next((check for check in self.checks if check.still_in_use is False), None)


def after_publishing(outcome: Outcome) -> After:
    """Whether it is still in use, whether it helped, and whether to ask the one who reads the page."""
    checks = follow_up.answers_on_use(outcome.id)
    known = {figure_key(indicator.name, indicator.unit) for indicator in outcome.indicators}
    words = _words(outcome, limit=WORDS_ON_PAGE + 1)
    return After(
        checks=checks,
        later={key: _later(checks, key) for key in known},
        own_figures={check.months: [one for one in check.figures if _key(one) not in known] for check in checks},
        sums=follow_up.sums_of(outcome),
        words=words[:WORDS_ON_PAGE],
        more_words=len(words) > WORDS_ON_PAGE,
        may_say=_may_say_now(outcome),
        has_said=_has_said(outcome),
    )


def _key(figure: dict[str, str]) -> str:
    return figure_key(figure["name"], figure["unit"])


def _later(checks: Sequence[UseCheck], key: str) -> list[dict[str, Any]]:
    return [
        {"months": check.months, "value": float(figure["value"]), "measured_on": figure["measured_on"]}
        for check in checks
        for figure in check.figures
        if _key(figure) == key
    ]


def _may_say_now(outcome: Outcome) -> bool:
    """Whether to ask the one who reads the page."""
    actor = maybe_actor()
    return actor is not None and outcome.asked_at is not None and _refusal(actor.id, outcome) is None


def _has_said(outcome: Outcome) -> bool:
    actor = maybe_actor()
    return actor is not None and follow_up.said_by(actor.id, outcome_id=outcome.id) is not None
