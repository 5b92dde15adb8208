"""Sets right the wording of what has been said on a need."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from participation.needs import corrections, queries
from participation.needs.corrections import Wording
from participation.needs.models import Need, NeedUpdate
from participation.needs.rules import UpdateKind, may_correct
from participation.permissions import Permission
from participation.refusals import Refusal, ensure
from participation.web.access import requires, the_actor
from participation.web.views import failed, found
from participation.workbench.answer_forms import CorrectionForm
from participation.workbench.answers import Answer
from participation.workbench.blueprint import workbench

_ABOUT = {Refusal.NOTHING_CORRECTED: "body"}


@workbench.route("/arbeidsflate/behov/<id:need_id>/linjer/<id:line_id>/rett", methods=["GET", "POST"])
@requires(Permission.WORK_ON_NEEDS)
def correct_line(need_id: int, line_id: int) -> Answer:
    need, line = found(queries.need_page(need_id)), _line(need_id, line_id)
    form = _form(need, line)
    if request.method == "GET":
        ensure(may_correct(line.kind, body=line.body))
        return _page(need, line, form)
    status = failed(form, lambda: _correct(need, line, form), about=_ABOUT)
    if status:
        need, line = found(queries.need_page(need_id)), _line(need_id, line_id)
        form.version.data = need.version
        return _page(need, line, form), status
    flash(_("The wording is corrected, and everyone who was told the former one is told."), "success")
    return redirect(url_for("workbench.show_need", need_id=need_id, _anchor="timeline"))


def _line(need_id: int, line_id: int) -> NeedUpdate:
    line = found(queries.line_with_need(line_id))
    return found(line if line.need_id == need_id else None)


def _form(need: Need, line: NeedUpdate) -> CorrectionForm:
    words = {name: getattr(line, name) for name in ("body", "mail_body", "would_change")}
    form = CorrectionForm(data={"version": need.version, **words})
    if line.kind is not UpdateKind.DECLINED:
        del form.would_change
    return form


def _correct(need: Need, line: NeedUpdate, form: CorrectionForm) -> None:
    corrections.correct(
        the_actor(),
        need=need,
        line=line,
        wording=Wording(**form.wording()),
        note=form.note.data,
        version=form.version.data,
    )


def _page(need: Need, line: NeedUpdate, form: CorrectionForm) -> str:
    others = [other for other, _line in corrections.said_alike(line)]
    return render_template("workbench/correct_line.html", need=need, line=line, form=form, others=others)
