"""The pictures of a need that is sent: shown, and changed by its author."""

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participation.extensions import db, limiter
from participation.files.serving import picture_answer
from participation.needs import picture_queries, queries
from participation.needs import pictures as service
from participation.needs.models import Need, NeedPicture
from participation.needs.rules import (
    NOT_LISTED,
    is_added_later,
    may_add_picture,
    may_change_pictures,
)
from participation.permissions import Permission
from participation.refusals import ensure
from participation.residents.blueprint import residents
from participation.residents.draft_pictures import CHANGES
from participation.residents.picture_deeds import Deed, do, part, say_added, wants_part
from participation.residents.picture_form import REQUEST_MAX_BYTES, Pictures, give, pictures_in, take
from participation.web.access import maybe_actor, public, requires, the_actor
from participation.web.uploads import takes_up_to
from participation.web.views import found

# What is at such an address never changes: another picture has another number.
KEPT_DAYS = 30


@residents.app_template_global()
def need_photo_url(picture: NeedPicture, width: int) -> str:
    if picture.draft_key is not None:
        return url_for("residents.draft_photo", key=picture.draft_key, picture_id=picture.id, width=width)
    return url_for("residents.need_photo", need_id=picture.need_id, picture_id=picture.id, width=width)


@residents.app_template_filter()
def added_later(picture: NeedPicture, need: Need) -> bool:
    return bool(picture.alt) and is_added_later(picture.added_at, created_at=need.created_at)


@residents.get("/behov/<id:need_id>/bilder/<id:picture_id>-<int:width>.webp")
@public
def need_photo(need_id: int, picture_id: int, width: int) -> Response:
    need, picture = found(picture_queries.need_of_picture(need_id, picture_id))
    is_open = need.state not in NOT_LISTED and picture.is_shown
    if not (is_open or _sees_all(need)):
        abort(404)
    return picture_answer(picture.key, width, name=f"behov-{need_id}", kept_days=KEPT_DAYS if is_open else 0)


@residents.get("/behov/<id:need_id>/bilder/<id:picture_id>")
@public
def show_need_picture(need_id: int, picture_id: int) -> str:
    need = found(queries.need_page(need_id))
    seen = need.pictures if _sees_all(need) else need.pictures_shown
    place = found(next((place for place, one in enumerate(seen) if one.id == picture_id), None))
    return render_template("residents/need_picture.html", need=need, seen=seen, place=place)


def _sees_all(need: Need) -> bool:
    actor = maybe_actor()
    return actor is not None and (actor.id == need.author_id or actor.may(Permission.SEE_WORKBENCH))


@residents.route("/behov/<id:need_id>/bilder", methods=["GET", "POST"])
@requires(Permission.PARTICIPATE)
@takes_up_to(REQUEST_MAX_BYTES)
@limiter.limit(CHANGES, methods=["POST"])
def change_need_pictures(need_id: int) -> ResponseReturnValue:
    need = found(queries.need_page(need_id))
    ensure(may_change_pictures(the_actor(), author_id=need.author_id))
    if request.method == "GET":
        return _page(need, pictures_in(need))
    deed, before = Deed.asked(), pictures_in(need)
    said, pictures = _change(need, before, deed)
    need = found(queries.need_page(need_id))
    if wants_part():
        return part(pictures, action=request.path, said=said, may_add=_may_add(need))
    if pictures.form.errors:
        return _page(need, pictures), pictures.status
    flash(said, "success")
    if deed.is_adding or deed.is_to_one or before.brought:
        # The page at once: what is written on it is not saved yet.
        return _page(need, pictures)
    return redirect(url_for("residents.show_need", need_id=need_id))


def _change(need: Need, before: Pictures, deed: Deed) -> tuple[str, Pictures]:
    """Take in what was chosen and do what a button asked; returns what to say, and how they then stand.

    Only the button that saves makes words count, since with them others see the picture.
    """
    actor, need_id = the_actor(), need.id
    pictures = _bring(need, before)
    if pictures.form.pictures.errors:
        return "", pictures
    if deed.is_to_one:
        said = do(deed, actor, of=need)
        return said, pictures_in(found(queries.need_page(need_id)))
    if before.brought:
        return say_added(len(before.brought)), pictures
    if deed.is_adding:
        pictures.form.pictures.errors = [_("Choose a picture")]
    elif pictures.ask_for_words():
        service.describe(actor, of=need, words=pictures.words())
        db.session.commit()
    return _("The pictures are saved."), pictures


def _bring(need: Need, before: Pictures) -> Pictures:
    brought = before.brought
    if not brought:
        return before
    ensure(may_add_picture(the_actor(), author_id=need.author_id, state=need.state))
    taken = take(brought, rows=before.rows)
    if taken.fresh:
        give(the_actor(), taken, to=need)
    before.say_refused(taken.refused, of=len(brought))
    return pictures_in(need, after=before)


def _page(need: Need, pictures: Pictures) -> str:
    return render_template("residents/need_pictures_page.html", need=need, pictures=pictures, may_add=_may_add(need))


def _may_add(need: Need) -> bool:
    return may_add_picture(the_actor(), author_id=need.author_id, state=need.state) is None
