"""The forms that tie needs and projects together, from either side."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import RadioField, SelectField, ValidationError

from participation.needs.models import Need
from participation.needs.queries import need_by_reference
from participation.needs.rules import LINKABLE, NeedState
from participation.projects import queries
from participation.projects.models import Project
from participation.projects.rules import LEADING_SCOPES, NOTE_MAX_CHARACTERS, Scope
from participation.web.filters import label
from participation.web.forms import Form, Required, TextBlock, TextLine, at_most, choices_of, written_out

REFERENCE_MAX_CHARACTERS = 20


def number_or_none(text: Any) -> int | None:
    """What a select of rows coerces by; its first, empty choice is nothing."""
    return int(text) if text else None


def _scope() -> RadioField:
    return RadioField(
        lazy_gettext("How much of the need does the project take on?"),
        [Required(lazy_gettext("Choose how much of the need the project takes on"))],
        choices=choices_of(Scope),
    )


def _note() -> TextBlock:
    return TextBlock(
        lazy_gettext("What will the project do for this need?"), [at_most(NOTE_MAX_CHARACTERS), written_out]
    )


class LinkNeedForm(Form):
    """From a need: which project."""

    id_prefix = "link-"
    project = SelectField(lazy_gettext("Project"), [Required(lazy_gettext("Choose a project"))], coerce=number_or_none)
    scope = _scope()
    note = _note()
    has_internal = False


class LinkProjectForm(Form):
    """From a project: which need."""

    id_prefix = "link-"
    reference = TextLine(
        lazy_gettext("The need's reference or number"),
        [Required(lazy_gettext("Write the need's reference or number")), at_most(REFERENCE_MAX_CHARACTERS)],
    )
    scope = _scope()
    note = _note()
    need: Need | None = None

    def validate_reference(self, field: TextLine) -> None:
        self.need = need_by_reference(field.data or "")
        if self.need is None:
            raise ValidationError(_("We know no need with that reference. It looks like B-2026-0042."))


class EndLinkForm(Form):
    note = TextBlock(
        lazy_gettext("Why is it no longer part of the project?"),
        [
            Required(lazy_gettext("Write why it is no longer part of the project")),
            at_most(NOTE_MAX_CHARACTERS),
            written_out,
        ],
    )

    def __init__(self, *args: Any, tie_id: int, **kwargs: Any) -> None:
        self.tie_id = tie_id
        super().__init__(*args, id_prefix=f"end-{tie_id}-", **kwargs)


def link_need_form(**kwargs: Any) -> LinkNeedForm:
    """A form with the projects that live."""
    form = LinkNeedForm(**kwargs)
    projects = queries.live_projects()
    form.has_internal = any(not project.is_public for project in projects)
    form.project.choices = [("", _("Choose a project")), *((project.id, _choice(project)) for project in projects)]
    return form


def _choice(project: Project) -> str:
    return project.title if project.is_public else _("%(title)s (internal)", title=project.title)


def offer_scopes(form: LinkNeedForm, state: NeedState) -> None:
    """Show only what a need in that state has room for: unanswered, it may inspire and no more."""
    if state not in LINKABLE:
        form.scope.choices = [(scope.value, label(scope)) for scope in Scope if scope not in LEADING_SCOPES]
