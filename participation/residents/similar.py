"""Needs like the one being written: support instead of reporting once more, and keep the draft."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup, escape

from participation.extensions import db, limiter
from participation.needs import queries
from participation.needs.models import Need
from participation.needs.rules import TITLE_MAX_CHARACTERS, may_support
from participation.needs.similar import similar
from participation.permissions import Act, Actor
from participation.residents.blueprint import residents
from participation.residents.drafts import keep
from participation.residents.lacking import lack_for, url_to_get_it
from participation.residents.need_form import NeedForm, need_form
from participation.support import service as support
from participation.support.queries import supported_among
from participation.web.access import maybe_actor, public, sign_in_url
from participation.web.text import cleaned
from participation.web.views import found

# The page asks after each pause in the writing of a title, and a library or a school has one address.
ASKED = "120 per minute"
ASK = "ask_similar"
"""A field that the page's script takes away: without it, others are shown before the need is sent."""


@residents.get("/behov/lignende")
@public
@limiter.limit(ASKED)
def similar_needs() -> str:
    """A piece of the page that a need is written on."""
    title, actor = cleaned(request.args.get("tittel", ""))[:TITLE_MAX_CHARACTERS], maybe_actor()
    return render_template("residents/similar.html", **shown(_like(title, actor), actor))


def similar_to(form: NeedForm, actor: Actor | None) -> list[Need]:
    """What to show before the need is sent, where the page could not show it while it was written."""
    return _like(form.title.data or "", actor) if request.form.get(ASK) else []


def shown(needs: list[Need], actor: Actor | None) -> dict[str, Any]:
    """What the templates show of them: whether each may be supported, and is by whoever asks."""
    supported = supported_among(actor.id, [need.id for need in needs]) if actor and needs else set()
    return {"needs": needs, "may_support": may_support, "supported": supported}


def _like(title: str, actor: Actor | None) -> list[Need]:
    return list(similar(title, but_by=actor.id if actor else None))


@residents.post("/behov/nytt/heller/<id:need_id>")
@public
def support_instead(need_id: int) -> ResponseReturnValue:
    """Keep the draft, and support a need that is there already.

    Who must sign in first is asked again at the top of the need's page, which names the draft too.
    """
    need, actor, form = found(queries.need_page(need_id)), maybe_actor(), need_form()
    key = keep(form, actor)
    page = url_for("residents.show_need", need_id=need.id, gjor="stotte", utkast=key)
    if actor is None or lack_for(Act.SUPPORT) is not None:
        db.session.commit()
        return redirect(url_to_get_it(Act.SUPPORT, next_path=page) if actor else sign_in_url(page))
    support.support(actor, need=need)
    db.session.commit()
    flash(_supported(key), "success")
    return redirect(url_for("residents.show_need", need_id=need.id))


def _supported(draft_key: str | None) -> Markup:
    said = escape(_("You have this need too. We tell you what happens."))
    if draft_key is None:
        return said
    link = Markup('<a class="text-link" href="{}">{}</a>').format(
        url_for("residents.new_need", utkast=draft_key), _("Go on with your draft")
    )
    return Markup("{} {}").format(said, link)
