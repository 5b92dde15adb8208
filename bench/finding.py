"""How list, search and map grow with how many needs there are: `python -m bench.finding [SIZE ...]`."""

import time
from itertools import count
from random import Random

from flask import Flask
from flask.testing import FlaskClient

from bench import lists, maps, searching
from bench.beside_bare import Requests, Targets, always, compare
from bench.load import get
from bench.many_needs import make_needs
from bench.many_places import scatter
from bench.words import Words
from participation.app import create_app
from tests.journeys.service import Service

SIZES = [1_000, 100_000, 1_000_000]
TITLES = 100


def main() -> None:
    # Every search comes from an address of its own: one alone may not ask so often.
    compare(__doc__, _prepare, sizes=SIZES, BEHIND_PROXIES="1")


def _prepare(service: Service, size: int) -> Targets:
    with service.app.app_context():
        began = time.monotonic()
        make_needs(size)
        scatter(size)
        print(f"{size:,} needs made and placed in {time.monotonic() - began:.0f} seconds; measuring.", flush=True)
        found = {f"list: {name}": always(path) for name, path in lists.paths().items()}
    # Anew, as the service runs it: the tests' app watches every statement.
    _print_waits(create_app(service.app.config["SETTINGS"]))
    found |= {f"search: {name}": _from_everywhere(path) for name, path in searching.paths().items()}
    found |= {f"map: {name}": requests for name, requests in maps.requests().items()}
    return {name: (requests, 200) for name, requests in found.items()}


def _print_waits(app: Flask) -> None:
    """While somebody writes a title, a limit in milliseconds is promised."""
    client, words = app.test_client(use_cookies=False), Words(Random(1))  # noqa: S311 no secrets
    waits = sorted(_wait(client, f"10.0.0.{number}", words.title("skole")) for number in range(TITLES))
    middle, slow = waits[TITLES // 2] * 1000, waits[TITLES * 95 // 100] * 1000
    print(f"Needs like a title: {middle:.0f} ms; 95 of 100 take at most {slow:.0f} ms.", flush=True)


def _wait(client: FlaskClient, address: str, title: str) -> float:
    began = time.perf_counter()
    answer = client.get("/behov/lignende", query_string={"tittel": title}, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == 200, answer.status
    return time.perf_counter() - began


def _from_everywhere(path: str) -> Requests:
    for number in count():
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        yield get(path).replace(b"\r\n\r\n", f"\r\nX-Forwarded-For: {address}\r\n\r\n".encode())


if __name__ == "__main__":
    main()
