"""Pictures while a need is being written: added, described, put in order and taken away, with scripts or without."""

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participation.extensions import db, limiter
from participation.files.serving import picture_answer
from participation.needs.picture_queries import picture_of
from participation.permissions import Actor
from participation.residents.blueprint import residents
from participation.residents.drafts import (
    bring,
    draft_of,
    keep,
    kept_draft,
    limits_unsigned_pictures,
    pictures_for,
)
from participation.residents.need_form import NeedForm, draft_key, need_form
from participation.residents.picture_deeds import Deed, do, part, say_added, wants_part
from participation.residents.picture_form import REQUEST_MAX_BYTES, Pictures
from participation.residents.proposing import new_need_page
from participation.web.access import maybe_actor, public
from participation.web.uploads import takes_up_to
from participation.web.views import found

# With a script, each picture is sent by itself, and then moved about.
CHANGES = "40 per minute"


@residents.post("/behov/nytt/bilder")
@public
@takes_up_to(REQUEST_MAX_BYTES)
@limiter.limit(CHANGES)
@limits_unsigned_pictures
def change_draft_pictures() -> ResponseReturnValue:
    form, actor, deed = need_form(), maybe_actor(), Deed.asked()
    before = pictures_for(form, actor)
    pictures = bring(form, actor, before)
    if deed.is_adding and not before.brought:
        pictures.form.pictures.errors = [_("Choose a picture")]
    if pictures.form.pictures.errors:
        return _answer(form, pictures, said="")
    said = _do(form, actor, deed) or say_added(len(before.brought))
    return _answer(form, pictures_for(form, actor), said=said)


def _do(form: NeedForm, actor: Actor | None, deed: Deed) -> str:
    """What is written is kept too, so that nothing is lost when the page is shown again."""
    key = keep(form, actor)
    db.session.commit()
    return do(deed, actor, of=kept_draft(form)) if key and deed.is_to_one else ""


def _answer(form: NeedForm, pictures: Pictures, *, said: str) -> ResponseReturnValue:
    key = form.draft_key.data
    if wants_part():
        return part(pictures, action=url_for("residents.change_draft_pictures"), said=said, key=key)
    if pictures.form.pictures.errors:
        return new_need_page(form, pictures=pictures), pictures.status
    flash(said, "success")
    return redirect(url_for("residents.new_need", utkast=key, _anchor="pictures-heading"))


@residents.get("/behov/utkast/<key>/bilder/<id:picture_id>-<int:width>.webp")
@public
def draft_photo(key: str, picture_id: int, width: int) -> Response:
    draft = found(draft_of(draft_key(key), maybe_actor()))
    return picture_answer(found(picture_of(draft, picture_id)).key, width, name="bilde")
