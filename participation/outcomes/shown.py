"""What a reader sees of an outcome, in a language: as it stands, or as a former version had it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from participation.needs.models import Need
from participation.outcomes.corrections import indicator_of
from participation.outcomes.models import GateEvidence, Indicator, Outcome, OutcomeVersion
from participation.outcomes.rules import Gate, Value, Verdict
from participation.outcomes.service import IndicatorText
from participation.outcomes.wording import InLanguage, Said, in_language


@dataclass(frozen=True)
class ShownAnswer:
    need: Need
    verdict: Verdict
    said: Said


@dataclass(frozen=True)
class ShownEvidence:
    gate: Gate
    text: str
    recorded: GateEvidence | None
    """Who recorded it and when, of what stands now."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    words: InLanguage
    indicators: Sequence[Indicator | IndicatorText]
    answers: list[ShownAnswer]
    evidence: list[ShownEvidence]
    values: list[Value]


def as_it_stands(outcome: Outcome, *, language: str) -> Shown:
    recorded = {found.gate: found for found in outcome.gates}
    verdicts = {answer.need_id: answer.verdict for answer in outcome.needs}
    words = in_language(outcome.words, outcome.translations, language)
    return Shown(
        words=words,
        indicators=outcome.indicators,
        answers=_answers(outcome, words, verdicts),
        evidence=[ShownEvidence(gate, recorded[gate].evidence, recorded[gate]) for gate in Gate if gate in recorded],
        values=_values(outcome),
    )


def as_it_was(outcome: Outcome, version: OutcomeVersion, *, language: str) -> Shown:
    kept: Mapping[str, Any] = version.words
    words = in_language(kept, kept["translations"], language)
    verdicts = {int(number): Verdict(verdict) for number, verdict in kept["verdicts"].items()}
    return Shown(
        words=words,
        indicators=[indicator_of(indicator) for indicator in kept["indicators"]],
        answers=_answers(outcome, words, verdicts),
        evidence=[
            ShownEvidence(gate, kept["evidence"][gate.value], None) for gate in Gate if gate.value in kept["evidence"]
        ],
        values=_values(outcome),
    )


def _answers(outcome: Outcome, words: InLanguage, verdicts: Mapping[int, Verdict]) -> list[ShownAnswer]:
    return [
        ShownAnswer(answer.need, verdicts[answer.need_id], words.needs[answer.need_id])
        for answer in outcome.needs
        if answer.need_id in words.needs
    ]


def _values(outcome: Outcome) -> list[Value]:
    return [Value(kind) for kind in outcome.kinds_of_value]
