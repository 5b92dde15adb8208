"""What stays among staff: a project's team, notes and decisions."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, lazy_pgettext
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField

from participation.accounts import queries as accounts
from participation.permissions import Permission
from participation.projects import queries, team
from participation.projects.models import Project
from participation.projects.rules import PART_MAX_CHARACTERS, TEXT_MAX_CHARACTERS, NoteKind, may_read_inside
from participation.refusals import ensure
from participation.web.access import requires, the_actor
from participation.web.forms import (
    Form,
    Required,
    SubmissionKeyField,
    TextBlock,
    TextLine,
    at_most,
    choices_of,
)
from participation.web.pagination import ID_MAX
from participation.web.views import failed, found
from participation.workbench.blueprint import workbench
from participation.workbench.link_forms import number_or_none

Answer = Response | tuple[str, int]


class NoteForm(Form):
    id_prefix = "note-"
    submission_key = SubmissionKeyField()
    kind = RadioField(
        lazy_gettext("What is it?"),
        [Required(lazy_gettext("Choose whether it is a note or a decision"))],
        choices=choices_of(NoteKind),
        default=NoteKind.NOTE.value,
    )
    body = TextBlock(
        lazy_pgettext("project note", "Text"),
        [Required(lazy_gettext("Write the note")), at_most(TEXT_MAX_CHARACTERS)],
    )


class MemberForm(Form):
    id_prefix = "member-"
    person = SelectField(lazy_gettext("Who?"), [Required(lazy_gettext("Choose a colleague"))], coerce=number_or_none)
    part = TextLine(
        lazy_gettext("Part in the project"),
        [Required(lazy_gettext("Write their part in the project")), at_most(PART_MAX_CHARACTERS)],
    )


def member_form(**kwargs: Any) -> MemberForm:
    form = MemberForm(**kwargs)
    people = [(person.id, person.name) for person in accounts.people_with_roles()]
    form.person.choices = [("", _("Choose a colleague")), *people]
    return form


@workbench.get("/arbeidsflate/prosjekter/<id:project_id>/internt")
@requires(Permission.SEE_WORKBENCH)
def project_team(project_id: int) -> str:
    project = found(queries.project(project_id))
    ensure(may_read_inside(the_actor(), team=[member.person_id for member in queries.team(project_id)]))
    return _team_page(project)


@workbench.post("/arbeidsflate/prosjekter/<id:project_id>/notater")
@requires(Permission.RUN_PROJECTS)
def write_note(project_id: int) -> Answer:
    project, form = found(queries.project(project_id)), NoteForm()

    def act() -> None:
        kind, key = NoteKind(form.kind.data), form.submission_key.data
        team.write_note(the_actor(), project=project, kind=kind, body=form.body.data, submission_key=key)

    return _done(project_id, form, failed(form, act), _("It is noted."))


@workbench.post("/arbeidsflate/prosjekter/<id:project_id>/gruppe")
@requires(Permission.RUN_PROJECTS)
def set_member(project_id: int) -> Answer:
    project, form = found(queries.project(project_id)), member_form()

    def act() -> None:
        person = found(accounts.person(form.person.data))
        team.set_member(the_actor(), project=project, person=person, part=form.part.data)

    return _done(project_id, form, failed(form, act), _("The team is changed."))


@workbench.post("/arbeidsflate/prosjekter/<id:project_id>/gruppe/<id:person_id>/slett")
@requires(Permission.RUN_PROJECTS)
def remove_member(project_id: int, person_id: int) -> Answer:
    project, form = found(queries.project(project_id)), Form()
    status = failed(form, lambda: team.remove_member(the_actor(), project=project, person_id=person_id))
    return _done(project_id, form, status, _("The team is changed."))


def _done(project_id: int, form: Form, status: int, words: str) -> Answer:
    if status:
        return _team_page(found(queries.project(project_id)), form), status
    flash(words, "success")
    return redirect(url_for("workbench.project_team", project_id=project_id))


def _team_page(project: Project, sent: Form | None = None) -> str:
    before = request.args.get("for", type=int)
    notes, more_before = queries.notes(project.id, before=before if before and 0 < before <= ID_MAX else None)
    return render_template(
        "workbench/project_team.html",
        project=project,
        team=queries.team(project.id),
        notes=notes,
        more_before=more_before,
        note_form=sent if isinstance(sent, NoteForm) else NoteForm(formdata=None),
        member_form=sent if isinstance(sent, MemberForm) else member_form(formdata=None),
        delete=Form(formdata=None),
        may_write=the_actor().may(Permission.RUN_PROJECTS),
        form=sent,
    )
