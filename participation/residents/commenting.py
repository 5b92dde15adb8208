"""Commenting on a need: write first, sign in last."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participation import clock
from participation.comments import service
from participation.comments.models import Comment
from participation.comments.queries import THREADS_A_PAGE, comment_of_need
from participation.comments.rules import may_edit
from participation.extensions import db
from participation.needs import queries
from participation.needs import service as needs
from participation.needs.models import Need, NeedDraft
from participation.needs.rules import may_comment
from participation.permissions import Act, Actor, Permission
from participation.refusals import ensure
from participation.residents.blueprint import residents
from participation.residents.comment_form import CommentEditForm, CommentForm
from participation.residents.lacking import lack_for, url_to_get_it
from participation.residents.need_form import draft_key
from participation.web.access import maybe_actor, public, requires, sign_in_url, the_actor
from participation.web.pagination import ID_MAX
from participation.web.views import failed, found


@residents.get("/behov/<id:need_id>/kommentarer")
@public
def comment(need_id: int) -> str:
    need = found(queries.need_page(need_id))
    ensure(may_comment(need.state))
    draft = _draft(need)
    if draft is None:
        parent = _parent(need, request.args.get("svar", type=int))
        return _page(need, CommentForm(data={"parent_id": parent.id if parent else None}))
    form = CommentForm(data={**draft.fields, "submission_key": draft.key})
    return _page(need, form, signed_in_to_send=maybe_actor() is not None)


def _draft(need: Need) -> NeedDraft | None:
    key = draft_key(request.args.get("utkast"))
    draft = queries.draft(key, person_id=None) if key else None
    return draft if draft is not None and draft.fields.get("need_id") == need.id else None


def _parent(need: Need, comment_id: int | None) -> Comment | None:
    """The comment that a reply goes under: replies have one level."""
    if comment_id is None or not 0 < comment_id <= ID_MAX:
        return None
    comment = comment_of_need(need.id, comment_id)
    return comment_of_need(need.id, comment.parent_id) if comment and comment.parent_id else comment


def _page(need: Need, form: CommentForm, *, signed_in_to_send: bool = False) -> str:
    number = form.parent_id.data if not form.parent_id.errors else None
    return render_template(
        "residents/comment.html",
        need=need,
        form=form,
        parent=_parent(need, number),
        signed_in_to_send=signed_in_to_send,
        actor=maybe_actor(),
    )


@residents.post("/behov/<id:need_id>/kommentarer")
@public
def send_comment(need_id: int) -> ResponseReturnValue:
    need, form, actor = found(queries.need_page(need_id)), CommentForm(), maybe_actor()
    if actor is None or lack_for(Act.COMMENT) is not None:
        return _keep_to_send(need, form, actor) if form.validate() else (_page(need, form), 400)
    made: list[int | None] = []
    status = failed(form, lambda: made.append(_publish(actor, need, form)))
    if status:
        return _page(found(queries.need_page(need_id)), form), status
    return redirect(_address(need_id, made[0], form.parent_id.data))


def _publish(actor: Actor, need: Need, form: CommentForm) -> int | None:
    key = form.submission_key.data
    if key:
        needs.discard_draft(key, person_id=actor.id)
    return service.comment(actor, need=need, body=form.body.data, parent_id=form.parent_id.data, submission_key=key)


def _address(need_id: int, comment_id: int | None, parent_id: int | None) -> str:
    """Where the comment stands: in a long conversation, on the page that begins with its thread."""
    if comment_id is None:
        return url_for("residents.show_need", need_id=need_id, _anchor="comments")
    long = found(queries.need_page(need_id)).comment_count > THREADS_A_PAGE
    return url_for(
        "residents.show_need",
        need_id=need_id,
        kommentarer_etter=(parent_id or comment_id) - 1 if long else None,
        _anchor=f"comment-{comment_id}",
    )


def _keep_to_send(need: Need, form: CommentForm, actor: Actor | None) -> ResponseReturnValue:
    """Keep the comment under a key of its own until its writer has signed in, or shown what more is asked for."""
    ensure(may_comment(need.state))
    fields = {"need_id": need.id, "parent_id": form.parent_id.data, "body": form.body.data}
    key = needs.save_draft(form.submission_key.data, person_id=None, fields=fields)
    db.session.commit()
    next_path = url_for("residents.comment", need_id=need.id, utkast=key)
    return redirect(url_to_get_it(Act.COMMENT, next_path=next_path) if actor else sign_in_url(next_path))


@residents.route("/behov/<id:need_id>/kommentarer/<id:comment_id>/endre", methods=["GET", "POST"])
@requires(Permission.PARTICIPATE)
def edit_comment(need_id: int, comment_id: int) -> ResponseReturnValue:
    comment, actor = found(comment_of_need(need_id, comment_id)), the_actor()
    form = CommentEditForm(obj=comment)
    if request.method == "GET":
        ensure(may_edit(actor, author_id=comment.author_id, created_at=comment.created_at, now=clock.now()))
        return _edit_page(need_id, form)
    status = failed(form, lambda: service.edit(actor, comment=comment, body=form.body.data))
    if status:
        return _edit_page(need_id, form), status
    flash(_("Your comment is changed."), "success")
    return redirect(_address(need_id, comment_id, comment.parent_id))


def _edit_page(need_id: int, form: CommentEditForm) -> str:
    return render_template("residents/edit_comment.html", need=found(queries.need_page(need_id)), form=form)
