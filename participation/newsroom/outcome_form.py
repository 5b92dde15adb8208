"""The form a result is written in. A draft needs only a title; a row of figures once begun must be whole."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext, lazy_pgettext
from wtforms import DateField, FormField, RadioField, ValidationError
from wtforms.form import BaseForm
from wtforms.validators import Optional

from participation.outcomes.models import Outcome
from participation.outcomes.rules import (
    EVIDENCE_MAX_CHARACTERS,
    INDICATOR_NAME_MAX_CHARACTERS,
    INDICATORS_MAX,
    NEED_TEXT_MAX_CHARACTERS,
    SUMMARY_MAX_CHARACTERS,
    TEXT_MAX_CHARACTERS,
    TITLE_MAX_CHARACTERS,
    UNIT_MAX_CHARACTERS,
    Gate,
    Value,
    Verdict,
)
from participation.outcomes.service import IndicatorText, OutcomeText
from participation.projects.models import NeedLink
from participation.web.forms import (
    Checkboxes,
    Figure,
    Form,
    Part,
    Required,
    RowPart,
    SubmissionKeyField,
    TextBlock,
    TextLine,
    VersionField,
    at_most,
    choices_of,
    day_that_has_been,
)


class IndicatorPart(RowPart):
    name = TextLine(lazy_gettext("What is measured"), [at_most(INDICATOR_NAME_MAX_CHARACTERS)])
    unit = TextLine(lazy_pgettext("of a figure", "Unit"), [at_most(UNIT_MAX_CHARACTERS)])
    before = Figure(lazy_gettext("Before"))
    now = Figure(lazy_gettext("Now"))
    target = Figure(lazy_gettext("Target"))
    measured_on = DateField(lazy_gettext("Measured on"), [Optional(), day_that_has_been])

    # All but the target.
    wanted: Mapping[str, Any] = {
        "name": lazy_gettext("Write what is measured"),
        "unit": lazy_gettext("Write the unit"),
        "before": lazy_gettext("Write the figure before"),
        "now": lazy_gettext("Write the figure now"),
        "measured_on": lazy_gettext("Choose the day it was measured"),
    }

    def words(self) -> IndicatorText:
        return IndicatorText(
            name=self.name.data,
            unit=self.unit.data,
            before=self.before.number or Decimal(0),
            now=self.now.number or Decimal(0),
            target=self.target.number,
            measured_on=self.measured_on.data,
        )


NOT_ABOUT = "not_about"


class NeedPart(Part):
    """What the result means for one need, if anything."""

    verdict = RadioField(
        lazy_gettext("How far does it meet the need?"),
        [Optional()],
        choices=lambda: [*choices_of(Verdict)(), (NOT_ABOUT, lazy_gettext("The result is not about this need"))],
    )
    text = TextBlock(lazy_gettext("To those who have the need"), [at_most(NEED_TEXT_MAX_CHARACTERS)])

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if self.text.data and not self.verdict.data:
            self.verdict.errors = [_("Choose how far it meets the need")]
            return False
        if self.text.data and self.is_not_about:
            self.text.errors = [_("Take this text away, or choose how far the result meets the need")]
            return False
        return valid

    @property
    def is_not_about(self) -> bool:
        return bool(self.verdict.data == NOT_ABOUT)


_SHOWN_BY = {
    Gate.NEW: lazy_gettext("What shows that it is new?"),
    Gate.USEFUL: lazy_gettext("What shows that it is useful?"),
    Gate.IN_USE: lazy_gettext("What shows that it is in use?"),
}


def evidence_field(gate: Gate) -> TextBlock:
    return TextBlock(_SHOWN_BY[gate], [at_most(EVIDENCE_MAX_CHARACTERS)])


def evidence_in(form: BaseForm) -> dict[Gate, str]:
    return {gate: form[f"evidence_{gate.value}"].data for gate in Gate}


class WordsForm(Form):
    """What a draft and a correction of it have in common."""

    version = VersionField()
    title = TextLine(lazy_gettext("Title"), [Required(lazy_gettext("Write a title")), at_most(TITLE_MAX_CHARACTERS)])
    summary = TextBlock(lazy_gettext("In short"), [at_most(SUMMARY_MAX_CHARACTERS)])
    body = TextBlock(lazy_gettext("What was done, and what changed"), [at_most(TEXT_MAX_CHARACTERS)])
    evidence_new = evidence_field(Gate.NEW)
    evidence_useful = evidence_field(Gate.USEFUL)
    evidence_in_use = evidence_field(Gate.IN_USE)

    @property
    def indicators(self) -> list[Any]:
        return [self[f"indicator_{number}"] for number in range(INDICATORS_MAX)]


class OutcomeForm(WordsForm):
    submission_key = SubmissionKeyField()
    kinds_of_value = Checkboxes(lazy_gettext("Kinds of value"), choices=choices_of(Value))
    foremost = RadioField(lazy_gettext("Which need does the result speak to first?"), [Optional()])

    def validate_foremost(self, field: RadioField) -> None:
        chosen = None if field.errors else self.need_parts[int(field.data)]
        if chosen and chosen.form.is_not_about:
            raise ValidationError(_("Choose a need that the result is about"))

    @property
    def need_parts(self) -> dict[int, Any]:
        """The parts that answer the linked needs, by the need's number."""
        names = [name for name in self._fields if name.startswith("need_")]
        return {int(name.removeprefix("need_")): self[name] for name in names}

    def words(self) -> OutcomeText:
        return OutcomeText(
            title=self.title.data,
            summary=self.summary.data,
            body=self.body.data,
            kinds_of_value=list(self.kinds_of_value.data or []),
            evidence=evidence_in(self),
            indicators=[part.form.words() for part in self.indicators if part.form.is_begun],
            needs={
                number: (Verdict(part.form.verdict.data), part.form.text.data)
                for number, part in self.need_parts.items()
                if part.form.verdict.data and not part.form.is_not_about
            },
            not_about=frozenset(number for number, part in self.need_parts.items() if part.form.is_not_about),
            foremost_need_id=int(self.foremost.data) if self.foremost.data else None,
        )


