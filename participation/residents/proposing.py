"""Reporting a need: write first, sign in last, and nothing lost on the way."""

from flask import flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from participation import clock
from participation.extensions import db, limiter
from participation.files.service import forget_pictures, the_store
from participation.needs import queries
from participation.needs import service as needs
from participation.needs.models import Need, NeedDraft
from participation.needs.picture_queries import pictures_of
from participation.permissions import Act, Actor, Permission
from participation.residents.blueprint import residents
from participation.residents.drafts import (
    KEY_IN_SESSION,
    bring,
    describe,
    draft_of,
    is_sent,
    keep,
    limits_unsigned_pictures,
    pictures_for,
)
from participation.residents.lacking import lack_for, url_to_get_it
from participation.residents.need_form import NeedForm, draft_key, need_form
from participation.residents.picture_form import REQUEST_MAX_BYTES, Pictures, pictures_in
from participation.residents.sending_on import to_send
from participation.residents.similar import shown, similar_to
from participation.support import service as support
from participation.web.access import maybe_actor, public, requires, sign_in_url, the_actor
from participation.web.addresses import settings
from participation.web.uploads import takes_up_to
from participation.web.views import failed, found

_SENT = "sent"
# The page saves two seconds after each pause in the writing; nobody pauses more often.
DRAFTS_KEPT = "30 per minute"


@residents.get("/behov/nytt")
@public
def new_need() -> ResponseReturnValue:
    key, actor = draft_key(request.args.get("utkast")), maybe_actor()
    sent = queries.sent_from(key, author_id=actor.id) if key and actor else None
    if sent is not None:
        return redirect(url_for("residents.receipt", need_id=sent.id))
    draft = draft_of(key, actor)
    form = need_form({**draft.fields, "draft_key": draft.key} if draft else None)
    if not (form.can_be_sent or draft):
        return render_template("residents/not_ready.html")
    begun = None if draft else _begun(actor)
    return new_need_page(form, draft=draft, begun=begun, draft_gone=bool(key) and draft is None)


def _begun(actor: Actor | None) -> NeedDraft | None:
    """What was written here before; or by who is signed in, wherever it was."""
    here = draft_of(draft_key(session.get(KEY_IN_SESSION)), actor)
    return here or (next(iter(queries.drafts_of(actor.id)), None) if actor else None)


def new_need_page(
    form: NeedForm,
    *,
    draft: NeedDraft | None = None,
    begun: NeedDraft | None = None,
    draft_gone: bool = False,
    pictures: Pictures | None = None,
) -> str:
    return render_template(
        "residents/new_need.html",
        form=form,
        draft=draft,
        begun=begun,
        draft_gone=draft_gone,
        pictures=pictures or pictures_in(draft),
        signed_in_to_send=bool(draft and draft.fields.get(_SENT) and maybe_actor()),
        answer_within_days=settings().answer_within_days,
    )


@residents.post("/behov/nytt")
@public
@takes_up_to(REQUEST_MAX_BYTES)
@limits_unsigned_pictures
def send_need() -> ResponseReturnValue:
    form, actor = need_form(), maybe_actor()
    pictures = pictures_for(form, actor)
    if form.take_step():
        pictures = bring(form, actor, pictures)
        return new_need_page(form, pictures=pictures), pictures.status if pictures.refused else 200
    if not is_sent(form, actor) and (pictures.brought or not pictures.ask_for_words()):
        return _ask_for_words(form, bring(form, actor, pictures))
    if actor is None or lack_for(Act.REPORT) is not None:
        return _keep_to_send(form, actor) if form.validate() else (new_need_page(form, pictures=pictures), 400)
    if form.validate() and (like := similar_to(form, actor)):
        return _others_first(form, actor, like)
    made: list[Need] = []
    status = failed(form, lambda: made.append(_propose(actor, form)))
    if status:
        return new_need_page(form, pictures=pictures_for(form, actor)), status
    session.pop(KEY_IN_SESSION, None)
    return redirect(url_for("residents.receipt", need_id=made[0].id))


def _others_first(form: NeedForm, actor: Actor, like: list[Need]) -> str:
    """Needs that say much the same, before one more is sent; what was written is kept meanwhile."""
    keep(form, actor)
    db.session.commit()
    return render_template("residents/similar_first.html", form=form, **shown(like, actor))


def _ask_for_words(form: NeedForm, pictures: Pictures) -> ResponseReturnValue:
    """The form again: of pictures that have just come, nothing is said yet."""
    form.validate()
    pictures.ask_for_words()
    return new_need_page(form, pictures=pictures), pictures.status


def _propose(actor: Actor, form: NeedForm) -> Need:
    """The need; when the same form is sent twice in one moment, the second finds the first's."""
    try:
        return _propose_once(actor, form)
    except IntegrityError:
        db.session.rollback()
        return _propose_once(actor, form)


def _propose_once(actor: Actor, form: NeedForm) -> Need:
    describe(form, actor)
    need = support.propose(
        actor,
        words=form.words(),
        name_hidden=form.name_hidden.data,
        within_days=settings().answer_within_days,
        draft_key=form.draft_key.data,
    )
    db.session.flush()
    return need


def _keep_to_send(form: NeedForm, actor: Actor | None) -> ResponseReturnValue:
    """Keep what is written until its writer has signed in, or shown what more is asked for."""
    person_id = actor.id if actor else None
    keep(form, actor)
    key = needs.save_draft(form.draft_key.data, person_id=person_id, fields=form.draft() | {_SENT: True})
    db.session.commit()
    next_path = url_for("residents.new_need", utkast=key)
    return redirect(url_to_get_it(Act.REPORT, next_path=next_path) if actor else sign_in_url(next_path))


@residents.post("/behov/nytt/utkast")
@public
@takes_up_to(REQUEST_MAX_BYTES)
@limiter.limit(DRAFTS_KEPT)
@limits_unsigned_pictures
def save_draft() -> ResponseReturnValue:
    """Keep what is written so far: quietly for the page's script, or to go on later."""
    form, actor = need_form(), maybe_actor()
    pictures = bring(form, actor, pictures_for(form, actor))
    if pictures.refused:
        return new_need_page(form, pictures=pictures), pictures.status
    key = keep(form, actor)
    db.session.commit()
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "application/json":
        return jsonify(key=key, saved_at=clock.now().isoformat() if key else None)
    if key and maybe_actor():
        flash(_("Your draft is saved. You find it here whenever you want to go on."), "success")
        return redirect(url_for("residents.my_page"))
    return redirect(url_for("residents.new_need", utkast=key))


@residents.post("/behov/utkast/<key>/slett")
@requires(Permission.PARTICIPATE)
def delete_draft(key: str) -> ResponseReturnValue:
    draft = found(draft_of(draft_key(key), the_actor()))
    keys = [picture.key for picture in pictures_of(draft)]
    needs.discard_draft(draft.key, person_id=the_actor().id)
    db.session.commit()
    forget_pictures(keys, the_store())
    flash(_("The draft is deleted."), "success")
    return redirect(url_for("residents.my_page"))


@residents.get("/behov/<id:need_id>/kvittering")
@requires(Permission.PARTICIPATE)
def receipt(need_id: int) -> str:
    need = queries.need_page(need_id)
    own = found(need if need is not None and need.author_id == the_actor().id else None)
    within_days = settings().answer_within_days
    return render_template("residents/receipt.html", need=own, sending=to_send(own), answer_within_days=within_days)
