"""Supporting and following a need."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from participation.extensions import db
from participation.needs import queries
from participation.needs.models import Need
from participation.notifications.rules import Reason
from participation.notifications.service import stop_following, subscribe
from participation.permissions import Act, Permission
from participation.residents.blueprint import residents
from participation.residents.lacking import lack_for, url_to_get_it
from participation.residents.need_page import visitor
from participation.support import service
from participation.web.access import requires, the_actor
from participation.web.views import found


@residents.post("/behov/<id:need_id>/stotte")
@requires(Permission.PARTICIPATE)
def support(need_id: int) -> ResponseReturnValue:
    need = found(queries.need_page(need_id))
    if lack_for(Act.SUPPORT) is not None:
        return _to_get_it(need)
    service.support(the_actor(), need=need)
    db.session.commit()
    return _panel(need)


@residents.post("/behov/<id:need_id>/trekk-stotte")
@requires(Permission.PARTICIPATE)
def withdraw_support(need_id: int) -> ResponseReturnValue:
    need = found(queries.need_page(need_id))
    service.withdraw(the_actor(), need=need)
    db.session.commit()
    return _panel(need)


@residents.post("/behov/<id:need_id>/folg")
@requires(Permission.PARTICIPATE)
def follow(need_id: int) -> ResponseReturnValue:
    need = found(queries.need_page(need_id))
    subscribe(the_actor().id, subject=need.subject, reason=Reason.FOLLOWER)
    db.session.commit()
    return _panel(need)


@residents.post("/behov/<id:need_id>/slutt-a-folge")
@requires(Permission.PARTICIPATE)
def unfollow(need_id: int) -> ResponseReturnValue:
    need = found(queries.need_page(need_id))
    stop_following(the_actor().id, subject=need.subject)
    db.session.commit()
    return _panel(need)


def _to_get_it(need: Need) -> ResponseReturnValue:
    """The way to what the visitor lacks, and from there back to the question whether they have the need too."""
    address = url_to_get_it(Act.SUPPORT, next_path=url_for("residents.show_need", need_id=need.id, gjor="stotte"))
    if request.headers.get("HX-Request"):
        return "", 200, {"HX-Redirect": address}
    return redirect(address)


def _panel(need: Need) -> ResponseReturnValue:
    """The box with the count alone, for a script that puts it in place; else back to it on the page."""
    if request.headers.get("HX-Request"):
        return render_template("residents/support_panel.html", need=need, visitor=visitor(need))
    return redirect(url_for("residents.show_need", need_id=need.id, _anchor="stotte"))
