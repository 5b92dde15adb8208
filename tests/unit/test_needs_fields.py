import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from participation.needs.fields import Field, Values, fill, joined, unfilled_fields, unknown_fields
from participation.unwritten import gaps, names_in
from participation.web.text import markdown, plain

VALUES: Values = {
    Field.TITLE: "Bussen går for sjelden",
    Field.REFERENCE: "B-2026-0042",
    Field.AREA: "Tranby",
    Field.SUPPORTERS: "312",
    Field.DEADLINE: "23. november 2026",
}


def test_fields_are_filled_in_and_the_rest_stands() -> None:
    text = "Takk for {referanse} om {område}. {antall} har behovet. Et tall {1} og {Ord}."
    assert fill(text, VALUES) == "Takk for B-2026-0042 om Tranby. 312 har behovet. Et tall {1} og {Ord}."


def test_unknown_fields_are_named_each_once() -> None:
    assert unknown_fields("{navn} og {tittel}", "{navn}, {dato}") == ["navn", "dato"]


def test_the_authors_name_is_no_field() -> None:
    assert unknown_fields("{navn}") == ["navn"]
    assert "navn" not in set(Field)


def test_what_has_no_value_is_not_filled_in() -> None:
    without: Values = {field: value for field, value in VALUES.items() if field is not Field.DEADLINE}
    assert unfilled_fields(without, "{frist} {tittel} {navn}") == ["frist", "navn"]
    assert fill("Innen {frist}", without) == "Innen {frist}"


def test_a_title_makes_no_link_and_no_emphasis_in_the_municipalitys_letter() -> None:
    title = "[Klikk](https://example.org) *nå* <b>"
    html = str(markdown(fill("Om {tittel}.", {Field.TITLE: title})))
    assert "<em>" not in html
    assert ">Klikk<" not in html
    assert "*nå* &lt;b&gt;" in html


@pytest.mark.parametrize(
    "title",
    [
        "Ny buss [klikk](https://evil.example) og x@evil.no",
        "www.evil.no",
        "evil.no",
        "Se //evil.no, ftp://evil.no/a eller mailto:x@evil.no",
        "https&colon;//evil.no &#91;a](http://evil.no) &copy;",
        "http://192.168.1.1/a_b*c",
        "- punkt",
        "+ punkt",
        "---",
        "- - -",
        "===",
        "# Overskrift",
        "> sitat",
        "12) punkt",
        "En linje\n\n- punkt",
        "F.eks. 1.5 km, kl. 14:05 & mer",
    ],
)
@pytest.mark.parametrize("text", ["Om {tittel}.", "{tittel}", "Hei\n{tittel}", "- {tittel}", "> 1. {tittel}"])
def test_a_title_reads_in_the_letter_as_it_was_written_and_is_nothing_but_words(text: str, title: str) -> None:
    words = " ".join(title.split())
    plainly = str(markdown(text.replace("{tittel}", "Bussen")))
    assert str(markdown(fill(text, {Field.TITLE: title}))) == plainly.replace("Bussen", str(escape(words)))


def test_a_date_that_begins_a_line_is_no_item_of_a_list() -> None:
    filled = fill("Hei\n\n{frist} svarer vi.", VALUES)
    assert plain(filled) == "Hei\n\n23. november 2026 svarer vi."
    assert fill("Vi svarer {frist}.", VALUES) == "Vi svarer 23. november 2026."


def test_what_is_filled_in_can_be_marked() -> None:
    assert fill("Om {omrade}", VALUES, around=("<", ">")) == "Om <Tranby>"


@given(st.text(alphabet="{}abtiel \n", max_size=40))
def test_filling_twice_is_filling_once(text: str) -> None:
    once = fill(text, VALUES)
    assert fill(once, VALUES) == once or "{" in VALUES[Field.TITLE]
    assert set(unfilled_fields(VALUES, once)) <= set(names_in(once))


def test_what_is_still_to_be_written_is_found_each_once() -> None:
    text = "Grunnen er at [skriv hvorfor].\n\n- [Skriv …]\n- [skriv hvorfor]"
    assert gaps(text, "[skriv hvorfor]") == ["[skriv hvorfor]", "[Skriv …]"]


def test_links_and_what_residents_wrote_are_no_gaps() -> None:
    title = fill("Om {tittel}.", {Field.TITLE: "[skriv her]"})
    assert gaps("Du kan [skrive til oss](https://example.org).", "[skriv til oss](mailto:post)", title) == []


def test_a_template_comes_below_what_is_written() -> None:
    assert joined("Mitt.\n", " Malens. ") == "Mitt.\n\nMalens."
    assert joined("", "Malens.") == "Malens."
    assert joined("Mitt.", "") == "Mitt."
