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
