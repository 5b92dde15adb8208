"""Is it still in use? What waits for an answer, and the forms that say yes with figures, or no with a next step."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, lazy_pgettext
from werkzeug.wrappers import Response
from wtforms import DateField, FormField, ValidationError
from wtforms.validators import Optional

from participation import clock
from participation.outcomes import follow_up_queries as follow_up
from participation.outcomes import queries as outcomes
from participation.outcomes import use_checks
from participation.outcomes.follow_up import (
    NEXT_STEP_MAX_CHARACTERS,
    OWN_FIGURES_MAX,
    confirmed_from,
)
from participation.outcomes.models import Outcome, UseCheck
from participation.outcomes.returning import met_needs
from participation.outcomes.rules import EVIDENCE_MAX_CHARACTERS, INDICATOR_NAME_MAX_CHARACTERS, UNIT_MAX_CHARACTERS
from participation.outcomes.use_checks import FigureText
from participation.permissions import Permission
from participation.web.access import requires, the_actor
from participation.web.filters import long_date
from participation.web.forms import Figure, Form, Required, RowPart, TextBlock, TextLine, at_most, day_that_has_been
from participation.web.views import failed, found
from participation.workbench.blueprint import workbench

Answer = Response | tuple[str, int]


class _MeasuredPart(RowPart):
    value = Figure(lazy_gettext("Figure now"))
    measured_on = DateField(lazy_gettext("Measured on"), [Optional(), day_that_has_been])
    since = date.min

    def validate_measured_on(self, field: DateField) -> None:
        if field.data and field.data < self.since:
            first = long_date(self.since)
            said = _("Measure again: a figure from before %(date)s doesn't show that it is in use now", date=first)
            raise ValidationError(said)

    wanted: Mapping[str, Any] = {
        "value": lazy_gettext("Write the figure now"),
        "measured_on": lazy_gettext("Choose the day it was measured"),
    }


class OwnFigurePart(_MeasuredPart):
    name = TextLine(lazy_gettext("What is measured"), [at_most(INDICATOR_NAME_MAX_CHARACTERS)])
    unit = TextLine(lazy_pgettext("of a figure", "Unit"), [at_most(UNIT_MAX_CHARACTERS)])

    wanted: Mapping[str, Any] = {
        "name": lazy_gettext("Write what is measured"),
        "unit": lazy_gettext("Write the unit"),
        **_MeasuredPart.wanted,
    }


class ConfirmForm(Form):
    """Built by `confirm_form`, with a part for each of the result's indicators."""

    id_prefix = "confirm-"
    evidence = TextBlock(
        lazy_gettext("How do you know that it is still in use?"),
        [Required(lazy_gettext("Write how you know that it is in use")), at_most(EVIDENCE_MAX_CHARACTERS)],
    )

    def figures(self, outcome: Outcome) -> list[FigureText]:
        known = [
            FigureText(name=indicator.name, unit=indicator.unit, **_measured(self[f"indicator_{indicator.id}"].form))
            for indicator in outcome.indicators
            if self[f"indicator_{indicator.id}"].form.is_begun
        ]
        own = [self[f"own_{number}"].form for number in range(OWN_FIGURES_MAX)]
        return known + [
            FigureText(name=part.name.data, unit=part.unit.data, **_measured(part)) for part in own if part.is_begun
        ]


def _measured(part: _MeasuredPart) -> dict[str, Any]:
    return {"value": part.value.number, "measured_on": part.measured_on.data}


def confirm_form(outcome: Outcome, *, empty: bool = False) -> ConfirmForm:
    known, own = (_measured_since(follow_up.measured_since(outcome), kind) for kind in (_MeasuredPart, OwnFigurePart))
    parts: dict[str, Any] = {
        f"indicator_{indicator.id}": FormField(known, indicator.name) for indicator in outcome.indicators
    }
    parts |= {f"own_{number}": FormField(own) for number in range(OWN_FIGURES_MAX)}
    form: ConfirmForm = _made(ConfirmForm, parts, empty)
    return form


def _measured_since(day: date, part: type[_MeasuredPart]) -> type[_MeasuredPart]:
    return type(f"{part.__name__}Since", (part,), {"since": day})


