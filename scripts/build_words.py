"""Write the dictionary of the search: each Norwegian word form and the word it is a form of, as one small file.

Bokmål comes first, and nynorsk adds what bokmål lacks. `python -m scripts.build_words FILE`, about four seconds.
"""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from marisa_trie import BytesTrie
from simplemma.strategies.dictionaries import DefaultDictionaryFactory

from participation.search.dictionary import PLAIN
from participation.search.plain_letters import plain

LANGUAGES = ("nn", "nb")


def word_forms() -> dict[str, str]:
    forms: dict[str, str] = {}
    for language in LANGUAGES:
        for form, word in DefaultDictionaryFactory().get_dictionary(language).items():
            if form.isalpha() and form == form.lower() and word.isalpha():
                forms[form] = word.lower()
    return forms


def without_keys(forms: Iterable[str]) -> dict[str, str]:
    """The forms with æ, ø, å or an accent, by what stands where the keyboard has none."""
    written = {plain(form): form for form in forms}
    return {PLAIN + letters: form for letters, form in written.items() if letters != form}


def main(path: Path) -> None:
    forms = word_forms()
    trie = BytesTrie((form, word.encode()) for form, word in (forms | without_keys(forms)).items())
    # Under another name first: nobody reads half a dictionary.
    unfinished = path.with_suffix(f".{os.getpid()}")
    trie.save(str(unfinished))
    unfinished.replace(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
