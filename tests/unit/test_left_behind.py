from typing import Any

from participation.newsroom.left_behind import numbers_left

FORMER: dict[str, Any] = {
    "title": "Fra 27 biler til 4",
    "summary": "Det er 27 biler, og de kommer før klokka 06.45.",
    "needs": {"1": "Du ser 27 biler."},
    "translations": {"nn": {"title": "Frå 27 bilar til 4", "needs": {"1": "Du ser 27 bilar."}}},
}


def test_a_number_changed_in_one_text_is_found_in_the_others() -> None:
    changed = FORMER | {"title": "Fra 38 biler til 4", "summary": "Det er 38 biler, og de kommer før klokka 07.00."}
    assert numbers_left(FORMER, changed) == ["27"]


def test_nothing_is_said_of_what_is_changed_everywhere_or_not_at_all() -> None:
    everywhere = {
        "title": "Fra 38 biler til 4",
        "summary": "Det er 38 biler, og de kommer før klokka 06.45.",
        "needs": {"1": "Du ser 38 biler."},
        "translations": {"nn": {"title": "Frå 38 bilar til 4", "needs": {"1": "Du ser 38 bilar."}}},
    }
    assert numbers_left(FORMER, everywhere) == []
    assert numbers_left(FORMER, FORMER | {"summary": "Det er 27 biler. De kommer før klokka 06.45."}) == []


def test_a_number_left_in_evidence_or_the_name_of_a_figure_is_found_in_every_language() -> None:
    figure, key = {"name": "Biler før 06.45", "unit": "i døgnet"}, "Biler før 06.45 (i døgnet)"
    words = FORMER | {
        "evidence": {"useful": "Alle 38 biler er talt."},
        "indicators": [figure],
        "translations": {
            "nn": {
                "evidence": {"useful": "Alle 38 bilane er talde."},
                "indicators": {key: {"name": "Bilar før 06.45", "unit": "i døgnet"}},
            }
        },
    }
    corrected = {"summary": "Det er 27 biler, og de kommer før klokka 07.00.", "evidence": {"useful": "40 er talt."}}
    assert set(numbers_left(words, words | corrected)) == {"38", "06.45"}


def test_a_figure_that_is_moved_or_renamed_has_left_no_number_behind() -> None:
    early, late = ({"name": f"Biler etter {hour}", "unit": "i døgnet"} for hour in ("06.45", "17"))
    words = FORMER | {"indicators": [early, late]}
    assert numbers_left(words, words | {"indicators": [late, early]}) == []
    assert numbers_left(words, words | {"indicators": [early | {"unit": "i timen"}, late]}) == []
