import time

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select, text

from participation.extensions import db
from participation.search import commonness, queries, understanding
from participation.search.commonness import Remembered, documents_with, is_everywhere
from participation.search.models import SearchDocument, SearchMisspelling, SearchWord
from participation.search.queries import CANDIDATES, alike, find
from participation.search.service import Findable, forget, index
from participation.search.terms import Has, known_to_be_in

NEEDS = (
    Findable(1, "Bussen går for sjelden om kvelden", ("Etter klokka åtte går den én gang i timen.",)),
    Findable(2, "Gang- og sykkelveien til Lierskogen slutter brått", ("Ungene må ut i veien.",)),
    Findable(3, "Veier for sykkel mellom skolene", ("Vi vil sykle trygt.",)),
    Findable(4, "Skulevegen i Sylling er farleg", ("Borna går i grøfta.",)),
    Findable(5, "Rabatt på 50 % for_alle", ("Også på sykkelstativ og bussbilletter.",)),
    Findable(6, "Flere benker ved fjorden", ("Det er langt å gå fra bussen.",)),
)


@pytest.fixture(autouse=True)
def _texts(ctx: Flask) -> None:
    index("need", *NEEDS)
    index("project", Findable(1, "Bussen går oftere"))
    db.session.commit()


def found(query: str, kind: str = "need") -> list[int]:
    return find(kind, query).ids


@pytest.mark.parametrize("query", ["kvelden bussen", "BUSSER  om kvelden", "sjelden buss", "bussane om kveldane"])
def test_words_are_found_in_any_order_case_form_and_written_form(query: str) -> None:
    assert found(query)[0] == 1


@pytest.mark.parametrize("query", ["sykkelvei", "sykkelveg", "sykkel vei", "vei for sykkel"])
def test_a_compound_and_its_parts_find_each_other(query: str) -> None:
    assert set(found(query)[:2]) == {2, 3}


def test_what_has_the_word_in_its_title_comes_before_what_mentions_it() -> None:
    assert found("bussen").index(1) < found("bussen").index(6)


@pytest.mark.parametrize(("query", "number"), [("skoleveien", 4), ("farlig skolevei", 4), ("grøft", 4), ("groft", 4)])
def test_bokmal_finds_nynorsk_and_plain_letters_find_norwegian_ones(query: str, number: int) -> None:
    assert found(query)[0] == number


@pytest.mark.parametrize("query", ["sykkelvie", "sykelvei", "sykkkelvei", "sykkalvei"])
def test_one_mistake_in_a_long_word_is_forgiven_and_told_of(query: str) -> None:
    answer = find("need", query)
    assert answer.ids[0] == 2
    assert answer.corrected == {query: "sykkelvei"}


@pytest.mark.parametrize("query", ["sykkalvie", "busz"])
def test_two_mistakes_or_one_in_a_short_word_are_not(query: str) -> None:
    assert found(query) == []


def test_a_word_of_the_dictionary_is_no_mistake() -> None:
    answer = find("need", "gåter")  # one letter from "går" and from "gator"; nobody has written it
    assert (answer.ids, answer.corrected) == ([], {})
    index("need", Findable(7, "Måler av strøm i kjelleren"))
    assert find("need", "måker").corrected == {}
    assert find("need", "måler").ids == [7]


def test_what_has_the_whole_word_comes_before_what_has_its_parts_apart() -> None:
    index(
        "need",
        Findable(7, "Sykkelveien trenger lys"),
        Findable(8, "Sykkel er fint", ("Det er mørkt og vått på hele den lange veien.",)),
    )
    assert found("sykkelvei")[0] == 7
    assert 8 not in found("sykkelvei")


def test_a_part_of_a_compound_alone_is_an_answer_only_where_there_is_nothing_better() -> None:
    index("need", Findable(7, "Hunden trenger en eng"), Findable(8, "Parken er fin"))
    assert set(found("hundepark")) == {7, 8}
    assert find("need", "hundepark").in_parts
    index("need", Findable(9, "Hundeparken er borte"))
    assert found("hundepark")[0] == 9
    assert not find("need", "hundepark").in_parts


