"""Whether what the service tells people gets there: the worker's pulse, what waits, and what is stuck and why."""

from collections.abc import Iterator
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from participation import clock
from participation.administration.blueprint import administration
from participation.audit.models import HEARTBEAT
from participation.audit.queries import last_done
from participation.extensions import db
from participation.notifications import watch
from participation.notifications.bounces import TriedAgain, try_refused_again
from participation.permissions import Permission
from participation.web.access import requires, the_actor
from participation.web.filters import counted
from participation.web.pagination import ID_MAX

ALIVE_MINUTES = 3
ROUNDS = {
    "throw_away_old": lazy_gettext("Throws away what nobody needs any more: old drafts and links"),
    "forget_pictures": lazy_gettext("Deletes the files of pictures that have been taken away"),
    "count_told": lazy_gettext("Counts how many have been told of each result"),
    "remind": lazy_gettext("Reminds staff of deadlines that come near or have passed"),
    "look_after_use": lazy_gettext("Asks project owners whether results are still in use"),
    "year_summary": lazy_gettext("Tells people what their support led to through the year"),
    "did_it_help": lazy_gettext("Asks residents whether a result helped"),
}


@administration.get("/administrasjon/varsler")
@requires(Permission.ADMINISTER)
def notices() -> str:
    rounds = last_done()
    beat = rounds.pop(HEARTBEAT, None)
    return render_template(
        "administration/notices.html",
        beat=beat,
        is_alive=beat is not None and beat > clock.now() - timedelta(minutes=ALIVE_MINUTES),
        rounds={ROUNDS.get(name, name): at for name, at in rounds.items()},
        waiting=watch.waiting(),
        stuck=watch.stuck(),
        refused=watch.refused(),
        unreachable=watch.unreachable_count(),
        events=watch.latest_events(),
    )


@administration.post("/administrasjon/varsler/prov-igjen")
@requires(Permission.ADMINISTER)
def try_again() -> Response:
    again = try_refused_again(the_actor().id, event_id=_event_id(request.form.get("event", "")))
    db.session.commit()
    if again.mails:
        flash(" ".join(_what_happens(again)), "success")
    else:
        flash(_("There was nothing to send again."), "info")
    return redirect(url_for("administration.notices"))


def _what_happens(again: TriedAgain) -> Iterator[str]:
    yield counted("%(num)s e-mail is tried again now.", "%(num)s e-mails are tried again now.", again.mails)
    if again.addresses:
        yield counted(
            "%(num)s address that we had stopped writing to is written to again.",
            "%(num)s addresses that we had stopped writing to are written to again.",
            again.addresses,
        )
    yield _("What does not get there this time either, you see here.")


def _event_id(text: str) -> int | None:
    """The event that was asked for, 0 for what is no event; none when it was for all."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(ID_MAX))
    return int(text) if is_number else (0 if text else None)
