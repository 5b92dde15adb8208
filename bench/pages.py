"""How fast the pages are, as ratios to a bare Flask page on the same server: `python -m bench.pages [SIZE ...]`."""

import argparse
import logging
import shlex
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median

from sqlalchemy import select

from bench.load import answers_a_second, get, post
from bench.many_needs import PEOPLE, make_needs
from participation.extensions import db
from participation.needs.models import Need
from participation.needs.rules import OPEN_TO_SUPPORT
from participation.web.pagination import Cursor
from tests.databases import DATABASES
from tests.journeys.processes import free_port
from tests.journeys.service import Service, prepared_service, procfile_line
from tests.journeys.visitor import Visitor
from tests.journeys.waiting import wait_until

SIZES = [1_000, 100_000]
ROUNDS = 3
SECONDS = 2.0
MANY = 20_000
"""Among so many different needs are pages read and supports given."""
Requests = Iterator[bytes]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("sizes", nargs="*", type=int, default=SIZES, help="how many needs (default: 1000 100000)")
    asked.add_argument("--database", choices=DATABASES, default=DATABASES[0])
    wanted = asked.parse_args()
    logging.disable(logging.WARNING)
    columns = {size: _measure(size, wanted.database) for size in wanted.sizes}
    _print_table(columns, wanted.database)


def _measure(size: int, database: str) -> dict[str, float]:
    """The ratio of each page to the bare one, with so many needs."""
    with tempfile.TemporaryDirectory() as folder, prepared_service(database, Path(folder)) as service:
        targets = _prepare(service, size)
        with service.web(), _bare_server(service) as bare_port:
            return {
                name: median(_ratio(service.port, requests, status, bare_port) for _round in range(ROUNDS))
                for name, (requests, status) in targets.items()
            }


def _ratio(port: int, requests: Requests, status: int, bare_port: int) -> float:
    """Measured one right after the other, so that both meet the machine in the same mood."""
    bare = answers_a_second(bare_port, _always("/"), expect=200, seconds=SECONDS)
    return answers_a_second(port, requests, expect=status, seconds=SECONDS) / bare


def _prepare(service: Service, size: int) -> dict[str, tuple[Requests, int]]:
    with service.app.app_context():
        began = time.monotonic()
        people = make_needs(size)
        visitors = [Visitor.signed_in(service, person) for person in people]
        db.session.commit()
        deep = db.session.get_one(Need, size // 10)
        cursor = Cursor(deep.heat, deep.id)
        few = select(Need.id).where(Need.state.in_(OPEN_TO_SUPPORT)).order_by(Need.id.desc()).limit(MANY)
        open_needs = db.session.scalars(few).all()
    print(f"{size:,} needs made in {time.monotonic() - began:.0f} seconds; measuring.")
    return {
        "/": (_always("/"), 200),
        "/behov": (_always("/behov"), 200),
        "/behov, a deep page": (_always(f"/behov?etter={cursor}"), 200),
        "/behov/<id>": ((get(f"/behov/{open_needs[number * 7 % len(open_needs)]}") for number in count()), 200),
        "POST /behov/<id>/stotte": (_supports(visitors, open_needs), 302),
    }


def _always(path: str) -> Requests:
    while True:
        yield get(path)


def _supports(visitors: list[Visitor], open_needs: Sequence[int]) -> Requests:
    """Each by another person than the last and of another need, so that nearly each is a new row."""
    for number in count():
        visitor = visitors[number % PEOPLE]
        [(name, value)] = visitor.cookies.items()
        need_id = open_needs[(number // PEOPLE * 5 + number * 7) % len(open_needs)]
        yield post(f"/behov/{need_id}/stotte", cookie=f"{name}={value}", body=f"csrf_token={visitor.csrf_token}")


@contextmanager
def _bare_server(service: Service) -> Iterator[int]:
    """The bare page behind the very line of the Procfile that serves the real ones."""
    port = free_port()
    line = procfile_line("web").replace("wsgi:app", "bench.bare:app")
    process = service.start_command(["sh", "-c", f"export PORT={shlex.quote(str(port))}; {line}"], name="bare")
    try:
        wait_until(lambda: _answers(port), within_seconds=30, what=process.log_tail)
        yield port
    finally:
        process.stop()


def _answers(port: int) -> bool:
    try:
        return answers_a_second(port, _always("/"), expect=200, seconds=0.1) > 0
    except OSError:
        return False


def _print_table(columns: dict[int, dict[str, float]], database: str) -> None:
    sizes = list(columns)
    print(f"\nAnswers a second as a share of a bare Flask page's, on {database}, by the number of needs:\n")
    print(f"| {'':<24} |" + "".join(f" {size:>9,} |" for size in sizes) + " last to first |")
    print(f"|{'-' * 26}|" + f"{'-' * 10}:|" * len(sizes) + f"{'-' * 14}:|")
    for name, first in columns[sizes[0]].items():
        shares = "".join(f" {columns[size][name]:>9.3f} |" for size in sizes)
        print(f"| {name:<24} |{shares} {columns[sizes[-1]][name] / first:>13.2f} |")


if __name__ == "__main__":
    main()
