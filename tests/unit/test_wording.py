import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from participation.outcomes.wording import (
    Said,
    figure_in_language,
    figure_key,
    figures_text,
    in_language,
    is_stale,
    is_whole,
    kept_translation,
    said_in_mails,
)

WORDS: dict[str, Any] = {
    "title": "Bussen går hver halvtime",
    "summary": "Nå går det to busser i timen.",
    "body": "Vi har satt opp flere avganger.",
    "picture_alt": "",
    "needs": {"7": "Du kan nå ta bussen hjem.", "9": "Vi er ikke i mål."},
    "evidence": {"new": "Det har aldri gått to.", "useful": "", "in_use": "Bussen er full."},
    "indicators": [{"name": "Avganger", "unit": "i timen"}, {"name": "Avganger", "unit": "i døgnet"}],
}
AN_HOUR, A_DAY = figure_key("Avganger", "i timen"), figure_key("Avganger", "i døgnet")
NYNORSK = {
    "title": "Bussen går kvar halvtime",
    "summary": " ",
    "needs": {"7": "Du kan no ta bussen heim."},
    "evidence": {"new": "Det har aldri gått to før.", "in_use": " "},
    "indicators": {AN_HOUR: {"name": "Avgangar", "unit": "i timen"}, A_DAY: {"name": "Turar", "unit": " "}},
}


class Counted(NamedTuple):
    name: str = "Avganger"
    unit: str = "i timen"
    before: Decimal = Decimal(1)
    now: Decimal = Decimal(2)
    target: Decimal | None = None
    measured_on: date = date(2026, 11, 23)


def test_what_is_not_said_in_the_language_is_said_in_bokmal_and_marked_so() -> None:
    said = in_language(WORDS, {"nn": NYNORSK}, "nn")
    assert said.title == Said("Bussen går kvar halvtime", "nn")
    assert said.summary == Said("Nå går det to busser i timen.", "nb")
    assert said.needs == {7: Said("Du kan no ta bussen heim.", "nn"), 9: Said("Vi er ikke i mål.", "nb")}
    assert said.evidence == {
        "new": Said("Det har aldri gått to før.", "nn"),
        "useful": Said("", "nb"),
        "in_use": Said("Bussen er full.", "nb"),
    }
    assert {part.language for part in (in_language(WORDS, {"nn": NYNORSK}, "en")).needs.values()} == {"nb"}


def test_a_figure_is_named_in_the_language_and_never_by_the_words_of_another() -> None:
    translations = {"nn": kept_translation(WORDS, NYNORSK)}
    an_hour = figure_in_language(Counted(), translations, "nn")
    assert (an_hour.name, an_hour.unit) == (Said("Avgangar", "nn"), Said("i timen", "nn"))
    a_day = figure_in_language(Counted(unit="i døgnet"), translations, "nn")
    assert (a_day.name, a_day.unit) == (Said("Turar", "nn"), Said("i døgnet", "nb"))
    # Renamed since: nobody has said the new name in the language.
    renamed = figure_in_language(Counted(name="Avganger på kvelden"), translations, "nn")
    assert (renamed.name, renamed.unit) == (Said("Avganger på kvelden", "nb"), Said("i timen", "nb"))
    assert figure_in_language(Counted(), translations, "nb").name == Said("Avganger", "nb")


def test_in_bokmal_everything_is_in_bokmal_whatever_is_translated() -> None:
    said = in_language(WORDS, {"nb": NYNORSK, "nn": NYNORSK}, "nb")
    assert said.body == Said("Vi har satt opp flere avganger.", "nb")


def test_a_translation_is_old_once_the_words_have_changed() -> None:
    kept = kept_translation(WORDS, NYNORSK)
    assert not is_stale(WORDS, kept)
    changed = WORDS | {"needs": {**WORDS["needs"], "9": "Vi er i mål."}}
    assert is_stale(changed, kept)
    assert not is_stale(changed, {})
    # Looked over and saved again, it is of the new words; carried along untouched, it is still of the old.
    assert not is_stale(changed, kept_translation(changed, NYNORSK))
    assert is_stale(changed, kept_translation(changed, NYNORSK, before=kept))