def outcome_form(ties: Sequence[NeedLink], outcome: Outcome | None = None) -> OutcomeForm:
    """The form with a part for each linked need, holding what the outcome says so far."""
    parts = indicator_parts()
    parts |= {f"need_{tie.need_id}": FormField(NeedPart, tie.need.title) for tie in ties}
    kind = type("OutcomeFormWithParts", (OutcomeForm,), parts)
    form: OutcomeForm = kind(data=words_of(outcome) if outcome else {"foremost": ""})
    form.foremost.choices = [
        ("", _("No choice: first what it takes into use, then what it meets best")),
        *((str(tie.need_id), tie.need.title) for tie in ties),
    ]
    return form


def indicator_parts() -> dict[str, Any]:
    return {f"indicator_{number}": FormField(IndicatorPart) for number in range(INDICATORS_MAX)}


def words_of(outcome: Outcome) -> dict[str, Any]:
    """What the outcome says so far, by the names of the form's fields."""
    words: dict[str, Any] = {
        "version": outcome.version,
        "title": outcome.title,
        "summary": outcome.summary,
        "body": outcome.body,
        "kinds_of_value": outcome.kinds_of_value,
        "foremost": str(outcome.foremost_need_id or ""),
    }
    words |= {f"evidence_{gate.value}": text for gate, text in outcome.evidence.items()}
    for number, indicator in enumerate(outcome.indicators):
        words[f"indicator_{number}"] = {name: getattr(indicator, name) for name in _INDICATOR}
    words |= {f"need_{need_id}": {"verdict": NOT_ABOUT, "text": ""} for need_id in outcome.not_about}
    for answer in outcome.needs:
        words[f"need_{answer.need_id}"] = {"verdict": answer.verdict.value, "text": answer.text}
    return words


_INDICATOR = tuple(IndicatorText.__dataclass_fields__)