class NoLongerForm(Form):
    """Built by `no_longer_form`, with a next step for each need that the result met."""

    id_prefix = "ended-"
    happened = TextBlock(
        lazy_gettext("What happened?"),
        [Required(lazy_gettext("Write what happened")), at_most(EVIDENCE_MAX_CHARACTERS)],
    )

    def next_steps(self) -> dict[int, str]:
        names = [name for name in self._fields if name.startswith("need_")]
        return {int(name.removeprefix("need_")): self[name].data for name in names}


def no_longer_form(outcome: Outcome, *, empty: bool = False) -> NoLongerForm:
    wanted = [Required(lazy_gettext("Write what happens now")), at_most(NEXT_STEP_MAX_CHARACTERS)]
    steps = {f"need_{answer.need_id}": TextBlock(answer.need.title, wanted) for answer in met_needs(outcome)}
    form: NoLongerForm = _made(NoLongerForm, steps, empty)
    return form


def _made(kind: type[Form], parts: dict[str, Any], empty: bool) -> Any:
    made = type(f"{kind.__name__}WithParts", (kind,), parts)
    return made(formdata=None) if empty else made()


# Leaders are reminded of them too: they see what waits, and whose it is to answer.
@workbench.get("/arbeidsflate/i-bruk", endpoint="use_checks")
@requires(Permission.SEE_WORKBENCH)
def list_use_checks() -> str:
    today, unanswered = clock.today(), follow_up.open_checks()
    return render_template(
        "workbench/use_checks.html",
        waiting=[check for check in unanswered if confirmed_from(check.due_on) <= today],
        coming=[check for check in unanswered if confirmed_from(check.due_on) > today],
        answered=follow_up.answered_checks(),
        today=today,
    )


@workbench.get("/arbeidsflate/i-bruk/<id:outcome_id>/<int:months>")
@requires(Permission.SEE_WORKBENCH)
def use_check(outcome_id: int, months: int) -> str:
    return _page(outcome_id, months)


def _page(outcome_id: int, months: int, sent: Form | None = None) -> str:
    """The check with its two forms; `sent` is the one that could not be taken, with what was written in it."""
    check = found(follow_up.check(outcome_id, months=months))
    outcome = found(outcomes.outcome(outcome_id))
    return render_template(
        "workbench/use_check.html",
        check=check,
        outcome=outcome,
        earlier=[other for other in follow_up.answers_on_use(outcome_id) if other.months < months],
        can_confirm=clock.today() >= confirmed_from(check.due_on),
        confirm_from=confirmed_from(check.due_on),
        own_figures=[f"own_{number}" for number in range(OWN_FIGURES_MAX)],
        confirm=sent if isinstance(sent, ConfirmForm) else confirm_form(outcome, empty=True),
        ended=sent if isinstance(sent, NoLongerForm) else no_longer_form(outcome, empty=True),
        form=sent,
        today=clock.today(),
        may_answer=the_actor().may(Permission.WRITE_OUTCOMES),
    )


@workbench.post("/arbeidsflate/i-bruk/<id:outcome_id>/<int:months>/bekreft")
@requires(Permission.WRITE_OUTCOMES)
def confirm_use(outcome_id: int, months: int) -> Answer:
    check, outcome = _load(outcome_id, months)
    form = confirm_form(outcome)

    def act() -> None:
        figures = form.figures(outcome)
        use_checks.confirm(the_actor(), check=check, evidence=form.evidence.data, figures=figures)

    return _take(check, form, act, said=_("It is confirmed, and those who follow the needs are told."))


@workbench.post("/arbeidsflate/i-bruk/<id:outcome_id>/<int:months>/ikke-lenger")
@requires(Permission.WRITE_OUTCOMES)
def end_use(outcome_id: int, months: int) -> Answer:
    check, outcome = _load(outcome_id, months)
    form = no_longer_form(outcome)

    def act() -> None:
        use_checks.no_longer(the_actor(), check=check, happened=form.happened.data, next_steps=form.next_steps())

    return _take(check, form, act, said=_("It is said, and everyone behind the needs is told."))


def _load(outcome_id: int, months: int) -> tuple[UseCheck, Outcome]:
    return found(follow_up.check(outcome_id, months=months)), found(outcomes.outcome(outcome_id))


def _take(check: UseCheck, form: Form, act: Callable[[], None], *, said: str) -> Answer:
    outcome_id, months = check.outcome_id, check.months
    status = failed(form, act)
    if status:
        return _page(outcome_id, months, form), status
    flash(said, "success")
    return redirect(url_for("workbench.use_checks"))
