"""A need beside the forms that answer it and tie it to projects."""

from collections.abc import Sequence

from flask import render_template
from flask_babel import lazy_gettext
from wtforms import DateField

from participation import clock
from participation.comments.queries import latest_threads
from participation.needs import queries
from participation.needs.models import Need
from participation.needs.rules import ANSWER_MAX_CHARACTERS, Move, NeedState, may_move
from participation.permissions import Permission
from participation.projects import queries as projects
from participation.projects.models import NeedLink
from participation.web.access import requires, the_actor
from participation.web.forms import Form, Required, TextBlock, VersionField, at_most
from participation.web.views import found
from participation.workbench.blueprint import workbench
from participation.workbench.link_forms import EndLinkForm, LinkNeedForm, link_need_form, offer_scopes


class AssessForm(Form):
    id_prefix = "assess-"
    version = VersionField()


class ProvisionalForm(Form):
    id_prefix = "provisional-"
    version = VersionField()
    body = TextBlock(
        lazy_gettext("What have you found out so far?"),
        [Required(lazy_gettext("Write what you have found out so far")), at_most(ANSWER_MAX_CHARACTERS)],
    )
    answer_by = DateField(
        lazy_gettext("New date to answer by"), [Required(lazy_gettext("Choose the new date to answer by"))]
    )


class AcceptForm(Form):
    id_prefix = "accept-"
    version = VersionField()
    body = TextBlock(
        lazy_gettext("Your answer"),
        [Required(lazy_gettext("Write the answer")), at_most(ANSWER_MAX_CHARACTERS)],
    )


class DeclineForm(Form):
    id_prefix = "decline-"
    version = VersionField()
    body = TextBlock(
        lazy_gettext("Why can't you take it further?"),
        [Required(lazy_gettext("Write why you can't take it further")), at_most(ANSWER_MAX_CHARACTERS)],
    )
    would_change = TextBlock(
        lazy_gettext("What would change that?"),
        [
            Required(lazy_gettext("Write what would make you look at it again")),
            at_most(ANSWER_MAX_CHARACTERS),
        ],
    )


FORMS: dict[Move, type[Form]] = {
    Move.ASSESS: AssessForm,
    Move.ANSWER_PROVISIONALLY: ProvisionalForm,
    Move.ACCEPT: AcceptForm,
    Move.DECLINE: DeclineForm,
}
CLOSED_TO_PROJECTS = {NeedState.WITHDRAWN}


@workbench.get("/arbeidsflate/behov/<id:need_id>")
@requires(Permission.SEE_WORKBENCH)
def show_need(need_id: int) -> str:
    return need_page(need_id)


def need_page(need_id: int, sent: Form | None = None) -> str:
    """The page of the need; `sent` is the form that could not be taken, with what was written in it."""
    need = found(queries.need_page(need_id))
    links = projects.links_of_need(need_id)
    offered = _answer_forms(need, sent) | _project_forms(need, links, sent)
    return render_template(
        "workbench/need.html",
        need=need,
        updates=queries.timeline(need_id),
        threads=latest_threads(need_id),
        links=links,
        forms=offered,
        form=sent,
        unsent=sent.written() if sent and sent not in offered.values() else [],
        next_need=queries.next_owed(need),
        previous_need=queries.previous_owed(need),
        today=clock.today(),
    )


def _answer_forms(need: Need, sent: Form | None) -> dict[str, Form]:
    """The forms for what may be done with the need as it now stands, by the move's name."""
    if not the_actor().may(Permission.WORK_ON_NEEDS):
        return {}
    return {
        move.value: _with_version(sent, need) if isinstance(sent, kind) else _empty(kind, need)
        for move, kind in FORMS.items()
        if may_move(move, state=need.state) is None
    }


def _empty(kind: type[Form], need: Need) -> Form:
    return kind(formdata=None, data={"version": need.version})


def _with_version(sent: Form, need: Need) -> Form:
    sent["version"].data = need.version
    return sent


def _project_forms(need: Need, links: Sequence[NeedLink], sent: Form | None) -> dict[str, Form]:
    if not the_actor().may(Permission.RUN_PROJECTS):
        return {}
    forms: dict[str, Form] = {
        f"end-{tie.id}": EndLinkForm(tie_id=tie.id, formdata=None) for tie in links if tie.ended_at is None
    }
    if need.state not in CLOSED_TO_PROJECTS:
        link = sent if isinstance(sent, LinkNeedForm) else link_need_form(formdata=None)
        offer_scopes(link, need.state)
        forms["link"] = link
    if isinstance(sent, EndLinkForm) and f"end-{sent.tie_id}" in forms:
        forms[f"end-{sent.tie_id}"] = sent
    return forms
