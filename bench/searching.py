"""The searches, and the question for needs like a title."""

from urllib.parse import urlencode

SEARCHES = {
    "a common word": "buss",
    "two words": "trygg skole",
    "a compound": "sykkelvei",
    "an everyday sentence": "det er farlig å gå til skolen om vinteren",
    "a mistake": "barnehgae",
    "an unfinished word": "barneha",
    "exact words": '"til skolen"',
}
TITLE = "Det mangler trygg gangvei til skolen om vinteren"


def paths() -> dict[str, str]:
    """By what they are."""
    found = {f"the list, {words}": f"/behov?{urlencode({'q': text})}" for words, text in SEARCHES.items()}
    found["everything, two words"] = f"/sok?{urlencode({'q': SEARCHES['two words']})}"
    return found | {"needs like a title": f"/behov/lignende?{urlencode({'tittel': TITLE})}"}