def test_a_word_that_somebody_has_written_is_not_taken_for_the_beginning_of_another() -> None:
    index("need", Findable(7, "Flere hundre biler i gata"))
    assert found("hundr") == [7]
    assert found("hund") == [7]  # as long as nobody has written of dogs
    index("need", Findable(8, "Ingen steder for en hund"))
    assert found("hund") == [8]


def test_a_telling_part_that_a_text_was_found_by_is_marked() -> None:
    index("need", Findable(7, "Legen er langt unna"), Findable(8, "Fastlegen slutter"))
    answer = find("need", "fastlege")
    assert answer.ids == [8, 7]
    assert answer.query.marked_in("Legen er langt unna")


def test_what_lacks_a_word_only_fills_up_a_short_list() -> None:
    some = [Findable(100 + number, f"Barnehagen i Tranby, sak {number}") for number in range(8)]
    others = [Findable(200 + number, f"Barnehagen i Sylling, sak {number}") for number in range(8)]
    index("need", *some, *others)
    assert {*found("barnehage tranby")} == {each.object_id for each in some}


def test_the_names_of_what_it_belongs_to_find_a_text_below_what_says_it() -> None:
    index(
        "need",
        Findable(7, "Støv og støy", context=("Ny E134 Dagslett–E18", "Tranbygda")),
        Findable(8, "E134 støver", ("Hver dag.",)),
        Findable(9, "Støv", ("Det kommer fra E134.",)),
    )
    assert found("E134") == [8, 9, 7]
    assert found("tranbygda") == [7]
    assert found('"støy ny"') == []


@pytest.mark.parametrize("query", ["ben", "benk", "benke"])
def test_a_word_is_found_before_it_is_written_to_its_end(query: str) -> None:
    assert found(query)[0] == 6


def test_what_is_in_quotes_stands_just_so() -> None:
    assert found('"går for sjelden"') == [1]
    assert found('"for går sjelden"') == []
    assert found('"for sjelden" buss') == [1]
    assert found('"sjelde"') == []


def test_all_the_words_come_before_some_of_them() -> None:
    assert found("bussen ved fjorden")[0] == 6
    assert 1 in found("bussen ved fjorden")


@pytest.mark.parametrize(
    "query",
    ["", "  ", "og i på", "'", '"', '""', "; DROP TABLE need; --", "*", "🚌", "\u202e", "%", "_", "&!|():*"],
)  # fmt: skip
def test_strange_queries_find_nothing_and_break_nothing(query: str) -> None:
    assert found(query) == []


@pytest.mark.parametrize(
    "query", ["bussen' OR 1=1 --", "bussen*", "bussen OR", "NOT bussen", 'bussen"', "terms:bussen", "bussen\x00"]
)
def test_the_databases_own_signs_are_no_signs_here(query: str) -> None:
    assert found(query)[0] == 1


def test_kinds_are_kept_apart() -> None:
    assert found("oftere", "project") == [1]
    assert found("oftere") == []


def test_what_is_indexed_again_is_found_by_its_new_words_only() -> None:
    index("need", Findable(1, "Ferja", ("går aldri",)))
    db.session.commit()
    assert found("ferja")[0] == 1
    assert 1 not in found("kvelden")


def test_what_is_forgotten_is_not_found_and_leaves_nothing_behind() -> None:
    forget("need", *(need.object_id for need in NEEDS), 999)
    forget("project", 1)
    db.session.commit()
    assert found("bussen") == []
    assert db.session.scalar(select(func.count()).select_from(SearchDocument)) == 0
    assert db.session.scalar(text("SELECT count(*) FROM search_terms")) == 0


def test_what_is_not_saved_is_not_found() -> None:
    index("need", Findable(7, "Ferja går aldri"))
    db.session.rollback()
    assert found("ferja") == []
    assert db.session.get(SearchWord, "ferja") is None


def test_only_what_is_meant_is_found() -> None:
    assert find("need", "bussen", among=SearchDocument.object_id > 1).ids == [6, 5]


