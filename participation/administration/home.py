"""Where an administrator begins."""

from flask import render_template

from participation.accounts import queries as accounts
from participation.administration.blueprint import administration
from participation.needs import queries
from participation.permissions import Permission
from participation.web.access import requires


@administration.get("/administrasjon")
@requires(Permission.ADMINISTER)
def home() -> str:
    return render_template(
        "administration/home.html",
        people=accounts.people_with_roles(),
        themes=queries.active_themes(),
        areas=queries.active_areas(),
    )
