"""The form that makes and changes a project."""

from flask_babel import lazy_gettext
from wtforms import RadioField

from participation.projects.labels import UN_GOALS
from participation.projects.rules import (
    SUMMARY_MAX_CHARACTERS,
    TEXT_MAX_CHARACTERS,
    TITLE_MAX_CHARACTERS,
    Principle,
    Visibility,
)
from participation.projects.service import ProjectText
from participation.web.forms import (
    Checkboxes,
    Form,
    Required,
    SubmissionKeyField,
    TextBlock,
    TextLine,
    VersionField,
    at_most,
    choices_of,
)

UNIT_MAX_CHARACTERS = 120
CONTACT_MAX_CHARACTERS = 200


class ProjectForm(Form):
    version = VersionField()
    submission_key = SubmissionKeyField()
    title = TextLine(lazy_gettext("Title"), [Required(lazy_gettext("Write a title")), at_most(TITLE_MAX_CHARACTERS)])
    summary = TextBlock(
        lazy_gettext("In short"),
        [Required(lazy_gettext("Write in short what the project is")), at_most(SUMMARY_MAX_CHARACTERS)],
    )
    purpose = TextBlock(
        lazy_gettext("Purpose"),
        [Required(lazy_gettext("Write what the project is for")), at_most(TEXT_MAX_CHARACTERS)],
    )
    owner_unit = TextLine(
        lazy_gettext("Unit that owns the project"),
        [Required(lazy_gettext("Write which unit owns the project")), at_most(UNIT_MAX_CHARACTERS)],
    )
    contact = TextLine(
        lazy_gettext("Who can people ask?"),
        [Required(lazy_gettext("Write who people can ask")), at_most(CONTACT_MAX_CHARACTERS)],
    )
    visibility = RadioField(
        lazy_gettext("Who can see the project?"),
        [Required(lazy_gettext("Choose who can see the project"))],
        choices=choices_of(Visibility),
        default=Visibility.PUBLIC.value,
    )
    goals = Checkboxes(
        lazy_gettext("UN goals it contributes to"),
        choices=lambda: [(number, f"{number} {name}") for number, name in UN_GOALS.items()],
        coerce=int,
    )
    principles = Checkboxes(
        lazy_gettext("Principles of the innovation strategy it leans on"), choices=choices_of(Principle)
    )

    def words(self) -> ProjectText:
        return ProjectText(
            title=self.title.data or "",
            summary=self.summary.data or "",
            purpose=self.purpose.data or "",
            owner_unit=self.owner_unit.data or "",
            contact=self.contact.data or "",
            visibility=Visibility(self.visibility.data),
            goals=sorted(self.goals.data),
            principles=list(self.principles.data),
        )
