"""The fields that stand in the text of an answer until it is sent, as {tittel}. Pure."""

import re
from collections.abc import Mapping
from enum import StrEnum

from participation.unwritten import FIELD, names_in

# What Markdown reads as a mark, and what makes an address a link by itself: a resident's title must make no links in
# the municipality's letter. Nor is a word in braces there a field of ours.
_MARKS = re.compile(r"([\\`*_\[\]{<>~@]|&(?=[#\w])|:(?=\S)|/(?=/)|(?<=\S)\.(?=\S))")
# What may stand before a text that still begins a line: the marks of quotes and lists.
_ONLY_MARKS = re.compile(r"(?:\s|[>*+-]|\d+[.)])*")
_FIRST = re.compile(r"^(\d*)([-+#=.)])")


class Field(StrEnum):
    """What can be filled in, by the word that staff write. Never the author's name: many read the same answer."""

    TITLE = "tittel"
    REFERENCE = "referanse"
    THEME = "tema"
    AREA = "omrade"
    DEADLINE = "frist"
    SUPPORTERS = "antall"


_SPELLINGS = {field.value: field for field in Field} | {"område": Field.AREA}
Values = Mapping[Field, str]


def unknown_fields(*texts: str) -> list[str]:
    return [name for name in names_in(*texts) if name not in _SPELLINGS]


def unfilled_fields(values: Values, *texts: str) -> list[str]:
    """The fields of the texts that there is nothing to fill in for, or that don't exist."""
    return [name for name in names_in(*texts) if not _value(name, values)]


def _value(name: str, values: Values) -> str:
    field = _SPELLINGS.get(name)
    return values.get(field, "") if field else ""


def fill(text: str, values: Values, *, around: tuple[str, str] = ("", "")) -> str:
    """The text with its fields filled in, for Markdown; those without a value stay. `around` marks what was filled."""

    def filled(match: re.Match[str]) -> str:
        value = _value(match[1], values)
        if not value:
            return match[0]
        begins_line = _ONLY_MARKS.fullmatch(text[: match.start()].rpartition("\n")[2]) is not None
        return around[0] + _literal(value, begins_line=begins_line) + around[1]

    return FIELD.sub(filled, text)


def _literal(value: str, *, begins_line: bool) -> str:
    escaped = _MARKS.sub(r"\\\1", " ".join(value.split()))
    # At the start of a line “23. november” would be the twenty-third item of a list, and “---” a line across the page.
    return _FIRST.sub(r"\1\\\2", escaped) if begins_line else escaped


def joined(written: str, template: str) -> str:
    """A template's text below what is already written, so that nothing written is lost."""
    return "\n\n".join(text for text in (written.strip(), template.strip()) if text)
