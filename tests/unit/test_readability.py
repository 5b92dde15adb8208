import pytest

from participation.outcomes.readability import Weight, lix, read, weight_of, words_of

EASY = "Nå går bussen to ganger i timen. Du kan ta den helt til klokka elleve. Det er nytt."
HEAVY = (
    "Gjennomføringen av prøveprosjektet innebærer at kollektivtilbudet i kommunedelen videreutvikles i samsvar med "
    "de overordnede målsettingene for samfunnsutviklingen, herunder tilgjengelighet for befolkningsgrupper med "
    "særskilte transportbehov."
)


def test_lix_is_words_a_sentence_and_the_share_of_words_of_more_than_six_letters() -> None:
    text = "Vi har fått ny buss. Kommunen betaler for hele busslinja nå."
    assert len(words_of(text)) == 11
    assert lix(text, sentences=2) == pytest.approx(11 / 2 + 100 * 3 / 11)


def test_a_letter_from_a_neighbour_is_easy_and_a_plan_is_heavy() -> None:
    easy, heavy = read(EASY), read(HEAVY)
    assert easy is not None
    assert heavy is not None
    assert (easy.weight, easy.longest) == (Weight.EASY, [])
    assert (heavy.weight, heavy.longest) == (Weight.HEAVY, [HEAVY])


@pytest.mark.parametrize(
    ("score", "weight"),
    [(34.9, Weight.EASY), (35, Weight.MEDIUM), (45, Weight.MEDIUM), (45.1, Weight.HEAVY)],
)
def test_the_limits_are_35_and_45(score: float, weight: Weight) -> None:
    assert weight_of(score) is weight


def test_the_three_longest_sentences_are_pointed_out_the_longest_first() -> None:
    sentences = [f"{'ord ' * count}slutt." for count in (21, 30, 5, 25, 40)]
    reading = read(" ".join(sentence.capitalize() for sentence in sentences))
    assert reading is not None
    assert [len(words_of(sentence)) for sentence in reading.longest] == [41, 31, 26]


def test_figures_and_short_forms_end_no_sentence_but_a_line_of_a_list_does() -> None:
    one = read("Det går 3.5 busser i timen bl.a. på kvelden.")
    assert one is not None
    assert one.lix == round(10 / 1 + 100 * 1 / 10)
    listed = read("- Buss hver halvtime\n- Lys på gangveien")
    assert listed is not None
    assert listed.lix == round(6 / 2 + 100 * 2 / 6)


@pytest.mark.parametrize("text", ["", "  \n", "– … !"])
def test_what_has_no_words_has_no_weight(text: str) -> None:
    assert read(text) is None
