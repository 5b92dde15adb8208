import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.search.analysis import analyse, normalise, words
from participation.search.documents import document, has_phrase, letters_left_out
from participation.search.plain_letters import plain
from participation.search.rules import QUERY_MAX_CHARACTERS, WORDS_MAX, Group, Query, group, parse, to_stand_in_quotes
from participation.search.terms import TERM


def found_by_the_same(one: str, other: str) -> bool:
    return bool(analyse(one).whole & analyse(other).whole)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sykkelveien", "sykkelvei"),
        ("bøkene", "bok"),
        ("veier", "vei"),
        ("barnehagene", "barnehage"),
        ("bussane", "buss"),
        ("lærarar", "lærere"),
    ],
)
def test_the_forms_of_a_word_are_found_by_each_other(one: str, other: str) -> None:
    assert found_by_the_same(one, other)


@pytest.mark.parametrize(
    ("nynorsk", "bokmal"),
    [
        ("veg", "vei"),
        ("skulen", "skolen"),
        ("skulevegen", "skoleveien"),
        ("sjukeheimen", "sykehjem"),
        ("samkøyring", "samkjøring"),
        ("omkøyringa", "omkjøringen"),
        ("pendlarane", "pendlere"),
        ("moglegheitene", "muligheter"),
        ("byggje", "bygge"),
        ("sundagane", "søndager"),
        ("vassleidningen", "vannledningene"),
        ("vatningsforbod", "vanningsforbud"),
        ("leikeplassar", "lekeplassene"),
        ("symjehall", "svømmehall"),
    ],
)
def test_both_written_forms_of_norwegian_are_found_by_each_other(nynorsk: str, bokmal: str) -> None:
    assert found_by_the_same(nynorsk, bokmal)


def test_a_short_word_keeps_the_ending_that_makes_it_another_word() -> None:
    assert found_by_the_same("farlig", "farlegare")
    assert found_by_the_same("boligen", "bolig")
    assert not found_by_the_same("farlig", "far")
    assert not found_by_the_same("årlig", "år")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("demens", "dem"),
        ("bonde", "bo"),
        ("vikar", "Viker"),
        ("vikar", "vik"),
        ("tyv", "tjue"),
        ("høyre", "hører"),
        ("Haugestad", "sted"),
        ("Reistad", "rei"),
    ],
)
def test_what_looks_alike_by_accident_is_not_found_by_each_other(one: str, other: str) -> None:
    assert not analyse(one.casefold()).all & analyse(other.casefold()).all


def test_a_quality_in_nynorsk_is_one_word_and_no_game() -> None:
    assert found_by_the_same("tryggleiken", "trygghet")
    assert not analyse("trafikktryggleik").all & analyse("leker").all
    assert analyse("barneleik").parts


def test_whatever_letter_there_is_it_is_found_by_terms_that_the_index_takes() -> None:
    letters = filter(unicodedata.decomposition, map(chr, range(sys.maxunicode + 1)))
    terms = {term for letter in letters for word in words(letter) for term in analyse.__wrapped__(word).all}
    assert [term for term in terms if not TERM.fullmatch(term)] == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("skoytebane", "skøytebane"),
        ("baat", "båten"),
        ("oy", "øy"),
        ("svoemmehall", "svømmehallen"),
        ("kafe", "kafé"),
        ("brøyting", "broeyting"),
        ("Ærlig", "aerlig"),
    ],
)
def test_ae_oe_aa_and_accents_are_forgiven(typed: str, meant: str) -> None:
    assert found_by_the_same(words(typed)[0], words(meant)[0])


@pytest.mark.parametrize(
    ("compound", "parts"),
    [("sykkelvei", ["sykkel", "vei"]), ("barnehagetomt", ["barn", "hage", "tomt"]),
     ("skolegårdsasfalten", ["skole", "gård", "asfalt"]), ("busskur", ["buss", "skur"]),
     ("svommehall", ["svømme", "hall"])],
)  # fmt: skip
def test_a_compound_is_found_by_its_parts(compound: str, parts: list[str]) -> None:
    split = analyse(compound).parts
    assert len(split) == len(parts)
    assert all(terms & analyse(part).whole for terms, part in zip(split, parts, strict=True))


@pytest.mark.parametrize(
    ("noun", "verb"),
    [("brøyting", "brøytet"), ("brøytinga", "brøyte"), ("måking", "måker"), ("sprengningen", "sprenge"),
     ("dekningen", "dekke")],
)  # fmt: skip
def test_a_noun_made_of_a_verb_is_found_by_it(noun: str, verb: str) -> None:
    assert analyse(noun).kin & analyse(verb).whole


@pytest.mark.parametrize(
    ("one", "other"), [("bod", "by"), ("eldre", "gamle"), ("fastlege", "fast"), ("tranby", "by"), ("hundrede", "hund")]
)
def test_words_that_only_look_alike_are_not_found_by_each_other(one: str, other: str) -> None:
    assert not analyse(one).whole & analyse(other).all


@pytest.mark.parametrize(
    "word",
    ["trafikk", "kommune", "forening", "bibliotek", "tilbud", "område", "trygghet", "klassene",
     "bekymringen", "fortelle", "tranby"],
)  # fmt: skip
def test_a_word_that_only_looks_like_a_compound_is_left_whole(word: str) -> None:
    assert analyse(word).parts == ()


@pytest.mark.parametrize("word", ["og", "ikkje", "å", "hvordan", "det"])
def test_words_that_say_nothing_are_found_by_nothing(word: str) -> None:
    assert analyse(word).all == frozenset()


