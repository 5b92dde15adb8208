"""Compare the texts of the code and templates with the translations: `check_translations.py messages.pot`.

Ends with 1 when a text is missing, no longer used, unsure (fuzzy) or untranslated in nb or nn, or when a
translation's placeholders are others than the text's own.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

LANGUAGES = ("nb", "nn")
TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]")


def read(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)


def forms(text: str | Sequence[str]) -> Sequence[str]:
    """A message's one text, or its singular and plural ones."""
    return (text,) if isinstance(text, str) else text


def placeholders(text: str | Sequence[str]) -> set[str]:
    return {name for form in forms(text) for name in PLACEHOLDER.findall(form)}


def faults(template: Catalog, catalog: Catalog) -> Iterator[str]:
    wanted = {(message.context, str(message.id)): message for message in template if message.id}
    present = {(message.context, str(message.id)): message for message in catalog if message.id}
    yield from (f"missing: {key[1]}" for key in sorted(wanted.keys() - present.keys(), key=str))
    yield from (f"no longer used: {key[1]}" for key in sorted(present.keys() - wanted.keys(), key=str))
    yield from (f"no longer used: {message.id}" for message in catalog.obsolete.values())
    for key in sorted(wanted.keys() & present.keys(), key=str):
        yield from faults_of(present[key], wanted_placeholders=placeholders(wanted[key].id))


def faults_of(message: Message, *, wanted_placeholders: set[str]) -> Iterator[str]:
    if message.fuzzy:
        yield f"unsure (fuzzy): {message.id}"
    elif not message.string or not all(forms(message.string)):
        yield f"untranslated: {message.id}"
    elif placeholders(message.string) != wanted_placeholders:
        yield f"other placeholders: {message.id} -> {message.string}"


def main(template_path: Path) -> int:
    template = read(template_path)
    found = 0
    for language in LANGUAGES:
        path = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
        for fault in faults(template, read(path, language)):
            print(f"{path.relative_to(TRANSLATIONS.parent)}: {fault}")
            found += 1
    if found:
        print(f"{found} faults. `make translations` gathers new texts and drops old ones. Then translate.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
