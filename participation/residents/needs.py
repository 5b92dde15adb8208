"""The list of needs, and a need's page."""

from dataclasses import replace

from flask import render_template, request
from flask.typing import ResponseReturnValue

from participation.comments.queries import threads
from participation.needs import queries
from participation.needs.models import Need
from participation.needs.rules import UpdateKind, date_moves
from participation.outcomes.follow_up_queries import ended_among
from participation.outcomes.queries import answers_to
from participation.residents import nearness, need_choices, need_page
from participation.residents.blueprint import residents
from participation.residents.comment_form import CommentForm
from participation.residents.need_form import draft_key
from participation.residents.need_list import asked, pages_asked
from participation.residents.need_map import map_url
from participation.residents.need_matches import matches
from participation.residents.sending_on import to_send
from participation.web.access import maybe_actor, public
from participation.web.addresses import absolute_url
from participation.web.pagination import ID_MAX, Cursor
from participation.web.views import found

# What someone wanted to do when they were sent to sign in: the page that they come back to asks again.
_ASKED_TO = {"stotte": "support", "folg": "follow"}


@residents.get("/behov")
@public
def list_needs() -> str:
    themes, areas, actor = queries.all_themes(), queries.all_areas(), maybe_actor()
    wanted = asked(themes, areas, is_signed_in=actor is not None)
    after, pages = Cursor.parse(request.args.get("etter")), pages_asked()
    among = matches(wanted, actor)
    listed = need_choices.listed(wanted, among, after=after, pages=pages)
    return render_template(
        "residents/needs.html",
        asked=wanted,
        map_url=map_url(wanted),
        listed=listed,
        matches=among.found,
        without_near_url=replace(wanted, near=None).url(),
        left_out=nearness.left_out(wanted, among),
        is_elsewhere=nearness.is_elsewhere(wanted),
        heading=need_choices.heading(listed),
        show_words=need_choices.show_words(listed),
        answers=queries.latest_answers(need.id for need in listed.page.rows),
        groups=need_choices.groups(themes, areas, wanted, listed.counts if listed.counts_all else None),
        mine_choices=need_choices.mine_choices(wanted) if actor else [],
        sort_choices=need_choices.sort_choices(wanted),
        is_first_meeting=need_choices.is_first_meeting(wanted, actor, after=after, pages=pages),
        is_first=after is None,
        here_url=wanted.url(after=after, pages=pages),
        next_url=wanted.url(after=listed.page.next) if listed.page.next else None,
    )


@residents.get("/behov/<id:need_id>")
@public
def show_need(need_id: int) -> ResponseReturnValue:
    need = found(queries.need_page(need_id))
    return render_template("residents/need.html", **_parts(need))


def _parts(need: Need) -> dict[str, object]:
    visitor, lines = need_page.visitor(need), queries.timeline(need.id)
    links = need_page.links_to_show(need.id, visitor.actor)
    outcomes = answers_to(need.id)
    conversation, more_after = threads(need.id, after_id=_comments_after())
    return {
        "need": need,
        "visitor": visitor,
        "sending": to_send(need),
        "asked_to": _ASKED_TO.get(request.args.get("gjor", "")) if visitor.actor else None,
        "draft_key": draft_key(request.args.get("utkast")),
        "address": absolute_url("residents.show_need", need_id=need.id),
        "steps": need_page.loop_steps(need, lines),
        "days_overdue": need_page.days_overdue(need),
        "additions": [line for line in lines if line.kind is UpdateKind.ADDITION],
        "answers": need_page.letters(lines, links),
        "asked_again": need_page.asked_again(need, lines),
        "moves": date_moves(queries.promised(lines)),
        "links": links,
        "outcomes": outcomes,
        "ended": ended_among(outcome.id for _answer, outcome in outcomes),
        "story": need_page.story(lines, links, results={outcome.id for _answer, outcome in outcomes}),
        "threads": conversation,
        "more_after": more_after,
        "editable_comments": need_page.editable_comments(conversation, visitor.actor),
        "comment_form": CommentForm() if visitor.actor and visitor.may_comment else None,
    }


def _comments_after() -> int:
    number = request.args.get("kommentarer_etter", 0, type=int)
    return number if 0 < number <= ID_MAX else 0
