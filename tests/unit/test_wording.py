from typing import Any

from participation.outcomes.wording import (
    Said,
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
}
NYNORSK = {"title": "Bussen går kvar halvtime", "summary": " ", "needs": {"7": "Du kan no ta bussen heim."}}


def test_what_is_not_said_in_the_language_is_said_in_bokmal_and_marked_so() -> None:
    said = in_language(WORDS, {"nn": NYNORSK}, "nn")
    assert said.title == Said("Bussen går kvar halvtime", "nn")
    assert said.summary == Said("Nå går det to busser i timen.", "nb")
    assert said.needs == {7: Said("Du kan no ta bussen heim.", "nn"), 9: Said("Vi er ikke i mål.", "nb")}
    assert {part.language for part in (in_language(WORDS, {"nn": NYNORSK}, "en")).needs.values()} == {"nb"}


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


def test_nothing_written_is_no_translation() -> None:
    assert kept_translation(WORDS, {"title": " ", "needs": {"7": ""}}) == {}


def test_a_translation_is_whole_when_all_that_is_said_is_said_in_it() -> None:
    assert not is_whole(WORDS, kept_translation(WORDS, NYNORSK))
    whole = {"title": "T", "summary": "S", "body": "B", "needs": {"7": "A", "9": "B"}}
    assert is_whole(WORDS, kept_translation(WORDS, whole))


def test_mails_carry_what_is_translated_and_no_more() -> None:
    assert said_in_mails({"nn": kept_translation(WORDS, NYNORSK)}) == {"nn": {"title": "Bussen går kvar halvtime"}}
