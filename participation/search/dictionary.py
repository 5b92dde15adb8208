"""The Norwegian words there are, in both written forms: 700 000 word forms (scripts/build_words.py makes the file)."""

from functools import cache
from pathlib import Path

from marisa_trie import BytesTrie

PLAIN = "~"
"""Before a form that is written without æ, ø and å."""
_FILE = Path(__file__).with_name("words.trie")


@cache
def _words() -> BytesTrie:
    if not _FILE.is_file():
        raise RuntimeError("the dictionary of the search is missing: run 'make build'")
    return BytesTrie().mmap(str(_FILE))


def is_word(form: str) -> bool:
    return form in _words()


def word_of(form: str) -> str | None:
    """The word that the form is a form of: “vei” of “veiene”."""
    found = _words().get(form)
    return found[0].decode() if found else None


def written_in_full(letters: str) -> str | None:
    """The form that somebody writes so who has no æ, ø and å: “skøytebane” for “skoytebane”."""
    found = _words().get(PLAIN + letters)
    return found[0].decode() if found else None
