"""Where pictures lie: behind four verbs, on disk unless the settings say otherwise."""

import os
import tempfile
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import structlog

from participation.files.rules import UNFINISHED
from participation.refusals import Refusal, Refused

log = structlog.get_logger()


@dataclass(frozen=True)
class Stored:
    """A file in a store, and when it was put there."""

    name: str
    at: datetime


class Store(Hashable, Protocol):
    """Files by name, such as `f00…-1600x900/480.webp`. A store that can't be reached raises Refused(PICTURES_AWAY)."""

    def put(self, name: str, data: bytes) -> None:
        """Keep it all, or nothing of it."""

    def get(self, name: str) -> bytes | None:
        """None where there is no such file."""

    def delete(self, names: Iterable[str]) -> None:
        """What is gone already stays so."""

    def all(self) -> Iterator[Stored]:
        """Every file, those of one folder after each other; also what was left half written."""


class DiskStore:
    """A folder on this machine, or one that several share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, data: bytes) -> None:
        with _answering():
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(self._folder / name, data, beside=self._folder)

    def get(self, name: str) -> bytes | None:
        with _answering():
            try:
                return (self._folder / name).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None

    def delete(self, names: Iterable[str]) -> None:
        for name in names:
            path = self._folder / name
            with _answering():
                path.unlink(missing_ok=True)
            # The last one takes its folder with it.
            with suppress(OSError):
                if path.parent != self._folder:
                    path.parent.rmdir()

    def all(self) -> Iterator[Stored]:
        # Of what is deleted meanwhile nothing is said.
        for folder, _folders, names in os.walk(self._folder):
            for path in (Path(folder) / name for name in names):
                with suppress(FileNotFoundError):
                    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                    yield Stored(path.relative_to(self._folder).as_posix(), at)


@contextmanager
def _answering() -> Iterator[None]:
    """A full disk, or one that is gone, is nothing that who sent a picture can put right."""
    try:
        yield
    except OSError as error:
        log.warning("picture_store_away", error=type(error).__name__, reason=error.strerror)
        raise Refused(Refusal.PICTURES_AWAY) from error


def write_whole(path: Path, data: bytes, *, beside: Path) -> None:
    """Write a file so that nobody ever reads half of it; `beside` is a folder of the same disk to write it in first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=UNFINISHED, dir=beside)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
