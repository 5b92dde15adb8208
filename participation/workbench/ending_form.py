"""The form that ends a project: how, what was learnt, and what becomes of each need."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext, lazy_pgettext
from wtforms import FormField, RadioField
from wtforms.validators import Optional

from participation.projects.ending import step_choices
from participation.projects.models import NeedLink, Project
from participation.projects.rules import NOTE_MAX_CHARACTERS, TEXT_MAX_CHARACTERS, Ending, NextStep, NextStepKind, Phase
from participation.web.filters import label
from participation.web.forms import Part, Required, TextBlock, at_most, written_out
from participation.workbench.plan_forms import VersionForm


class StepPart(Part):
    """What becomes of a need that the project alone takes on."""

    kind = RadioField(
        lazy_gettext("What happens with the need now?"),
        [Required(lazy_gettext("Choose what happens with the need"))],
        choices=lambda: [(kind.value, label(kind)) for kind in NextStepKind],
    )
    text = TextBlock(
        lazy_gettext("To those who have the need"),
        [Required(lazy_gettext("Write what happens now, and why")), at_most(NOTE_MAX_CHARACTERS), written_out],
    )
    would_change = TextBlock(
        lazy_gettext("What would make us look at it again?"), [at_most(NOTE_MAX_CHARACTERS), written_out]
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if self.kind.data == NextStepKind.DECLINE and not self.would_change.data:
            self.would_change.errors = [_("Write what would make you look at it again")]
            return False
        return valid

    def step(self) -> NextStep | None:
        kind = NextStepKind(self.kind.data)
        change = self.would_change.data if kind is NextStepKind.DECLINE else ""
        return NextStep(kind, self.text.data, change)


class SharedPart(Part):
    """What is said of a need that another project takes on as well."""

    text = TextBlock(
        lazy_gettext("To those who have the need"), [Optional(), at_most(NOTE_MAX_CHARACTERS), written_out]
    )

    def step(self) -> NextStep | None:
        return NextStep(NextStepKind.CONTINUE, self.text.data) if self.text.data else None


class EndingForm(VersionForm):
    """`ending_form` makes it with a part for each need."""

    ending = RadioField(
        lazy_gettext("How does it end?"),
        [Required(lazy_gettext("Choose how the project ends"))],
        default=Ending.STOPPED.value,
    )
    lessons = TextBlock(
        lazy_gettext("What did you learn?"),
        [Required(lazy_gettext("Write what you learnt")), at_most(TEXT_MAX_CHARACTERS), written_out],
    )
    ties: tuple[NeedLink, ...] = ()

    @property
    def parts(self) -> list[tuple[NeedLink, Any]]:
        """The ties whose needs get a next step, each with its part of the form."""
        return [(tie, self[name]) for tie in self.ties if (name := f"need_{tie.need_id}") in self]

    def next_steps(self) -> dict[int, NextStep]:
        steps = {tie.need_id: part.form.step() for tie, part in self.parts}
        return {need_id: step for need_id, step in steps.items() if step}


def ending_form(project: Project, **kwargs: Any) -> EndingForm:
    choices = step_choices(project)
    parts: dict[str, Any] = {
        f"need_{tie.need_id}": FormField(StepPart if NextStepKind.DECLINE in kinds else SharedPart, tie.need.title)
        for tie, kinds in choices
        if kinds
    }
    kind = type("EndingFormWithNeeds", (EndingForm,), parts | {"ties": tuple(tie for tie, _ in choices)})
    form: EndingForm = kind(**kwargs)
    form.ending.choices = [(ending.value, _words(ending)) for ending in _endings(project)]
    return form


def _endings(project: Project) -> list[Ending]:
    return list(Ending) if project.phase is Phase.NEW_PRACTICE else [Ending.STOPPED]


def _words(ending: Ending) -> Any:
    return {
        Ending.STOPPED: lazy_pgettext("project", "It is stopped: it goes no further"),
        Ending.FINISHED: lazy_pgettext("project", "It is finished: the new practice goes on without it"),
    }[ending]
