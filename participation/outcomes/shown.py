"""What a reader sees of an outcome, in a language: as it stands, or as a former version had it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from participation.needs.models import Need
from participation.outcomes.corrections import indicator_of
from participation.outcomes.models import GateEvidence, Outcome, OutcomeVersion
from participation.outcomes.rules import Gate, Value, Verdict
from participation.outcomes.wording import Figure, InLanguage, Said, SaidFigure, figure_in_language, in_language


@dataclass(frozen=True)
class ShownAnswer:
    need: Need
    verdict: Verdict
    said: Said


@dataclass(frozen=True)
class ShownEvidence:
    gate: Gate
    said: Said
    recorded: GateEvidence | None
    """Who recorded it and when, of what stands now."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    words: InLanguage
    indicators: list[SaidFigure]
    answers: list[ShownAnswer]
    evidence: list[ShownEvidence]
    values: list[Value]

    @property
    def texts(self) -> list[Said]:
        """All of the outcome's own words that are read on its page."""
        words = self.words
        figures = [text for figure in self.indicators for text in (figure.name, figure.unit)]
        answers, evidence = [answer.said for answer in self.answers], [each.said for each in self.evidence]
        return [text for text in (words.title, words.summary, words.body, *figures, *answers, *evidence) if text]


def as_it_stands(outcome: Outcome, *, language: str) -> Shown:
    verdicts = {answer.need_id: answer.verdict for answer in outcome.needs}
    words = in_language(outcome.words, outcome.translations, language)
    return Shown(
        words=words,
        indicators=figures_of(outcome, language=language),
        answers=_answers(outcome, words, verdicts),
        evidence=_evidence(words, {found.gate: found for found in outcome.gates}),
        values=_values(outcome),
    )


def figures_of(outcome: Outcome, *, language: str) -> list[SaidFigure]:
    return _figures(outcome.indicators, outcome.translations, language)


def as_it_was(outcome: Outcome, version: OutcomeVersion, *, language: str) -> Shown:
    kept: Mapping[str, Any] = version.words
    words = in_language(kept, kept["translations"], language)
    verdicts = {int(number): Verdict(verdict) for number, verdict in kept["verdicts"].items()}
    figures = [indicator_of(indicator) for indicator in kept["indicators"]]
    return Shown(
        words=words,
        indicators=_figures(figures, kept["translations"], language),
        answers=_answers(outcome, words, verdicts),
        evidence=_evidence(words, {}),
        values=_values(outcome),
    )


def _figures(figures: Iterable[Figure], translations: Mapping[str, Any], language: str) -> list[SaidFigure]:
    return [figure_in_language(figure, translations, language) for figure in figures]


def _evidence(words: InLanguage, recorded: Mapping[Gate, GateEvidence]) -> list[ShownEvidence]:
    said = words.evidence
    return [ShownEvidence(gate, said[gate.value], recorded.get(gate)) for gate in Gate if gate.value in said]


def _answers(outcome: Outcome, words: InLanguage, verdicts: Mapping[int, Verdict]) -> list[ShownAnswer]:
    return [
        ShownAnswer(answer.need, verdicts[answer.need_id], words.needs[answer.need_id])
        for answer in outcome.needs
        if answer.need_id in words.needs
    ]


def _values(outcome: Outcome) -> list[Value]:
    return [Value(kind) for kind in outcome.kinds_of_value]
