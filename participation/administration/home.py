"""Where an administrator begins: what is still missing, and the rooms of the house."""

from collections.abc import Collection
from dataclasses import dataclass

from flask import render_template, url_for
from flask_babel import gettext as _

from participation.accounts import queries as accounts
from participation.accounts.models import Person
from participation.administration.blueprint import administration
from participation.needs import queries
from participation.permissions import Permission
from participation.web.access import requires


@dataclass(frozen=True)
class Beginning:
    """Something the service needs before it can keep its promise, and where it is seen to."""

    words: str
    url: str
    done: bool


@administration.get("/administrasjon")
@requires(Permission.ADMINISTER)
def home() -> str:
    people, themes, areas = accounts.people_with_roles(), queries.active_themes(), queries.active_areas()
    beginnings = [
        Beginning(_("Add the themes that needs can be about"), url_for("administration.themes"), bool(themes)),
        Beginning(_("Add the areas of the municipality"), url_for("administration.areas"), bool(areas)),
        *_staff(people),
    ]
    return render_template(
        "administration/home.html",
        people=people,
        themes=themes,
        areas=areas,
        beginnings=beginnings,
        is_ready=all(beginning.done for beginning in beginnings),
    )


def _staff(people: Collection[Person]) -> list[Beginning]:
    wanted = {
        Permission.WORK_ON_NEEDS: _("Add a case worker, who answers the needs"),
        Permission.APPROVE_OUTCOMES: _("Add someone in communications, who approves and publishes results"),
    }
    return [
        Beginning(words, url_for("administration.add_person"), any(person.actor.may(needed) for person in people))
        for needed, words in wanted.items()
    ]