def test_a_road_is_one_word_however_it_is_written() -> None:
    assert words("E 134, e134, rv. 23 og Fv 285") == ["e134", "e134", "rv23", "og", "fv285"]
    assert words("G/s-veg") == ["gang", "sykkel", "veg"]


def test_what_stands_in_the_title_weighs_more_than_what_is_mentioned() -> None:
    weights = document("Bussen går for sjelden", "Vi trenger flere benker.").weights
    assert weights["buss"] > weights["benk"] > 0


def test_a_word_in_a_long_text_weighs_less_than_in_a_short_one() -> None:
    short, long = document("Ja", "benker"), document("Ja", "benker " + "annet ord " * 300)
    assert short.weights["benk"] > long.weights["benk"]


def test_a_phrase_is_those_words_side_by_side() -> None:
    text = document("Bussen går", "for sjelden om kvelden").text
    assert has_phrase(text, words("FOR sjelden"))
    assert not has_phrase(text, words("sjelden for"))
    assert not has_phrase(text, words("går for"))  # one ends the title, the other begins the text
    assert not has_phrase(text, words("sjelde"))


def test_words_one_mistake_apart_have_letters_in_common() -> None:
    for wrong in ("sykelvei", "sykkelvie", "sykkkelvei", "sykkalvei"):
        assert letters_left_out(wrong) & letters_left_out("sykkelvei"), wrong
    assert not letters_left_out("sykkelvei") & letters_left_out("gangvei")


def test_only_the_first_few_words_that_say_something_are_asked_for() -> None:
    assert len(parse(" ".join(f"ord{number}" for number in range(100))).groups) == WORDS_MAX
    assert [each.word for each in parse("hvor er bussen, bussen").groups] == ["bussen"]
    assert parse("og det som er").groups == ()


@pytest.mark.parametrize("text", ['"trygg skolevei" vinter', "«trygg skolevei» vinter", "“trygg skolevei” vinter"])
def test_quotes_of_any_kind_make_a_phrase(text: str) -> None:
    query = parse(text)
    assert query.phrases == (("trygg", "skolevei"),)
    assert [each.word for each in query.groups] == ["trygg", "skolevei", "vinter"]


def test_only_a_last_word_that_may_go_on_is_unfinished() -> None:
    assert parse("trygg skolev").unfinished == "skolev"
    assert parse("trygg skolevei ").unfinished == ""
    assert parse('"trygg skolevei"').unfinished == ""
    assert parse("sk").unfinished == ""


def test_a_document_that_lacks_a_word_answers_much_less() -> None:
    query = Query((group("sykkelvei"), group("tranby")))
    both, one = query.answer({"sykkelvei": 0.5, "tranby": 0.5}), query.answer({"sykkelvei": 0.9})
    assert both.score > one.score > 0
    assert both.nearness == 1 > 2 * one.nearness - 0.01
    assert query.answer({"benk": 1.0}).score == 0


def test_the_parts_of_a_compound_answer_nearly_as_well_as_the_word_only_where_they_stand_together() -> None:
    sykkelvei, parts = group("sykkelvei"), {"sykkel": 0.8, "vei": 0.8}
    whole = sykkelvei.match({"sykkelvei": 0.8}, "sykkelvei")
    together = sykkelvei.match(parts, document("Ja", "Veier for sykkel").text)
    apart = sykkelvei.match(parts, document("Ja", "Veier er glatte om vinteren, og ingen sykkel er trygg").text)
    assert whole.strength > together.strength > 2 * apart.strength > 0
    assert sykkelvei.match({"vei": 0.8}, "vei").strength == 0


def test_a_part_of_a_compound_alone_answers_a_little_where_it_is_rare() -> None:
    fastlege = group("fastlege").among(1000, with_it=0, with_parts=[200, 5])
    assert 0 < fastlege.match({"leg": 0.8}, "lege").strength < 0.8 / 2
    assert fastlege.match({"fast": 0.8}, "fast").strength == 0


def test_a_rare_word_counts_for_more_than_a_common_one() -> None:
    rare, common = Group("a", {"a": 1.0}).among(1000, with_it=3), Group("b", {"b": 1.0}).among(1000, with_it=600)
    query = Query((rare, common))
    assert query.answer({"a": 0.5}).score > query.answer({"b": 0.5}).score


def test_of_a_compound_its_parts_are_marked_only_where_all_of_them_stand() -> None:
    query = parse("trafikkfare ")
    assert query.marked_in("Trafikken er til fare for barna") >= {"trafikk", "far"}
    assert query.marked_in("Trafikken er tett") == frozenset()


def test_what_says_nothing_is_told_from_what_nobody_has_written() -> None:
    assert all(parse(text).says_nothing for text in ("", "b", '"', "og", "a b"))
    assert not parse("ku").says_nothing


@pytest.mark.parametrize(
    ("asked", "shown"), [('"går til skolen"', "går til skolen"), ('"til skolen" buss', "‘til skolen’ buss"), ("a", "a")]
)
def test_what_is_quoted_is_shown_in_one_kind_of_quotes(asked: str, shown: str) -> None:
    assert to_stand_in_quotes(asked) == shown


@given(st.text())
def test_what_is_kept_and_what_is_asked_come_out_the_same(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert words(normalise(text)) == words(text)


@given(st.text(max_size=3 * QUERY_MAX_CHARACTERS))
def test_whatever_is_asked_is_understood_as_few_words_in_plain_terms(text: str) -> None:
    query = parse(text)
    assert len(query.groups) <= WORDS_MAX
    assert all(term.replace("_", "").isalnum() for term in query.marked_in(text))


@given(st.text(alphabet="æøåäöéèabcdefgostu"))
def test_plain_letters_stay_plain(text: str) -> None:
    assert plain(plain(text)) == plain(text)
