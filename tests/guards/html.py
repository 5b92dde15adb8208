"""What must hold for the HTML of any page, as a list of faults."""

from collections import Counter
from xml.etree.ElementTree import Element

import html5lib

XHTML = "{http://www.w3.org/1999/xhtml}"
# html5lib knows HTML as of 2014: what has become right since is not a fault.
SINCE_HTML5LIB: frozenset[str] = frozenset()


def faults(html: str) -> list[str]:
    """All that is wrong with a page: how it parses, its heading, title, ids, and anything inline."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=True)
    document = parser.parse(html)
    return [
        *(f"{position}: {code} {details}" for position, code, details in parser.errors),
        *_heading_faults(document),
        *_id_faults(document),
        *_inline_faults(document),
    ]


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _heading_faults(document: Element) -> list[str]:
    headings = [text_of(heading) for heading in document.iter(f"{XHTML}h1")]
    if len(headings) != 1:
        return [f"{len(headings)} h1"]
    title = "".join(text_of(found) for found in document.iter(f"{XHTML}title"))
    for prefix in ("Feil: ", "Error: "):
        title = title.removeprefix(prefix)
    return [] if title.startswith(headings[0]) else [f"title {title!r} does not start with h1 {headings[0]!r}"]


def _id_faults(document: Element) -> list[str]:
    counts = Counter(found for element in document.iter() if (found := element.get("id")))
    missing = {
        (name, reference)
        for element in document.iter()
        for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls")
        for reference in (element.get(name) or "").split()
        if reference not in counts
    }
    return [
        *(f"id {found!r} stands {count} times" for found, count in counts.items() if count > 1),
        *(f"{name} names the missing id {reference!r}" for name, reference in sorted(missing)),
    ]


def _inline_faults(document: Element) -> list[str]:
    found = []
    for element in document.iter():
        if element.tag == f"{XHTML}style":
            found.append("a style element")
        if element.tag == f"{XHTML}script" and not element.get("src"):
            found.append("an inline script")
        for name, value in element.attrib.items():
            if name == "style" or name.startswith("on"):
                found.append(f"the attribute {name}={value!r}")
            if name in {"href", "src", "action"} and value.strip().lower().startswith("javascript:"):
                found.append(f"a script in {name}")
    return found
