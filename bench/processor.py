"""Counts the processor's time that a page costs beside a bare Flask page's, whatever else the machine does."""

import os
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import median

from flask import Flask
from sqlalchemy import text

from bench.bare import app as bare
from bench.beside_bare import Shares
from participation.extensions import db

ROUNDS, REQUESTS = 5, 12
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def shares(app: Flask, paths: Mapping[str, str]) -> Shares:
    """By the page's name, how many of it are made in the time of one bare page, the database's time included."""
    with app.app_context():
        backend = _backend()
    client, headers = app.test_client(use_cookies=False), {"Accept-Language": "nb"}

    def ask(path: str) -> None:
        assert client.get(path, headers=headers).status_code == 200, path

    bare_client, found = bare.test_client(), {}
    for name, path in paths.items():
        ask(path)
        ratios = [
            _seconds(lambda: bare_client.get("/"), None) / _seconds(partial(ask, path), backend)
            for _round in range(ROUNDS)
        ]
        found[name] = median(ratios)
    return found


def _backend() -> int | None:
    """The process of the database that answers this one; SQLite has none."""
    if db.engine.dialect.name == "sqlite":
        return None
    return int(db.session.execute(text("SELECT pg_backend_pid()")).scalar_one())


def _seconds(ask: Callable[[], object], backend: int | None) -> float:
    began = time.process_time() + _used(backend)
    for _ in range(REQUESTS):
        ask()
    return time.process_time() + _used(backend) - began


def _used(process: int | None) -> float:
    """The seconds that another process has had the processor for."""
    if process is None:
        return 0.0
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND
