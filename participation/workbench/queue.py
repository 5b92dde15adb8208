"""The queue: what waits for an answer, the longest overdue first."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from participation import clock
from participation.needs import queries
from participation.needs.models import Need
from participation.needs.queries import STATES_IN_ADDRESSES, NeedFilter, Owed, QueueView
from participation.needs.rules import silent_since
from participation.outcomes import queries as outcomes
from participation.outcomes.models import Outcome
from participation.permissions import Permission
from participation.web.access import requires, the_actor
from participation.web.addresses import settings
from participation.web.pagination import Cursor, Page
from participation.web.text import cleaned
from participation.workbench.blueprint import workbench

VIEWS = {
    "ubesvart": QueueView.OWED,
    "forfalt": QueueView.OVERDUE,
    "mine": QueueView.MINE,
    "ledige": QueueView.UNASSIGNED,
    "stille": QueueView.SILENT,
    "tatt-inn": QueueView.ACCEPTED,
    "alle": QueueView.ALL,
}
FILTERS = ("q", "tema", "omrade", "status")
SEARCH_MAX_CHARACTERS = 200


@dataclass(frozen=True)
class Tab:
    """A view of the queue; `count` is none where counting would have to go through all needs."""

    label: str
    url: str
    current: bool
    count: int | None = None


@workbench.get("/arbeidsflate")
@requires(Permission.SEE_WORKBENCH)
def queue() -> str:
    actor, today = the_actor(), clock.today()
    view = VIEWS.get(request.args.get("visning", ""), QueueView.OWED)
    after = Cursor.parse(request.args.get("etter"))
    themes, areas = queries.all_themes(), queries.all_areas()
    wanted = NeedFilter(
        text=cleaned(request.args.get("q", ""))[:SEARCH_MAX_CHARACTERS],
        themes=frozenset(theme.id for theme in themes if theme.key == request.args.get("tema")),
        areas=frozenset(area.id for area in areas if area.key == request.args.get("omrade")),
        states=frozenset(filter(None, [queries.state_in_address(request.args.get("status", ""))])),
    )
    page = _page(view, wanted, after)
    owed = queries.owed(person_id=actor.id, today=today, week_ends=_sunday())
    return render_template(
        "workbench/queue.html",
        needs=page.rows,
        today=today,
        view=view,
        slug=_slug(view),
        tabs=_tabs(view, owed),
        owed=owed,
        themes=themes,
        areas=areas,
        states=STATES_IN_ADDRESSES,
        wanted=wanted,
        filtered=any(request.args.get(name) for name in FILTERS),
        no_need_yet=not page.rows and not queries.any_need(),
        everything_url=url_for("workbench.queue", visning=_slug(view)),
        next_url=_url(view, page.next) if page.next else None,
        first_url=_url(view, None) if after else None,
        waiting=_waiting_for_me(),
        sent_back=outcomes.sent_back_to(actor.id) if actor.may(Permission.WRITE_OUTCOMES) else [],
    )


def _page(view: QueueView, wanted: NeedFilter, after: Cursor | None) -> Page[Need]:
    if view is QueueView.SILENT:
        since = silent_since(clock.now(), weeks=settings().silent_after_weeks)
        return queries.silent_queue(since=since, wanted=wanted, after=after)
    return queries.queue(view, person_id=the_actor().id, today=clock.today(), wanted=wanted, after=after)


def _tabs(current: QueueView, owed: Owed) -> list[Tab]:
    words = {
        QueueView.OWED: (_("Waiting for an answer"), owed.in_all),
        QueueView.OVERDUE: (_("Overdue"), owed.overdue),
        QueueView.MINE: (_("Mine"), owed.mine),
        QueueView.UNASSIGNED: (_("Nobody's yet"), owed.unassigned),
        QueueView.SILENT: (_("Silent"), None),
        QueueView.ACCEPTED: (_("Taken in, not in a project"), None),
        QueueView.ALL: (_("All needs"), None),
    }
    return [
        Tab(label, url_for("workbench.queue", visning=_slug(view)), view is current, count)
        for view, (label, count) in words.items()
    ]


def _slug(view: QueueView) -> str:
    return next(slug for slug, known in VIEWS.items() if known is view)


def _url(view: QueueView, after: Cursor | None) -> str:
    """This page's own address with its filters, from the cursor on or from the start."""
    filters: dict[str, Any] = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    return url_for("workbench.queue", visning=_slug(view), etter=str(after) if after else None, **filters)


def _waiting_for_me() -> list[Outcome]:
    actor = the_actor()
    return list(outcomes.waiting_for(actor.id)) if actor.may(Permission.APPROVE_OUTCOMES) else []


def _sunday() -> date:
    return clock.today() + timedelta(days=6 - clock.today().weekday())