def test_a_translation_is_old_once_evidence_or_a_figure_has_changed_but_not_when_figures_are_moved() -> None:
    kept = kept_translation(WORDS, NYNORSK)
    figures = WORDS["indicators"]
    assert is_stale(WORDS | {"evidence": {**WORDS["evidence"], "useful": "Åtte av ti er glade."}}, kept)
    assert is_stale(WORDS | {"indicators": figures[:1]}, kept)
    assert not is_stale(WORDS | {"indicators": figures[::-1]}, kept)
    # The figures themselves are the same in every language.
    assert not is_stale(WORDS | {"indicators": [{**figure, "now": "3"} for figure in figures]}, kept)


def as_kept_before(words: dict[str, Any]) -> dict[str, Any]:
    """A translation from when evidence and figures could be said in bokmål alone, with the mark it got then."""
    said = {part: words.get(part, "") for part in ("title", "summary", "body", "picture_alt", "needs")}
    mark = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
    return {"title": "Bussen går kvar halvtime", "needs": {}, "of": mark}


def test_a_translation_from_before_evidence_could_be_translated_is_old_only_when_what_it_says_has_changed() -> None:
    kept = as_kept_before(WORDS)
    assert not is_stale(WORDS, kept)
    assert is_stale(WORDS | {"title": "Bussen går hvert kvarter"}, kept)
    assert in_language(WORDS, {"nn": kept}, "nn").evidence["new"] == Said("Det har aldri gått to.", "nb")
    assert figure_in_language(Counted(), {"nn": kept}, "nn").name == Said("Avganger", "nb")
    assert not is_whole(WORDS, kept)
    # Sent again as it was, it is the same, to the letter; with evidence in it, it is of all the words.
    assert kept_translation(WORDS, {"evidence": {"new": ""}, **kept}, before=kept) == kept
    added = kept_translation(WORDS, {**kept, "evidence": NYNORSK["evidence"]}, before=kept)
    assert is_stale(WORDS | {"evidence": {"new": "Noe annet."}}, added)


def test_words_for_a_figure_that_is_renamed_are_still_of_the_old_words() -> None:
    kept = kept_translation(WORDS, NYNORSK)
    renamed = WORDS | {"indicators": [{"name": "Avganger på kvelden", "unit": "i timen"}]}
    words = NYNORSK | {"indicators": {figure_key("Avganger på kvelden", "i timen"): kept["indicators"][AN_HOUR]}}
    carried = kept_translation(renamed, words, before=kept)
    assert (is_stale(renamed, carried), list(carried["indicators"].values())) == (True, [kept["indicators"][AN_HOUR]])


def test_nothing_is_kept_of_a_figure_that_is_gone() -> None:
    assert A_DAY not in kept_translation(WORDS | {"indicators": WORDS["indicators"][:1]}, NYNORSK)["indicators"]


def test_nothing_written_is_no_translation() -> None:
    assert kept_translation(WORDS, {"title": " ", "needs": {"7": ""}}) == {}
    empty = {"evidence": {"new": " "}, "indicators": {AN_HOUR: {"name": "", "unit": " "}}}
    assert kept_translation(WORDS, empty) == {}


def test_a_translation_is_whole_when_all_that_is_said_is_said_in_it() -> None:
    assert not is_whole(WORDS, kept_translation(WORDS, NYNORSK))
    figures = {key: {"name": "N", "unit": "U"} for key in (AN_HOUR, A_DAY)}
    evidence = {"new": "N", "in_use": "I"}
    texts = {"title": "T", "summary": "S", "body": "B", "needs": {"7": "A", "9": "B"}}
    whole = texts | {"evidence": evidence, "indicators": figures}
    assert is_whole(WORDS, kept_translation(WORDS, whole))
    for lacks in ({"evidence": {"new": "N"}}, {"indicators": figures | {A_DAY: {"name": "N", "unit": ""}}}):
        assert not is_whole(WORDS, kept_translation(WORDS, whole | lacks))


def test_mails_carry_what_is_translated_and_no_more() -> None:
    assert said_in_mails({"nn": kept_translation(WORDS, NYNORSK)}) == {"nn": {"title": "Bussen går kvar halvtime"}}


def test_figures_are_listed_by_what_is_said_of_them() -> None:
    assert figures_text(WORDS["indicators"]) == "Avganger (i timen)\nAvganger (i døgnet)"
    assert figures_text([{"name": "Turar"}, {"unit": "i timen"}]) == "Turar\n(i timen)"
