"""The list of needs, and a need's page."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from participation.comments.queries import threads
from participation.needs import queries
from participation.needs.models import Need
from participation.needs.rules import UpdateKind, date_moves
from participation.outcomes.follow_up_queries import ended_among
from participation.outcomes.queries import answers_to
from participation.residents import need_page
from participation.residents.blueprint import residents
from participation.residents.comment_form import CommentForm
from participation.residents.need_list import SORT_WORDS, STATE_SLUGS, asked, theme_choices
from participation.residents.need_map import map_url
from participation.residents.need_near import near_page
from participation.web.access import public
from participation.web.addresses import absolute_url
from participation.web.filters import label
from participation.web.pagination import ID_MAX, Cursor
from participation.web.views import found

# What someone wanted to do when they were sent to sign in: the page that they come back to asks again.
_ASKED_TO = {"stotte": "support", "folg": "follow"}


@residents.get("/behov")
@public
def list_needs() -> str:
    themes, areas = queries.all_themes(), queries.all_areas()
    wanted = asked(themes, areas)
    after = Cursor.parse(request.args.get("etter"))
    page = near_page(wanted, after=after) if wanted.near else queries.list_needs(wanted.filter, after=after)
    return render_template(
        "residents/needs.html",
        asked=wanted,
        map_url=map_url(wanted),
        needs=page.rows,
        answers=queries.latest_answers(need.id for need in page.rows),
        next_url=wanted.url(after=str(page.next)) if page.next else None,
        is_first=after is None,
        states=STATE_SLUGS,
        theme_choices=theme_choices(themes, wanted),
        area_choices=[(area.key, area.name) for area in areas if area.active or area is wanted.area],
        state_choices=[(slug, label(state)) for state, slug in STATE_SLUGS.items()],
        sort_choices=[(sort.value, words) for sort, words in SORT_WORDS.items()],
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
        "asked_to": _ASKED_TO.get(request.args.get("gjor", "")) if visitor.actor else None,
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
