"""Text as people write it, made safe to keep and to show."""

import re
import unicodedata

import nh3
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

# Control characters but tab and line feed, and the marks that turn the direction of what stands around them.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "h3", "h4", "code"}
_markdown = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True}).enable("linkify")
_markdown.disable(["image", "html_block", "html_inline", "heading", "lheading", "code", "fence"])
_links = LinkifyIt()


def tidy(text: str) -> str:
    """One kind of line break, composed letters, no space around."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def without_invisible(text: str) -> str:
    return _INVISIBLE.sub("", text)


def markdown(text: str) -> Markup:
    """What staff write, as HTML that can do no harm."""
    html = nh3.clean(
        _markdown.render(text),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
    )
    return Markup(html)  # noqa: S704  nh3 has just cleaned it


def linkify(text: str) -> Markup:
    """What residents write: paragraphs, line breaks and links, and nothing else."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return Markup("").join(Markup("<p>{}</p>").format(_lines(paragraph)) for paragraph in paragraphs)


def _lines(paragraph: str) -> Markup:
    return Markup("<br>").join(_with_links(line) for line in paragraph.split("\n"))


def _with_links(line: str) -> Markup:
    html, end = Markup(""), 0
    for match in _links.match(line) or []:
        if match.schema in {"http:", "https:", ""}:
            html += escape(line[end : match.index])
            html += Markup('<a class="ds-link" href="{}" rel="nofollow ugc noopener">{}</a>').format(
                match.url, match.text
            )
            end = match.last_index
    return html + escape(line[end:])
