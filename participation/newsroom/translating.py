"""A draft's words in the other languages, beside the bokmål."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import FormField

from participation.newsroom.blueprint import newsroom
from participation.newsroom.checklist import translations
from participation.newsroom.language_parts import data_of, figures_in, language_part
from participation.newsroom.step_forms import StepForm
from participation.outcomes import queries, service
from participation.outcomes.models import Outcome
from participation.outcomes.rules import may_edit
from participation.outcomes.wording import OTHER_LANGUAGES
from participation.permissions import Permission
from participation.refusals import ensure
from participation.web.access import requires, the_actor
from participation.web.language import LANGUAGES
from participation.web.views import failed, found


@newsroom.route("/redaksjonen/resultater/<id:outcome_id>/oversett", methods=["GET", "POST"])
@requires(Permission.WRITE_OUTCOMES)
def translate(outcome_id: int) -> str | Response | tuple[str, int]:
    outcome = found(queries.outcome(outcome_id))
    form = _form(outcome)
    if request.method == "GET":
        ensure(may_edit(outcome.state))
        return _page(outcome, form)

    def act() -> None:
        figures = figures_in(outcome.words)
        written = {language: form[f"in_{language}"].form.words(figures) for language in OTHER_LANGUAGES}
        service.translate(the_actor(), outcome=outcome, written=written, version=form.version.data)

    status = failed(form, act)
    if status:
        outcome = found(queries.outcome(outcome_id))
        form.version.data = outcome.version
        return _page(outcome, form), status
    flash(_("The translations are saved."), "success")
    return redirect(url_for("newsroom.show_outcome", outcome_id=outcome_id))


def _form(outcome: Outcome) -> StepForm:
    figures = figures_in(outcome.words)
    titles = {answer.need_id: answer.need.title for answer in outcome.needs}
    part = language_part(titles, figures=len(figures))
    kind = type("TranslationForm", (StepForm,), {f"in_{language}": FormField(part) for language in OTHER_LANGUAGES})
    said = data_of(outcome.translations, OTHER_LANGUAGES, figures=figures)
    data: dict[str, Any] = {"version": outcome.version, **said}
    form: StepForm = kind(data=data)
    return form


def _page(outcome: Outcome, form: StepForm) -> str:
    return render_template(
        "newsroom/translate.html",
        outcome=outcome,
        form=form,
        languages={language: LANGUAGES[language] for language in OTHER_LANGUAGES},
        states={each.language: each for each in translations(outcome)},
    )
