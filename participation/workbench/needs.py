"""A need beside the forms that answer it and tie it to projects."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import render_template

from participation import clock
from participation.comments.queries import latest_threads
from participation.needs import queries
from participation.needs.models import Need, NeedUpdate
from participation.needs.rules import UNANSWERED, Move, NeedState, date_moves, may_correct, may_give_news, may_move
from participation.needs.similar import similar
from participation.needs.wording import templates_for
from participation.permissions import Permission
from participation.projects import queries as projects
from participation.projects.models import NeedLink
from participation.refusals import Refusal
from participation.web.access import requires, the_actor
from participation.web.forms import Form
from participation.web.views import found
from participation.workbench.answer_forms import (
    AcceptForm,
    AnswerForm,
    AssessForm,
    DeclineForm,
    NewsForm,
    ProvisionalForm,
)
from participation.workbench.answer_preview import Preview
from participation.workbench.blueprint import workbench
from participation.workbench.link_forms import EndLinkForm, LinkNeedForm, link_need_form, offer_scopes


@dataclass(frozen=True)
class Offer:
    """A form for what may be done with a need, and what says that it may."""

    form: type[Form]
    refusal: Callable[[NeedState], Refusal | None]


def _by_move(move: Move) -> Callable[[NeedState], Refusal | None]:
    return lambda state: may_move(move, state=state)


FORMS = {
    "assess": Offer(AssessForm, _by_move(Move.ASSESS)),
    "answer_provisionally": Offer(ProvisionalForm, _by_move(Move.ANSWER_PROVISIONALLY)),
    "accept": Offer(AcceptForm, _by_move(Move.ACCEPT)),
    "decline": Offer(DeclineForm, _by_move(Move.DECLINE)),
    "news": Offer(NewsForm, may_give_news),
}
CLOSED_TO_PROJECTS = {NeedState.WITHDRAWN}


@workbench.get("/arbeidsflate/behov/<id:need_id>")
@requires(Permission.SEE_WORKBENCH)
def show_need(need_id: int) -> str:
    return need_page(need_id)


def need_page(need_id: int, sent: Form | None = None, *, preview: Preview | None = None) -> str:
    """The page of the need; `sent` is the form to go on with, with what was written in it."""
    need = found(queries.need_page(need_id))
    links, lines = projects.links_of_need(need_id), queries.timeline(need_id)
    offered = _answer_forms(need, sent) | _project_forms(need, links, sent)
    return render_template(
        "workbench/need.html",
        need=need,
        updates=lines,
        moves=date_moves(queries.promised(lines)),
        correctable=_correctable(lines),
        preview=preview,
        threads=latest_threads(need_id),
        links=links,
        forms=offered,
        form=sent,
        unsent=sent.written() if sent and sent not in offered.values() else [],
        similar=similar(need.title, but=need.id) if need.state in UNANSWERED else [],
        next_need=queries.next_owed(need),
        previous_need=queries.previous_owed(need),
        today=clock.today(),
    )


def _correctable(lines: Sequence[NeedUpdate]) -> set[int]:
    if not the_actor().may(Permission.WORK_ON_NEEDS):
        return set()
    return {line.id for line in lines if may_correct(line.kind, body=line.body) is None}


def _answer_forms(need: Need, sent: Form | None) -> dict[str, Form]:
    """The forms for what may be done with the need as it now stands, by the name of what it does."""
    if not the_actor().may(Permission.WORK_ON_NEEDS):
        return {}
    forms = {
        name: _with_version(sent, need) if isinstance(sent, offer.form) else _empty(offer.form, need)
        for name, offer in FORMS.items()
        if offer.refusal(need.state) is None
    }
    offer_templates(*forms.values(), need=need)
    return forms


def offer_templates(*forms: Form, need: Need) -> None:
    """Let each answer begin with a template that fits the need."""
    templates = templates_for(need.theme_id)
    for form in forms:
        if isinstance(form, AnswerForm):
            form.offer(need, templates)


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
