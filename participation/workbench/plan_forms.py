"""The forms that plan a project: a day for each phase, and milestones."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField, DateField
from wtforms.validators import Optional

from participation.projects.planning import MilestoneText
from participation.projects.rules import NOTE_MAX_CHARACTERS, TITLE_MAX_CHARACTERS, Phase
from participation.web.filters import label
from participation.web.forms import (
    Form,
    Required,
    TextBlock,
    TextLine,
    VersionField,
    at_most,
    day_that_has_been,
    sensible_day,
)


class VersionForm(Form):
    """A button and no more."""

    version = VersionField()


class PlanForm(VersionForm):
    """A day for each phase; `plan_form` makes it with the fields."""

    id_prefix = "plan-"

    def dates(self) -> dict[Phase, date]:
        return {phase: self[phase.value].data for phase in Phase if self[phase.value].data}


def plan_form(**kwargs: Any) -> PlanForm:
    days = {phase.value: DateField(label(phase), [Optional(), sensible_day]) for phase in Phase}
    form: PlanForm = type("PlanFormWithDays", (PlanForm,), days)(**kwargs)
    return form


class MilestoneForm(VersionForm):
    id_prefix = "milestone-"
    title = TextLine(
        lazy_gettext("What is to be reached?"),
        [Required(lazy_gettext("Write what is to be reached")), at_most(TITLE_MAX_CHARACTERS)],
    )
    planned_on = DateField(
        lazy_gettext("Planned for"), [Required(lazy_gettext("Choose the day it is planned for")), sensible_day]
    )
    note = TextBlock(lazy_gettext("More about it"), [at_most(NOTE_MAX_CHARACTERS)])
    is_public = BooleanField(lazy_gettext("Residents can see it"), default=True)

    def words(self) -> MilestoneText:
        return MilestoneText(
            title=self.title.data,
            planned_on=self.planned_on.data,
            note=self.note.data,
            is_public=bool(self.is_public.data),
        )


class ReachForm(VersionForm):
    id_prefix = "reach-"
    reached_on = DateField(
        lazy_gettext("Reached on"),
        [Required(lazy_gettext("Choose the day it was reached")), day_that_has_been],
    )
    note = TextBlock(lazy_gettext("What happened?"), [at_most(NOTE_MAX_CHARACTERS)])
    telling = BooleanField(lazy_gettext("Tell everyone behind the needs"))
