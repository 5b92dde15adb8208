"""What is written so far of a need, and the pictures of it, kept under a key until it is sent."""

from flask import request, session
from flask_login import current_user

from participation.extensions import db, limiter
from participation.needs import pictures as needs_pictures
from participation.needs import queries
from participation.needs import service as needs
from participation.needs.models import NeedDraft
from participation.needs.picture_queries import room_in_drafts
from participation.permissions import Actor
from participation.residents.need_form import NeedForm
from participation.residents.picture_form import Pictures, Taken, give, pictures_in, take

KEY_IN_SESSION = "draft_key"
# From one address, of people who have not signed in; however small they are, as each is work, and takes of the room.
UNSIGNED_PICTURES = "60 per hour"


def _pictures_brought() -> int:
    return sum(bool(file.filename) for file in request.files.getlist("pictures"))


def _brings_no_pictures() -> bool:
    """Who is signed in has bounds of their own."""
    return bool(current_user.is_authenticated) or not _pictures_brought()


limits_unsigned_pictures = limiter.shared_limit(
    lambda: UNSIGNED_PICTURES, scope="unsigned_pictures", cost=_pictures_brought, exempt_when=_brings_no_pictures
)


def draft_of(key: str | None, actor: Actor | None) -> NeedDraft | None:
    draft = queries.draft(key, person_id=actor.id if actor else None) if key else None
    return draft if draft is not None and "title" in draft.fields else None


def pictures_for(form: NeedForm, actor: Actor | None) -> Pictures:
    """The pictures of the draft that the form belongs to, and those chosen in it."""
    return pictures_in(draft_of(form.draft_key.data, actor))


def keep(form: NeedForm, actor: Actor | None, *, even_empty: bool = False) -> str | None:
    """Keep what is written, and what is said of the pictures; the caller commits.

    Returns the draft's key; None where there is nothing to keep, or where it has been sent meanwhile.
    """
    key, pictures = form.draft_key.data, pictures_for(form, actor)
    fields = form.draft(even_empty=even_empty or bool(pictures.rows))
    if not fields or is_sent(form, actor):
        return None
    form.draft_key.data = needs.save_draft(key, person_id=actor.id if actor else None, fields=fields)
    session[KEY_IN_SESSION] = form.draft_key.data
    describe(form, actor)
    return str(form.draft_key.data)


def describe(form: NeedForm, actor: Actor | None) -> None:
    """Keep what is said of the pictures of the draft, if it is there still."""
    draft = draft_of(form.draft_key.data, actor)
    if draft is not None:
        needs_pictures.describe(actor, of=draft, words=pictures_in(draft).words())


def is_sent(form: NeedForm, actor: Actor | None) -> bool:
    """Whether the form was sent before, and is here once more."""
    key = form.draft_key.data
    return bool(key and actor and queries.sent_from(key, author_id=actor.id))


def kept_draft(form: NeedForm) -> NeedDraft:
    return db.session.get_one(NeedDraft, form.draft_key.data)


def bring(form: NeedForm, actor: Actor | None, pictures: Pictures) -> Pictures:
    """Keep the pictures just chosen with the draft, and commit; returns them as they then stand.

    Where none of them can be kept, nothing is.
    """
    brought = pictures.brought
    if not brought:
        return pictures
    room = room_in_drafts(actor.id if actor else None)
    taken = take(brought, rows=pictures.rows, room=room)
    if taken.fresh:
        _give(form, actor, taken)
    pictures.say_refused(taken.refused, of=len(brought))
    return pictures_in(draft_of(form.draft_key.data, actor), after=pictures)


def _give(form: NeedForm, actor: Actor | None, taken: Taken) -> None:
    """Give them to the draft, with what is written, and commit; where it can't be kept, they are forgotten."""
    try:
        needs_pictures.hold_drafts(actor.id if actor else None)
        key = keep(form, actor, even_empty=True)
    except BaseException:
        db.session.rollback()
        taken.forget()
        raise
    if key:
        give(actor, taken, to=kept_draft(form))
    else:
        taken.forget()
