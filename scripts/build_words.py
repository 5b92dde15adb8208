"""Write the dictionary of the search: each Norwegian word form and the word it is a form of, as one small file.

Bokmål comes first, and nynorsk adds what bokmål lacks. `python scripts/build_words.py FILE`, about four seconds.
"""

import os
import sys
from pathlib import Path

from marisa_trie import BytesTrie
from simplemma.strategies.dictionaries import DefaultDictionaryFactory

LANGUAGES = ("nn", "nb")


def word_forms() -> dict[str, str]:
    forms: dict[str, str] = {}
    for language in LANGUAGES:
        for form, word in DefaultDictionaryFactory().get_dictionary(language).items():
            if form.isalpha() and form == form.lower() and word.isalpha():
                forms[form] = word.lower()
    return forms


def main(path: Path) -> None:
    trie = BytesTrie((form, word.encode()) for form, word in word_forms().items())
    # Under another name first: nobody reads half a dictionary.
    unfinished = path.with_suffix(f".{os.getpid()}")
    trie.save(str(unfinished))
    unfinished.replace(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
