"""Text as people write it, made safe to keep and to show."""

import html
import re
import unicodedata
from functools import lru_cache

import nh3
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

# Control characters but tab and line feed, and the marks that turn the direction of what stands around them.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
# What comes along when text is copied, and changes nothing of what is read: soft hyphens, spaces and joiners of no
# width, marks of no sound.
_STRAY = re.compile(r"[\u00ad\u034f\u180e\u200b\u2060-\u2064\u206a-\u206f\ufff9-\ufffc]")
# Letters that show nothing: a space does as well.
_BLANK_LETTERS = "\u2800\u3164\uffa0"
_BLANKS = str.maketrans(_BLANK_LETTERS, " " * len(_BLANK_LETTERS))
# Words and emoji need joiners, marks of direction and selectors of a form, one at a time and after something; a flag
# may be spelt in letters that can't be seen, and those stand nowhere else.
_NEEDLESS = re.compile(
    r"(?:^|(?<=[\s\u061c\u200c-\u200f]))[\u061c\u200c-\u200f]+"
    r"|(?:^|(?<=[\s\ufe00-\ufe0f]))[\ufe00-\ufe0f]+"
    r"|(?P<flag>\U0001f3f4[\U000e0020-\U000e007e]{1,6}\U000e007f)"
    r"|[\U000e0000-\U000e007f]"
)
# With those two, which old Korean is written with.
_NEVER_SEEN = frozenset(_BLANK_LETTERS + "\u115f\u1160\U0001d159")
# Letters, numbers, punctuation and symbols, by Unicode's categories.
_SEEN = frozenset("LNPS")
# How nh3 writes a link and an item of a list.
_LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_ITEM = re.compile(r"<li>\s*(<p>)?")
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "h3", "h4", "code"}
# What no dots follow: where a text is cut, no mark is left hanging.
_BEFORE_DOTS = ' .,;:!?…–—-(«“"'
_markdown = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True}).enable("linkify")
_markdown.disable(["image", "html_block", "html_inline", "heading", "lheading", "code", "fence"])
_links = LinkifyIt()


def tidy(text: str) -> str:
    """One kind of line break, composed letters, no space around; nothing where nothing can be seen."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return composed.strip() if can_be_seen(composed) else ""


def can_be_seen(text: str) -> bool:
    return any(unicodedata.category(sign)[0] in _SEEN and sign not in _NEVER_SEEN for sign in text)


def without_invisible(text: str) -> str:
    return _INVISIBLE.sub("", text)


def without_stray(text: str) -> str:
    """Without what can't be seen and is not missed either: it is taken out with no word about it."""
    return _NEEDLESS.sub(lambda met: met["flag"] or "", _STRAY.sub("", text).translate(_BLANKS))


def cleaned(text: str) -> str:
    """What someone wrote, as it is kept."""
    return tidy(without_stray(without_invisible(text)))


def markdown(text: str) -> Markup:
    """What staff write, as HTML that can do no harm."""
    cleaned = nh3.clean(
        _markdown.render(text),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
    )
    return Markup(cleaned)  # noqa: S704  nh3 has just cleaned it


def plain(text: str) -> str:
    """What staff write, as a mail of text alone shows it: paragraphs, dashes for lists, addresses after their links."""
    marked = _ITEM.sub("- ", _LINK.sub(_with_address, str(markdown(text)))).replace("</p>", "\n")
    bare = html.unescape(nh3.clean(marked, tags=set()))
    return re.sub(r"\n{3,}", "\n\n", bare).strip()


def _with_address(link: re.Match[str]) -> str:
    address, words = link[1], link[2]
    return words if _bare(words) == _bare(address) else f"{words} ({address})"


def _bare(address: str) -> str:
    return re.sub(r"^(https?://|mailto:)", "", address).rstrip("/")


def excerpt(text: str, characters: int) -> str:
    """The beginning of a text on one line, cut after a whole word where it is longer than that."""
    line = " ".join(text.split())
    if len(line) <= characters:
        return line
    cut = line[:characters]
    return (cut.rpartition(" ")[0] or cut[:-1]).rstrip(_BEFORE_DOTS) + "…"


@lru_cache(maxsize=1024)
def gist(text: str, characters: int) -> str:
    """The beginning of what staff wrote, without its marks. Lists show the same few texts again and again."""
    return excerpt(markdown(text).striptags(), characters)


def linkify(text: str) -> Markup:
    """What residents write: paragraphs, line breaks and links, and nothing else."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return Markup("").join(Markup("<p>{}</p>").format(_lines(paragraph)) for paragraph in paragraphs)


def _lines(paragraph: str) -> Markup:
    return Markup("<br>").join(_with_links(line) for line in paragraph.split("\n"))


def _with_links(line: str) -> Markup:
    shown, end = Markup(""), 0
    for match in _links.match(line) or []:
        if match.schema in {"http:", "https:", ""}:
            shown += escape(line[end : match.index])
            shown += Markup('<a class="ds-link" href="{}" rel="nofollow ugc noopener">{}</a>').format(
                match.url, match.text
            )
            end = match.last_index
    return shown + escape(line[end:])