def test_of_more_than_can_be_weighed_the_newest_are_and_it_is_said() -> None:
    index("need", *(Findable(100 + number, "Bussen er full om dagen") for number in range(CANDIDATES + 50)))
    db.session.commit()
    answer = find("need", "bussen")
    assert not answer.all_there_is
    assert len(answer.ids) == CANDIDATES
    assert max(answer.ids) == 100 + CANDIDATES + 49
    assert find("need", "fjorden").all_there_is
    # Where words stand side by side is seen of those alone that are weighed.
    assert not find("need", '"full om"').all_there_is
    assert not find("need", '"dagen bussen"').all_there_is


def test_the_words_of_a_text_are_learnt_once_and_long_ones_with_their_mistakes() -> None:
    index("need", Findable(8, "Bussen går for sjelden"))
    db.session.commit()
    assert db.session.scalar(select(func.count()).where(SearchWord.key == "bussen")) == 1
    assert set(db.session.scalars(select(SearchMisspelling.letters).where(SearchMisspelling.key == "benker"))) == {
        "benker", "enker", "bnker", "beker", "bener", "benkr", "benke",
    }  # fmt: skip


def test_a_word_that_was_taken_out_again_is_not_suggested() -> None:
    index("need", Findable(9, "Hildegunnsen bråker om natta"))
    db.session.commit()
    assert find("need", "hildegunnsan").corrected == {"hildegunnsan": "hildegunnsen"}
    index("need", Findable(9, "Det bråker om natta"))
    db.session.commit()
    assert find("need", "hildegunnsan").corrected == {}


def _forget_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was common in another test, when PostgreSQL last looked."""
    monkeypatch.setattr(commonness, "known_to_be_in", lambda _documents: {})
    monkeypatch.setitem(current_app.extensions, "common_words", Remembered())


def test_what_is_common_is_counted_once_in_a_while_and_what_is_rare_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commonness, "COMMON", 2)
    _forget_figures(monkeypatch)
    bus, bench = Has("buss"), Has("benk")
    assert documents_with("need", [bus, bench, bus]) == [2, 1, 2]
    forget("need", *(need.object_id for need in NEEDS))
    db.session.commit()
    assert documents_with("need", [bus, bench]) == [2, 0]
    later = time.monotonic() + commonness.REMEMBERED_SECONDS + 1
    monkeypatch.setattr("time.monotonic", lambda: later)
    assert documents_with("need", [bus]) == [0]


def test_what_the_databases_own_figures_say_is_common_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    has_figures = db.engine.dialect.name == "postgresql"
    if has_figures:
        db.session.execute(text("ANALYZE search_terms"))
    assert ("need_buss" in known_to_be_in(2)) == has_figures
    assert "need_benk" not in known_to_be_in(2)
    monkeypatch.setattr(commonness, "COMMON", 2)
    monkeypatch.setitem(current_app.extensions, "common_words", Remembered())
    forget("need", *(need.object_id for need in NEEDS))
    assert documents_with("need", [Has("buss"), Has("benk")]) == [2 if has_figures else 0, 0]
    db.session.rollback()


@pytest.mark.parametrize("looked_through", [1, 5, 1000])
def test_of_a_word_that_is_everywhere_the_newest_are_weighed_and_all_among_older_ones(
    monkeypatch: pytest.MonkeyPatch, looked_through: int
) -> None:
    index("need", *(Findable(number, f"Bussen står, sak {number}") for number in range(10, 40)))
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("ANALYZE search_terms"))
    monkeypatch.setattr(commonness, "COMMON", 2)
    monkeypatch.setitem(current_app.extensions, "common_words", Remembered())
    monkeypatch.setattr(queries, "CANDIDATES", 4)
    monkeypatch.setattr(queries, "LOOKED_THROUGH", looked_through)
    assert is_everywhere("need", Has("buss")) == (db.engine.dialect.name == "postgresql")
    assert sorted(found("buss")) == [36, 37, 38, 39]
    older = find("need", "buss", among=SearchDocument.object_id < 13).ids
    assert sorted(older) == [6, 10, 11, 12]
    db.session.rollback()


def test_where_many_have_a_word_it_is_not_enough_by_itself_beside_others(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (queries, understanding, commonness):
        monkeypatch.setattr(module, "COMMON", 2)
    _forget_figures(monkeypatch)
    assert found("bussen ved fjorden") == [6]
    assert set(found("bussen")) == {1, 5, 6}
    assert alike("need", "Bussen", limit=5) == []
