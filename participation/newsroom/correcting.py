"""Corrections of what is published: written by one, seen beside the old by another, and approved or rejected."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import FormField

from participation.files.rules import ALT_MAX_CHARACTERS
from participation.newsroom.approvers import approvers
from participation.newsroom.blueprint import newsroom
from participation.newsroom.comparing import marked
from participation.newsroom.language_parts import data_of, figures_in, language_part
from participation.newsroom.left_behind import numbers_left
from participation.newsroom.outcome_form import WordsForm, evidence_in, indicator_parts, words_of
from participation.newsroom.outcomes import outcome_page
from participation.newsroom.step_forms import RejectForm, StepForm
from participation.outcomes import corrections, queries
from participation.outcomes.corrections import CorrectedText, indicator_of, published_words
from participation.outcomes.models import Outcome
from participation.outcomes.rules import (
    CORRECTION_NOTE_MAX_CHARACTERS,
    INDICATORS_MAX,
    NEED_TEXT_MAX_CHARACTERS,
    Gate,
    may_propose_correction,
)
from participation.outcomes.wording import (
    BOKMAL,
    OTHER_LANGUAGES,
    SaidFigure,
    figure_in_language,
    figure_key,
    figures_text,
)
from participation.permissions import Permission
from participation.refusals import ensure
from participation.web.access import requires, the_actor
from participation.web.forms import Required, TextBlock, TextLine, at_most, written_out
from participation.web.language import LANGUAGES
from participation.web.views import failed, found

Answer = str | Response | tuple[str, int]


class CorrectionForm(WordsForm):
    """What is published, to be written over; how far each need is met is no matter of wording, and stays."""

    picture_alt = TextLine(lazy_gettext("What does the picture show?"), [at_most(ALT_MAX_CHARACTERS)])
    note = TextBlock(
        lazy_gettext("What is put right?"),
        [
            Required(lazy_gettext("Say what is put right, so that those who were told can see it")),
            at_most(CORRECTION_NOTE_MAX_CHARACTERS),
            written_out,
        ],
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """A draft may have something left to be written; what is published may not."""
        texts = [name for name, field in self._fields.items() if isinstance(field, TextBlock | TextLine)]
        return bool(super().validate({name: [written_out] for name in texts} | (extra_validators or {})))

    def corrected(self) -> CorrectedText:
        needs = {number: self[f"text_{number}"].data for number in self.need_numbers}
        return CorrectedText(
            title=self.title.data,
            summary=self.summary.data,
            body=self.body.data,
            picture_alt=self.picture_alt.data,
            evidence=evidence_in(self),
            indicators=[part.form.words() for part in self.indicators if part.form.is_begun],
            needs=needs,
            translations=self._translations(),
        )

    def _translations(self) -> dict[str, dict[str, Any]]:
        """What is said of a figure follows its row, whatever it is called now; that of an emptied row goes with it."""
        rows = {number: part.form for number, part in enumerate(self.indicators) if part.form.is_begun}
        figures = {number: figure_key(row.name.data, row.unit.data) for number, row in rows.items()}
        return {language: self[f"in_{language}"].form.words(figures) for language in OTHER_LANGUAGES}

    @property
    def need_numbers(self) -> list[int]:
        return [int(name.removeprefix("text_")) for name in self._fields if name.startswith("text_")]


def _form(outcome: Outcome) -> CorrectionForm:
    titles = {answer.need_id: answer.need.title for answer in outcome.needs}
    parts: dict[str, Any] = indicator_parts()
    part = language_part(titles, figures=INDICATORS_MAX)
    parts |= {f"in_{language}": FormField(part) for language in OTHER_LANGUAGES}
    parts |= {
        f"text_{number}": TextBlock(title, [at_most(NEED_TEXT_MAX_CHARACTERS)]) for number, title in titles.items()
    }
    texts = {f"text_{answer.need_id}": answer.text for answer in outcome.needs}
    kind = type("CorrectionFormWithParts", (CorrectionForm,), parts)
    shown = request.method == "GET"
    written = {
        **words_of(outcome),
        "picture_alt": outcome.picture_alt,
        **texts,
        **data_of(outcome.translations, OTHER_LANGUAGES, figures=figures_in(outcome.words)),
    }
    # What was sent is all there is to it: a row of figures that was emptied is gone.
    form: CorrectionForm = kind(data=written if shown else None)
    return form


@newsroom.route("/redaksjonen/resultater/<id:outcome_id>/rett", methods=["GET", "POST"])
@requires(Permission.WRITE_OUTCOMES)
def propose_correction(outcome_id: int) -> Answer:
    outcome = found(queries.outcome(outcome_id))
    form = _form(outcome)
    if request.method == "GET":
        ensure(may_propose_correction(outcome.state, waits=queries.correction_of(outcome_id) is not None))
        return _form_page(outcome, form)

    def act() -> None:
        words, note, version = form.corrected(), form.note.data, form.version.data
        corrections.propose_correction(the_actor(), outcome=outcome, words=words, note=note, version=version)

    status = failed(form, act)
    if status:
        outcome = found(queries.outcome(outcome_id))
        form.version.data = outcome.version
        return _form_page(outcome, form), status
    flash(_("The correction waits for approval by another."), "success")
    _warn_of_what_is_left(outcome)
    return redirect(url_for("newsroom.show_correction", outcome_id=outcome_id))


def _warn_of_what_is_left(outcome: Outcome) -> None:
    waiting = queries.correction_of(outcome.id)
    left = numbers_left(published_words(outcome), waiting.words) if waiting else []
    if left:
        said = _(
            "%(numbers)s is changed in one text, but still stands in another: in the summary, an answer, or a "
            "translation. If it is wrong there too, take the correction back and send a new one.",
            numbers=", ".join(left),
        )
        flash(said, "warning")


def _form_page(outcome: Outcome, form: CorrectionForm) -> str:
    languages = {language: LANGUAGES[language] for language in OTHER_LANGUAGES}
    return render_template(
        "newsroom/correction_form.html",
        outcome=outcome,
        form=form,
        languages=languages,
        approvers=approvers({the_actor().id}),
    )


@newsroom.get("/redaksjonen/resultater/<id:outcome_id>/retting")
@requires(Permission.WRITE_OUTCOMES)
def show_correction(outcome_id: int) -> str:
    return _correction_page(outcome_id)


def _correction_page(outcome_id: int, sent: StepForm | None = None) -> str:
    outcome = found(queries.outcome(outcome_id))
    correction = found(queries.correction_of(outcome_id))
    if sent is not None:
        sent.version.data = outcome.version
    fresh = {"version": outcome.version}
    before = published_words(outcome)
    return render_template(
        "newsroom/correction.html",
        outcome=outcome,
        correction=correction,
        before=before,
        after=correction.words,
        marked=marked,
        figures=[_figures(words) for words in (before, correction.words)],
        figures_text=figures_text,
        gates=list(Gate),
        languages={language: LANGUAGES[language] for language in OTHER_LANGUAGES},
        is_mine=correction.written_by == the_actor().id,
        approvers=approvers({correction.written_by}),
        may_decide=the_actor().may(Permission.APPROVE_OUTCOMES),
        form=sent,
        step_form=StepForm(formdata=None, data=fresh),
        reject_form=sent if isinstance(sent, RejectForm) else RejectForm(formdata=None, data=fresh),
    )


def _figures(words: dict[str, Any]) -> list[SaidFigure]:
    return [figure_in_language(indicator_of(kept), {}, BOKMAL) for kept in words["indicators"]]


def _decide(outcome_id: int, form: StepForm, act: Callable[[Outcome], None], *, said: str) -> Answer:
    outcome = found(queries.outcome(outcome_id))
    status = failed(form, lambda: act(outcome))
    if status and queries.correction_of(outcome_id) is None:
        return _none_waits(outcome_id, form)
    if status:
        return _correction_page(outcome_id, form), status
    flash(said, "success")
    return redirect(url_for("newsroom.show_outcome", outcome_id=outcome_id))


def _none_waits(outcome_id: int, form: StepForm) -> Answer:
    for field in form:
        field.errors = []
    form.form_errors = [_("No correction waits here: someone may have decided on it. See how the result stands now.")]
    return outcome_page(outcome_id, form), 409


@newsroom.post("/redaksjonen/resultater/<id:outcome_id>/retting/godkjenn")
@requires(Permission.APPROVE_OUTCOMES)
def approve_correction(outcome_id: int) -> Answer:
    form = StepForm()

    def act(outcome: Outcome) -> None:
        corrections.approve_correction(the_actor(), outcome=outcome, version=form.version.data)

    return _decide(outcome_id, form, act, said=_("The result is corrected, and everyone who was told of it is told."))


@newsroom.post("/redaksjonen/resultater/<id:outcome_id>/retting/avvis")
@requires(Permission.APPROVE_OUTCOMES)
def reject_correction(outcome_id: int) -> Answer:
    form = RejectForm()

    def act(outcome: Outcome) -> None:
        reason, version = form.reason.data, form.version.data
        corrections.reject_correction(the_actor(), outcome=outcome, reason=reason, version=version)

    return _decide(outcome_id, form, act, said=_("The correction is rejected, and its writer is told why."))


@newsroom.post("/redaksjonen/resultater/<id:outcome_id>/retting/ta-tilbake")
@requires(Permission.WRITE_OUTCOMES)
def take_back_correction(outcome_id: int) -> Answer:
    form = StepForm()

    def act(outcome: Outcome) -> None:
        corrections.take_back_correction(the_actor(), outcome=outcome, version=form.version.data)

    return _decide(outcome_id, form, act, said=_("The correction is taken back. The result stays as it is published."))
