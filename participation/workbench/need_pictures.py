"""Staff hide a picture that should not be there for all to see, and show it again."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from participation.extensions import db
from participation.needs import pictures
from participation.needs.picture_queries import need_of_picture
from participation.needs.rules import HIDING_REASON_MAX_CHARACTERS
from participation.permissions import Permission
from participation.web.access import requires, the_actor
from participation.web.forms import Form, Required, TextBlock, at_most
from participation.web.views import failed, found
from participation.workbench.blueprint import workbench


class HidePictureForm(Form):
    reason = TextBlock(
        lazy_gettext("Why is it hidden?"),
        [Required(lazy_gettext("Write why, to the one who sent it")), at_most(HIDING_REASON_MAX_CHARACTERS)],
    )


@workbench.route("/arbeidsflate/behov/<id:need_id>/bilder/<id:picture_id>/skjul", methods=["GET", "POST"])
@requires(Permission.WORK_ON_NEEDS)
def hide_picture(need_id: int, picture_id: int) -> ResponseReturnValue:
    need, picture = found(need_of_picture(need_id, picture_id))
    form = HidePictureForm()
    page = "workbench/hide_picture.html"
    if request.method == "GET":
        return render_template(page, need=need, picture=picture, form=form)
    status = failed(form, lambda: pictures.hide(the_actor(), need=need, picture=picture, reason=form.reason.data))
    if status:
        return render_template(page, need=need, picture=picture, form=form), status
    flash(_("The picture is hidden."), "success")
    return redirect(url_for("workbench.show_need", need_id=need_id))


@workbench.post("/arbeidsflate/behov/<id:need_id>/bilder/<id:picture_id>/vis")
@requires(Permission.WORK_ON_NEEDS)
def show_picture(need_id: int, picture_id: int) -> ResponseReturnValue:
    need, picture = found(need_of_picture(need_id, picture_id))
    pictures.show(the_actor(), need=need, picture=picture)
    db.session.commit()
    flash(_("The picture is shown to everyone again."), "success")
    return redirect(url_for("workbench.show_need", need_id=need_id))
