"""How the search grows with how many needs there are: `python -m bench.searching [SIZE ...]`."""

import time
from itertools import count
from urllib.parse import urlencode

from bench.beside_bare import Requests, Targets, compare
from bench.load import get
from bench.many_needs import make_needs
from tests.journeys.service import Service

SIZES = [1_000, 100_000, 1_000_000]
SEARCHES = {
    "a common word": "buss",
    "two words": "trygg skole",
    "a compound": "sykkelvei",
    "an everyday sentence": "det er farlig å gå til skolen om vinteren",
    "a mistake": "barnehgae",
    "an unfinished word": "barneha",
    "exact words": '"til skolen"',
}
TITLES = {"needs like a title": "Det mangler trygg gangvei til skolen om vinteren"}


def main() -> None:
    # Every request comes from an address of its own: one alone may not ask so often.
    compare(__doc__, _prepare, sizes=SIZES, BEHIND_PROXIES="1")


def _prepare(service: Service, size: int) -> Targets:
    with service.app.app_context():
        began = time.monotonic()
        make_needs(size)
        print(f"{size:,} needs made in {time.monotonic() - began:.0f} seconds; measuring.", flush=True)
    paths = {f"the list, {words}": f"/behov?{urlencode({'q': text})}" for words, text in SEARCHES.items()}
    paths["everything, two words"] = f"/sok?{urlencode({'q': SEARCHES['two words']})}"
    paths |= {words: f"/behov/lignende?{urlencode({'tittel': text})}" for words, text in TITLES.items()}
    return {words: (_from_everywhere(path), 200) for words, path in paths.items()}


def _from_everywhere(path: str) -> Requests:
    for number in count():
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        yield get(path).replace(b"\r\n\r\n", f"\r\nX-Forwarded-For: {address}\r\n\r\n".encode())


if __name__ == "__main__":
    main()
