"""The pictures for sharing: their size, that they say what they should, and that no text breaks them."""

from io import BytesIO
from xml.etree.ElementTree import Element, fromstring

import pytest
from PIL import Image

from participation.needs.rules import NeedState
from participation.opendata.pictures import NeedPicture, OutcomePicture, Words, digest, draw
from participation.opendata.strokes import strokes_of
from participation.opendata.typeface import BOLD, fitted, showable, width_of

PAPER, TINT, GROUND = (250, 248, 243), (230, 239, 229), (20, 56, 33)
ODD = [
    "",
    " ",
    "🚲🚲🚲",
    "W" * 100,
    "Å" * 100,
    "مرحبا",
    "\u202egal",
    "a\nb\tc",
    "Čáhci ja đ ŋ ŧ ž",
    "i" * 100 + " 🍎",
    "\x00\ufffe",
]


def of_outcome(*, in_use: bool = True, **changes: str) -> OutcomePicture:
    words = {
        "site_name": "Lier svarer",
        "said_label": "Du sa",
        "need": "Bussen går for sjelden om kvelden",
        "people": "312 ba om dette",
        "did_label": "Vi gjorde",
        "outcome": "Bussen går hver halvtime",
    }
    return OutcomePicture(in_use=in_use, **(words | changes))


def of_need(state: NeedState = NeedState.RECEIVED, **changes: str) -> NeedPicture:
    words = {
        "site_name": "Lier svarer",
        "title": "Bussen går for sjelden om kvelden",
        "people": "312 har dette behovet",
        "state_word": "mottatt",
        "question": "Har du det også?",
    }
    return NeedPicture(state=state, **(words | changes))


def drawn(words: Words) -> Image.Image:
    image = Image.open(BytesIO(draw(words)))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    return image.convert("RGB")


def ink_in(image: Image.Image, box: tuple[int, int, int, int]) -> int:
    """How many colours are in the box, beside that of the ground."""
    return len(image.crop(box).getcolors(100_000) or []) - 1


def test_every_word_changes_the_picture_and_its_name() -> None:
    for words, changes in ((of_outcome(), vars(of_outcome())), (of_need(), vars(of_need()))):
        first = drawn(words).tobytes()
        for name in changes:
            other = {"state": NeedState.IN_USE, "in_use": False}.get(name, "Noe helt annet")
            changed = type(words)(**(changes | {name: other}))
            assert drawn(changed).tobytes() != first, name
            assert digest(changed) != digest(words), name


def test_the_apple_is_red_only_while_what_came_of_it_is_in_use() -> None:
    def reds(image: Image.Image) -> int:
        red, green, blue = (channel.tobytes() for channel in image.split())
        return sum(r > 200 and g < 130 and b < 130 for r, g, b in zip(red, green, blue, strict=True))

    assert reds(drawn(of_outcome())) > 100
    assert reds(drawn(of_outcome(in_use=False))) == 0


def test_the_same_words_are_the_same_picture() -> None:
    assert draw(of_outcome()) == draw(of_outcome())
    assert digest(of_outcome()) == digest(of_outcome())


@pytest.mark.parametrize("text", ODD, ids=repr)
def test_no_text_breaks_a_picture_or_leaves_its_place(text: str) -> None:
    outcome = drawn(of_outcome(need=text, outcome=text, site_name=text, people=text))
    need = drawn(of_need(title=text, state_word=text, question=text))
    for image, margins in (
        (outcome, [(0, 0, 60, 390), (0, 400, 60, 630), (1140, 400, 1200, 630), (72, 615, 1200, 630)]),
        (need, [(0, 0, 60, 630), (770, 0, 830, 630), (1190, 0, 1200, 630), (72, 600, 830, 630)]),
    ):
        assert [ink_in(image, margin) for margin in margins] == [0] * len(margins)


@pytest.mark.parametrize("state", NeedState)
def test_each_state_has_its_drawing(state: NeedState) -> None:
    assert ink_in(drawn(of_need(state)), (880, 150, 1160, 400)) > 3


def test_what_no_letter_shows_is_left_out() -> None:
    assert showable("  Sykkel 🚲 \u200b til\n\u202eskolen, Čáhci – «ja»! ") == "Sykkel til skolen, Čáhci – «ja»!"


def test_a_long_text_gets_smaller_letters_and_then_is_cut() -> None:
    box = {"width": 400, "height": 120, "largest": 60, "smallest": 30, "weight": BOLD}
    short, long, longest = (fitted("Lange ord " * times, **box) for times in (1, 5, 50))
    assert short.size > long.size >= longest.size == 30
    assert longest.lines[-1].endswith("…")
    for block in (short, long, longest):
        assert block.height <= 120
        assert all(width_of(line, size=block.size, weight=BOLD) <= 400 for line in block.lines)


def test_a_word_longer_than_the_line_is_broken_and_none_of_it_lost() -> None:
    word = "Menneskerettighetsorganisasjonen" * 2
    block = fitted(word, width=300, height=400, largest=40, smallest=30)
    assert "".join(block.lines) == word


def path(commands: str, **attributes: str) -> Element:
    element = fromstring(f'<g><path d="{commands}"/></g>')  # noqa: S314  our own
    element.attrib |= attributes
    return element


def test_a_drawing_is_moved_turned_and_made_larger_as_it_says() -> None:
    (line,) = strokes_of(path("M1 0 L2 0", transform="translate(10 20) rotate(90) scale(2)"))
    assert [(round(x), round(y)) for x, y in line.points] == [(10, 22), (10, 24)]


def test_a_circle_comes_back_to_where_it_began() -> None:
    (circle,) = strokes_of(path("M12 8 A4 4 0 1 1 11.99 8 Z"))
    assert min(y for _x, y in circle.points) == pytest.approx(8, abs=0.1)
    assert max(y for _x, y in circle.points) == pytest.approx(16, abs=0.1)
    assert circle.points[-1] == circle.points[0]


def test_a_path_of_two_pieces_is_two_strokes() -> None:
    assert len(list(strokes_of(path("M0 0 L1 1 M2 2 C3 3 4 4 5 5")))) == 2
