"""The picture of a result, with words for those who can't see it."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from participation.extensions import db
from participation.files.rules import PICTURE_MAX_BYTES
from participation.files.service import forget_pictures, picture_sizes, save_picture, the_store
from participation.files.serving import picture_answer
from participation.newsroom.blueprint import newsroom
from participation.newsroom.step_forms import PictureForm
from participation.outcomes import queries, service
from participation.outcomes.models import Outcome
from participation.outcomes.rules import may_edit
from participation.permissions import Permission
from participation.refusals import OF_THE_FILE, ensure
from participation.web.access import requires, the_actor
from participation.web.uploads import takes_up_to
from participation.web.views import found, tried

# What the rest of the form can take, beside the picture.
FORM_BYTES = 100_000
_ABOUT = dict.fromkeys(OF_THE_FILE, "picture")


@newsroom.route("/redaksjonen/resultater/<id:outcome_id>/bilde", methods=["GET", "POST"])
@requires(Permission.WRITE_OUTCOMES)
@takes_up_to(PICTURE_MAX_BYTES + FORM_BYTES)
def change_picture(outcome_id: int) -> str | AnyResponse | tuple[str, int]:
    outcome = found(queries.outcome(outcome_id))
    form = PictureForm(data={"version": outcome.version, "alt": outcome.picture_alt})
    form.has_picture = bool(outcome.picture_key)
    if request.method == "GET":
        ensure(may_edit(outcome.state))
        return _page(outcome, form)
    status = _change(outcome, form)
    if status:
        outcome = found(queries.outcome(outcome_id))
        form.version.data = outcome.version
        return _page(outcome, form), status
    flash(_("The picture is taken away.") if form.remove.data else _("The picture is saved."), "success")
    return redirect(url_for("newsroom.show_outcome", outcome_id=outcome_id))


def _change(outcome: Outcome, form: PictureForm) -> int:
    """Keep what was sent; of a form with faults, the picture, which then need not be chosen again."""
    if form.validate_on_submit():
        return _keep(outcome, form, alt=form.alt.data)
    if form.picture.data is not None and not form.remove.data:
        is_kept = _keep(outcome, form, alt="") == 0
        if is_kept and not form.alt.data:
            form.alt.errors = [_("The picture is kept. Now say what it shows, for those who can't see it.")]
    return 400


def _keep(outcome: Outcome, form: PictureForm, *, alt: str) -> int:
    """The files that nothing leads to any more are deleted once it is known which those are."""
    store = the_store()
    made: list[str] = []
    left: list[str | None] = []

    def act() -> None:
        ensure(may_edit(outcome.state))
        key = None if form.remove.data else outcome.picture_key
        if form.picture.data is not None and not form.remove.data:
            db.session.rollback()  # it takes its time, and nobody else who writes is to wait for it
            key = save_picture(form.picture.data, store)
            made.append(key)
        version = form.version.data
        left.append(service.give_picture(the_actor(), outcome=outcome, key=key, alt=alt, version=version))

    try:
        status = tried(form, act, about=_ABOUT)
    except Exception:
        forget_pictures(made, store)
        raise
    forget_pictures(made if status else left, store)
    return status


@newsroom.get("/redaksjonen/resultater/<id:outcome_id>/bilde-<int:width>.webp")
@requires(Permission.WRITE_OUTCOMES)
def outcome_photo(outcome_id: int, width: int) -> Response:
    outcome = found(queries.outcome(outcome_id))
    return picture_answer(outcome.picture_key, width, name=f"resultat-{outcome_id}")


def _page(outcome: Outcome, form: PictureForm) -> str:
    sizes = picture_sizes(outcome.picture_key, the_store())
    return render_template("newsroom/picture.html", outcome=outcome, form=form, picture_sizes=sizes)
