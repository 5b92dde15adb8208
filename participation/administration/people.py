"""Staff: who they are, and what they may do."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, lazy_pgettext
from werkzeug.wrappers import Response
from wtforms import ValidationError

from participation.accounts import queries, service
from participation.accounts.models import Person
from participation.accounts.rules import EMAIL_MAX_CHARACTERS, NAME_MAX_CHARACTERS
from participation.administration.blueprint import administration
from participation.permissions import Permission, Role
from participation.web.access import requires, the_actor
from participation.web.addresses import settings
from participation.web.filters import label
from participation.web.forms import Checkboxes, Form, MailAddress, Required, TextLine, at_most
from participation.web.views import failed, found

UNIT_MAX_CHARACTERS = 120
GIVEN_ROLES = tuple(role for role in Role if role is not Role.RESIDENT)
Answer = str | Response | tuple[str, int]


def _roles(*validators: Any) -> Checkboxes:
    return Checkboxes(
        lazy_gettext("Roles"),
        validators,
        choices=lambda: [(role.value, label(role).capitalize()) for role in GIVEN_ROLES],
    )


def _unit() -> TextLine:
    return TextLine(lazy_pgettext("of the municipality", "Unit"), [at_most(UNIT_MAX_CHARACTERS)])


def _name() -> TextLine:
    return TextLine(lazy_gettext("Name"), [Required(lazy_gettext("Write the name")), at_most(NAME_MAX_CHARACTERS)])


class ChangeForm(Form):
    name = _name()
    unit = _unit()
    roles = _roles()
    own = False

    def validate_roles(self, field: Checkboxes) -> None:
        if self.own and Role.ADMINISTRATOR.value not in field.data:
            raise ValidationError(_("You can't take the administrator role from yourself. Ask another administrator."))

    @property
    def chosen(self) -> frozenset[Role]:
        return frozenset(Role(word) for word in self.roles.data)


class PersonForm(Form):
    email = TextLine(
        lazy_gettext("E-mail address"),
        [
            Required(lazy_gettext("Write the e-mail address")),
            at_most(EMAIL_MAX_CHARACTERS),
            MailAddress(lazy_gettext("Write an e-mail address, such as name@example.org")),
        ],
    )
    name = _name()
    unit = _unit()
    roles = _roles(Required(lazy_gettext("Choose at least one role")))

    @property
    def chosen(self) -> frozenset[Role]:
        return frozenset(Role(word) for word in self.roles.data)


@administration.get("/administrasjon/ansatte")
@requires(Permission.ADMINISTER)
def people() -> str:
    return render_template("administration/people.html", people=queries.people_with_roles(), directories=_directories())


@administration.route("/administrasjon/ansatte/ny", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def add_person() -> Answer:
    form = PersonForm()
    if request.method == "GET":
        return render_template("administration/add_person.html", form=form)
    known = queries.person_by_email(form.email.data)
    status = failed(form, lambda: _add_roles(form, known) if known else _employ(form))
    if status:
        return render_template("administration/add_person.html", form=form), status
    if known:
        flash(_("%(name)s was known here already, and has now these roles too.", name=known.name), "success")
    else:
        flash(_("%(name)s can sign in with the e-mail address.", name=form.name.data), "success")
    return redirect(url_for("administration.people"))


def _employ(form: PersonForm) -> None:
    service.add_person(
        form.name.data,
        email=form.email.data,
        roles=form.chosen,
        unit=form.unit.data or None,
        actor_id=the_actor().id,
    )


def _add_roles(form: PersonForm, known: Person) -> None:
    """Who is here already, as a resident perhaps, keeps their own name and gets the roles beside their own."""
    held = known.roles_given_here
    service.set_roles(the_actor().id, person=known, roles=held | form.chosen)
    service.describe(the_actor().id, person=known, name=known.name, unit=form.unit.data or known.unit)


@administration.route("/administrasjon/ansatte/<id:person_id>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def change_person(person_id: int) -> Answer:
    """A resident without a role keeps their name to themselves: there is nothing to change."""
    person = _employee(person_id)
    form = ChangeForm(data=_as_it_stands(person))
    form.own = person.id == the_actor().id and Role.ADMINISTRATOR in person.roles_given_here
    if request.method == "GET":
        return _person_page(form, person)
    status = failed(form, lambda: _change(form, person))
    if status:
        return _person_page(form, _employee(person_id)), status
    flash(_("The changes to %(name)s are saved.", name=person.name), "success")
    return redirect(url_for("administration.people"))


def _employee(person_id: int) -> Person:
    person = found(queries.person(person_id))
    return found(person if person.actor.is_staff else None)


def _as_it_stands(person: Person) -> dict[str, object]:
    return {"name": person.name, "unit": person.unit, "roles": [role.value for role in person.roles_given_here]}


def _change(form: ChangeForm, person: Person) -> None:
    service.describe(the_actor().id, person=person, name=form.name.data, unit=form.unit.data or None)
    service.set_roles(the_actor().id, person=person, roles=form.chosen)


def _person_page(form: ChangeForm, person: Person) -> str:
    return render_template("administration/change_person.html", form=form, person=person, directories=_directories())


def _directories() -> dict[str, str]:
    """What the directories that give roles are called, by their keys."""
    return {provider.key: provider.label for provider in settings().providers if provider.roles}
