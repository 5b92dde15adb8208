"""Measures pages beside a bare Flask page on the same server: seconds belong to the machine they were taken on."""

import argparse
import logging
import shlex
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench.load import answers_a_second, get
from tests.databases import DATABASES
from tests.journeys.processes import free_port
from tests.journeys.service import Service, prepared_service, procfile_line
from tests.journeys.waiting import wait_until

ROUNDS = 3
SECONDS = 1.0
Requests = Iterator[bytes]
Shares = Mapping[str, float]
Targets = Mapping[str, tuple[Requests, int]]
"""What is asked for, and the status to answer with, by what it is called."""
Prepare = Callable[[Service, int], Targets]
"""Makes a town of so many needs."""


def compare(about: str | None, prepare: Prepare, *, sizes: Sequence[int], **settings: str) -> None:
    """Measure towns of some sizes, and print the table."""
    asked = argparse.ArgumentParser(description=about)
    asked.add_argument("sizes", nargs="*", type=int, default=sizes, help=f"how many needs (default: {sizes})")
    asked.add_argument("--database", choices=DATABASES, default=DATABASES[0])
    wanted = asked.parse_args()
    logging.disable(logging.WARNING)
    columns = {}
    for size in wanted.sizes:
        with (
            tempfile.TemporaryDirectory() as name,
            prepared_service(wanted.database, Path(name), **settings) as service,
        ):
            columns[size] = _shares(service, prepare(service, size))
    _print_table(columns, wanted.database)


def _shares(service: Service, targets: Targets) -> Shares:
    """By the page's name, its answers a second as a share of the bare page's. Each answers with the status given."""
    with service.web(), _bare_server(service) as bare_port:
        return {
            name: median(_share(service.port, requests, status, bare_port) for _round in range(ROUNDS))
            for name, (requests, status) in targets.items()
        }


def _share(port: int, requests: Requests, status: int, bare_port: int) -> float:
    """Measured one right after the other, so that both meet the machine in the same mood."""
    bare = answers_a_second(bare_port, always("/"), expect=200, seconds=SECONDS)
    return answers_a_second(port, requests, expect=status, seconds=SECONDS) / bare


def always(path: str) -> Requests:
    while True:
        yield get(path)


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
        return answers_a_second(port, always("/"), expect=200, seconds=0.1) > 0
    except OSError:
        return False


def _print_table(columns: Mapping[int, Shares], database: str) -> None:
    """A column for each number of needs, and how many times as long the last takes as the first."""
    sizes, wide = list(columns), max(len(name) for name in columns[next(iter(columns))])
    print(f"\nAnswers a second as a share of a bare Flask page's, on {database}, by the number of needs:\n")
    print(f"| {'':<{wide}} |" + "".join(f" {size:>9,} |" for size in sizes) + " growth |")
    print(f"|{'-' * (wide + 2)}|" + f"{'-' * 10}:|" * len(sizes) + f"{'-' * 7}:|")
    for name, first in columns[sizes[0]].items():
        row = "".join(f" {columns[size][name]:>9.3f} |" for size in sizes)
        print(f"| {name:<{wide}} |{row} {first / columns[sizes[-1]][name]:>6.2f} |")
