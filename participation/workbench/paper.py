"""The letters of a batch as a PDF: a list for the one who prints, then a letter a person, for a C5 window envelope."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, cast

from flask_babel import force_locale, get_locale, ngettext
from flask_babel import gettext as _
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

from participation.notifications.letters import Letter, News
from participation.notifications.parts import Part, Style
from participation.web.filters import long_date
from participation.web.text import plain
from participation.workbench.typeface import HAND, font_file, unprintable

# In millimetres. A C5 envelope's window shows what stands here on a sheet folded once.
ADDRESS_LEFT, ADDRESS_TOP, ADDRESS_WIDTH = 25, 50, 85
TEXT_TOP, MARGIN, FOOT, FOLD = 98, 25, 22, 148.5
LINE = 5.8
_INK, _SOFT, _GREEN = (34, 38, 31), (89, 88, 80), (31, 107, 58)
_FONT, _MORE = "inter", "inter-ext"
_WEIGHTS: dict[Literal["", "B"], int] = {"": 400, "B": 600}


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Whose letters they are, and where a reader turns."""

    municipality: str
    site_name: str
    site_url: str
    contact: str


class Paper(FPDF):
    """A sheet with our hand on it. What no letter of ours can show is left out."""

    def __init__(self, *, made_at: datetime, text: str, folder: Path) -> None:
        super().__init__()
        self.set_margins(MARGIN, 20)
        self.set_auto_page_break(True, margin=FOOT)
        self.set_creation_date(made_at)
        self.set_lang(str(get_locale()))
        self._folder = folder
        self._add_hand(text)

    def _add_hand(self, text: str) -> None:
        self._shown = self._open(_FONT, HAND[0])
        # Letters that few names have: opened only when one is there, as that takes its time.
        if {ord(letter) for letter in text if letter.isalpha()} - self._shown:
            self._shown |= self._open(_MORE, HAND[1])
            self.set_fallback_fonts([_MORE], exact_match=False)

    def _open(self, family: str, file: str) -> set[int]:
        """The letters it has."""
        for style, weight in _WEIGHTS.items():
            self.add_font(family, style, font_file(file, weight, folder=self._folder))
        return set(cast(TTFFont, self.fonts[family]).cmap)

    def showable(self, text: str) -> str:
        composed = unicodedata.normalize("NFC", text)
        return "".join(letter for letter in composed if letter == "\n" or ord(letter) in self._shown)

    def write_block(
        self,
        text: str,
        *,
        size: float = 10.5,
        bold: bool = False,
        colour: tuple[int, int, int] = _INK,
        width: float = 0,
        align: str = "L",
    ) -> None:
        self.set_font(_FONT, "B" if bold else "", size)
        self.set_text_color(*colour)
        height = LINE * size / 10.5
        self.multi_cell(width, height, self.showable(text), align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def letters_pdf(letters: list[Letter], *, number: int, made_at: datetime, sender: Sender, folder: Path) -> bytes:
    """The same letters give the same content every time. The font is kept in the folder; nothing else is."""
    paper = Paper(made_at=made_at, text="".join(_everything(letters)), folder=folder)
    paper.set_title(_("Letters, batch %(number)s", number=number))
    paper.set_author(sender.municipality)
    _list(paper, letters, number=number, made_at=made_at)
    for letter in letters:
        with force_locale(letter.language.value):
            _write(paper, letter, made_at=made_at, sender=sender)
    return bytes(paper.output())


def _everything(letters: list[Letter]) -> list[str]:
    return [
        text
        for letter in letters
        for text in (
            letter.name,
            *letter.address,
            *(words for news in (*letter.news, *letter.earlier) for words in _words(news)),
        )
    ]


def _words(news: News) -> list[str]:
    entries = (words for part in news.parts for entry in part.entries for words in (entry.words, entry.beneath))
    return [news.headline, *(part.text for part in news.parts), *entries]


def _list(paper: Paper, letters: list[Letter], *, number: int, made_at: datetime) -> None:
    paper.add_page()
    paper.write_block(_("Letters, batch %(number)s", number=number), size=18, bold=True)
    paper.ln(2)
    count = ngettext("%(num)s letter", "%(num)s letters", len(letters))
    paper.write_block(f"{count}, {long_date(made_at)}", colour=_SOFT)
    paper.write_block(
        _("Tick off each letter as it is put in its envelope. Then mark the batch as sent, and shred this page."),
        colour=_SOFT,
    )
    paper.ln(4)
    paper.set_draw_color(*_SOFT)
    for letter in letters:
        if paper.will_page_break(16):
            paper.add_page()
        paper.rect(MARGIN, paper.get_y() + 1.4, 4, 4)
        paper.set_x(MARGIN + 9)
        paper.set_font(_FONT, "", 10.5)
        paper.set_text_color(*_INK)
        paper.cell(105, 7, paper.showable(letter.name))
        news = ngettext(
            "%(num)s piece of news", "%(num)s pieces of news", len(letter.news) + len(letter.earlier) + letter.left_out
        )
        paper.cell(0, 7, news, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        if unprintable("".join((letter.name, *letter.address))):
            paper.set_x(MARGIN + 9)
            paper.write_block(_("Not all of this name or address can be printed. Write it by hand."), bold=True)
    _number_pages(paper, first=1)


def _write(paper: Paper, letter: Letter, *, made_at: datetime, sender: Sender) -> None:
    paper.add_page()
    first = paper.page
    _head(paper, letter, made_at=made_at, sender=sender)
    paper.set_y(TEXT_TOP)
    paper.write_block(_("News about what you care about"), size=15, bold=True)
    paper.ln(2)
    paper.write_block(_("Hi, %(name)s!", name=letter.name))
    paper.write_block(_("This has happened with what you care about:"))
    for news in letter.news:
        _tell(paper, news)
    _tell_earlier(paper, letter)
    _end(paper, sender)
    _number_pages(paper, first=first)


def _head(paper: Paper, letter: Letter, *, made_at: datetime, sender: Sender) -> None:
    paper.set_y(18)
    paper.write_block(sender.municipality, size=13, bold=True, colour=_GREEN)
    paper.write_block(sender.site_name, size=9.5, colour=_SOFT)
    paper.set_xy(130, 18)
    paper.write_block(long_date(made_at), size=9.5, colour=_SOFT, align="R")
    # Where the sheet is folded.
    paper.set_draw_color(*_SOFT)
    paper.line(5, FOLD, 9, FOLD)
    paper.set_xy(ADDRESS_LEFT, ADDRESS_TOP)
    paper.write_block("\n".join([letter.name, *letter.address]), width=ADDRESS_WIDTH)


def _tell(paper: Paper, news: News) -> None:
    paper.ln(5)
    if paper.will_page_break(4 * LINE):
        paper.add_page()
    paper.write_block(long_date(news.at), size=9, colour=_SOFT)
    paper.write_block(news.headline, size=11.5, bold=True)
    for part in news.parts:
        _write_part(paper, part, headline=news.headline)


def _write_part(paper: Paper, part: Part, *, headline: str) -> None:
    match part.style:
        case Style.NEED:
            paper.ln(1)
            _quote(paper, part, named=part.text in headline)
        case Style.STRONG:
            _write_heading(paper, part.text)
        case Style.LIST:
            for entry in part.entries:
                paper.write_block("– " + " ".join(filter(None, (entry.words, entry.beneath))))
        case _:
            paper.ln(1)
            paper.write_block(plain(part.text) if part.style is Style.LETTER else part.text)


def _write_heading(paper: Paper, words: str) -> None:
    """Never left at the foot of a sheet without what it is of."""
    paper.ln(1.5)
    if paper.will_page_break(2 * LINE):
        paper.add_page()
    paper.write_block(words, bold=True)


def _tell_earlier(paper: Paper, letter: Letter) -> None:
    """A line each, and how much more there is."""
    if not letter.earlier:
        return
    paper.ln(5)
    if paper.will_page_break(4 * LINE):
        paper.add_page()
    paper.write_block(_("Earlier"), size=11.5, bold=True)
    for news in letter.earlier:
        paper.ln(1)
        paper.write_block(f"{long_date(news.at)}: {news.headline}", size=9.5)
    if letter.left_out:
        paper.ln(1)
        words = ngettext("and %(num)s more piece of news", "and %(num)s more pieces of news", letter.left_out)
        paper.write_block(words, size=9.5, colour=_SOFT)


def _quote(paper: Paper, need: Part, *, named: bool) -> None:
    """The need in its own words; its reference alone where the headline has just said them."""
    words = need.reference if named else _("“%(words)s”", words=need.text) + f" ({need.reference})"
    paper.write_block(words, size=9.5, colour=_SOFT)


def _end(paper: Paper, sender: Sender) -> None:
    paper.ln(6)
    if paper.will_page_break(7 * LINE):
        paper.add_page()
    paper.write_block(_("Everything stands at %(address)s too.", address=sender.site_url))
    paper.write_block(
        _(
            "Do you wonder about something? Get in touch with %(municipality)s, or write to %(contact)s.",
            municipality=sender.municipality,
            contact=sender.contact,
        )
    )
    paper.ln(4)
    paper.write_block(_("Kind regards,"))
    paper.write_block(sender.municipality, bold=True)
    paper.ln(4)
    paper.write_block(
        _("You get a letter since we have no e-mail address that reaches you. Tell us if you want no more of them."),
        size=9,
        colour=_SOFT,
    )


def _number_pages(paper: Paper, *, first: int) -> None:
    """At the foot of each sheet since the first; then on from the last."""
    last = paper.page
    paper.set_auto_page_break(False)
    for page in range(first, last + 1):
        paper.page = page
        # The library writes a change of font alone, and knows the last sheet's: what this one ended in may be another.
        paper.set_font(_FONT, "B", 1)
        paper.set_y(-15)
        words = _("Page %(page)s of %(pages)s", page=page - first + 1, pages=last - first + 1)
        paper.write_block(words, size=8.5, colour=_SOFT, align="R")
    paper.set_auto_page_break(True, margin=FOOT)
