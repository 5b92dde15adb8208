"""What a result must have before anyone is asked to approve it, and what is good to have."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from participation.needs.models import Need
from participation.outcomes.models import Outcome
from participation.outcomes.readability import Reading, Weight, read
from participation.outcomes.rules import Gate, need_move
from participation.outcomes.wording import OTHER_LANGUAGES, is_stale, is_whole
from participation.projects import queries as projects
from participation.unwritten import left_in, texts_in
from participation.web.filters import label
from participation.web.text import plain


@dataclass(frozen=True)
class Check:
    """A line of the checklist; what is not `needed` is only good to have."""

    words: str
    done: bool
    needed: bool = True


@dataclass(frozen=True)
class TextRead:
    """How one of the texts reads."""

    name: str
    reading: Reading


@dataclass(frozen=True)
class Translation:
    language: str
    is_begun: bool
    is_whole: bool
    is_stale: bool


def checks(outcome: Outcome, *, unanswered: int) -> list[Check]:
    answered = sum(1 for answer in outcome.needs if answer.text.strip())
    gates = [
        Check(_("Evidence: %(gate)s", gate=label(gate)), bool(outcome.evidence.get(gate, "").strip())) for gate in Gate
    ]
    said = [outcome.words, outcome.translations]
    needs = ngettext(
        "%(answered)s of %(num)s linked need answered",
        "%(answered)s of %(num)s linked needs answered",
        answered + unanswered,
        answered=answered,
    )
    return [
        Check(_("A summary in short"), bool(outcome.summary.strip())),
        Check(_("A text on what was done"), bool(outcome.body.strip())),
        *gates,
        Check(needs, bool(answered) and not unanswered),
        Check(_("Nothing is left to be filled in or written"), not left_in(*texts_in(said))),
        Check(_("Plain language"), _is_plain(outcome), needed=False),
        Check(_("A figure before and now"), bool(outcome.indicators), needed=False),
        Check(
            _("A picture, with words for those who can't see it"),
            bool(outcome.picture_key and outcome.picture_alt),
            needed=bool(outcome.picture_key),
        ),
        Check(_("Nynorsk and English"), all(each.is_whole for each in translations(outcome)), needed=False),
    ]


def _is_plain(outcome: Outcome) -> bool:
    texts = readings(outcome)
    return bool(texts) and all(text.reading.weight is not Weight.HEAVY for text in texts)


def readings(outcome: Outcome) -> list[TextRead]:
    """How the page reads, and what each mail says of a need."""
    page = "\n".join([outcome.summary, plain(outcome.body), *(plain(text) for text in outcome.evidence.values())])
    mails = {
        _("The mail on “%(title)s”", title=answer.need.title): f"{outcome.summary}\n{plain(answer.text)}"
        for answer in outcome.needs
        if answer.text.strip()
    }
    texts = {_("The page"): page, **mails}
    return [TextRead(name, reading) for name, text in texts.items() if (reading := read(text)) is not None]


def translations(outcome: Outcome) -> list[Translation]:
    words, translated = outcome.words, outcome.translations
    found = [(language, translated.get(language, {})) for language in OTHER_LANGUAGES]
    return [
        Translation(language, bool(said), bool(said) and is_whole(words, said), is_stale(words, said))
        for language, said in found
    ]


def unanswered_needs(outcome: Outcome) -> list[Need]:
    """The needs it owes an answer: those the project is linked to now that it is about, and those it has begun on."""
    written = {answer.need_id for answer in outcome.needs if answer.text.strip()}
    owed = {
        tie.need_id: tie.need
        for tie in projects.links_of_project(outcome.project_id)
        if tie.need_id not in outcome.not_about
    }
    owed |= {answer.need_id: answer.need for answer in outcome.needs}
    return [need for need_id, need in owed.items() if need_id not in written]


def left_out(outcome: Outcome) -> list[Need]:
    """The linked needs that it is not about."""
    ties = projects.links_of_project(outcome.project_id)
    return [tie.need for tie in ties if tie.need_id in outcome.not_about]


def taken_into_use(outcome: Outcome) -> list[Need]:
    """The needs that publishing moves."""
    return [
        answer.need
        for answer in outcome.needs
        if need_move(answer.need.state, verdict=answer.verdict, evidence=outcome.evidence) is not None
    ]
