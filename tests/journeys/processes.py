"""Starts and ends the processes of the service under test."""

import multiprocessing
import os
import secrets
import signal
import socket
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import entry_points
from pathlib import Path

STOP_SECONDS = 15
LOG_TAIL_CHARACTERS = 4000
# Below those that Linux gives out by itself, from 32 768 up.
FIRST_PORT, PORTS_EACH, PROCESSES = 10_000, 2_500, 8
# Each of these processes is born with all the imports done, that else take most of a short life.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["participation.app", "flask.cli", "gunicorn.app.wsgiapp", "gunicorn.workers.gthread"])


def free_port(*, neighbours: int = 0) -> int:
    """A loopback port that nothing listens on, with so many free after it; no test is given it again.

    Each process of the run has ports of its own, and none is one that the system gives to whoever asks for any: what is
    only about to listen has not yet taken its port, and would find another there.
    """
    while True:
        port = next(_PORTS)
        rest = [next(_PORTS) for _ in range(neighbours)]
        if all(_is_free(number) for number in (port, *rest)):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _ports_of_this_process() -> Iterator[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % PROCESSES
    first = FIRST_PORT + worker * PORTS_EACH
    begin = secrets.randbelow(PORTS_EACH)
    for number in range(PORTS_EACH):
        yield first + (begin + number) % PORTS_EACH


_PORTS = _ports_of_this_process()


class Started(ABC):
    """A process of our own that writes to a log."""

    log: Path
    pid: int

    @property
    @abstractmethod
    def exit_code(self) -> int | None:
        """None while it runs; below zero where it was killed."""

    @property
    def has_ended(self) -> bool:
        return self.exit_code is not None

    @property
    def has_failed(self) -> bool:
        """It has ended by itself, and badly."""
        return (self.exit_code or 0) > 0

    @property
    def threads(self) -> int:
        """How many it runs just now."""
        return len(list(Path(f"/proc/{self.pid}/task").iterdir()))

    def log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-LOG_TAIL_CHARACTERS:]

    @abstractmethod
    def kill(self) -> None:
        """End it as a power cut would: at once, with no chance to tidy up."""

    @abstractmethod
    def stop(self) -> None:
        """Ask it to end, and see that it does."""


class Process(Started):
    """A command, with its children."""

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path) -> None:
        self.log = log
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                command,
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.pid = self._popen.pid

    @property
    def exit_code(self) -> int | None:
        return self._popen.poll()

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        self._popen.wait()

    def stop(self) -> None:
        self._signal(signal.SIGTERM)
        try:
            self._popen.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def _signal(self, number: signal.Signals) -> None:
        # Once its end has been noted, the number may be some other process's.
        if not self.has_ended:
            os.killpg(self.pid, number)


class Fork(Started):
    """A function, with the processes that it starts."""

    def __init__(self, run: Callable[[], None], *, env: Mapping[str, str], cwd: Path, log: Path) -> None:
        self.log = log
        self._process = FORKS.Process(target=_be, args=(run, dict(env), cwd, log))
        self._process.start()
        self.pid = self._process.pid or 0

    @property
    def exit_code(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        # It may not have come so far as to lead a group of its own.
        self._process.kill()
        self._process.join()

    def stop(self) -> None:
        self._process.terminate()
        self.wait(STOP_SECONDS)

    def wait(self, seconds: float) -> None:
        """For its end, by which it is killed."""
        self._process.join(seconds)
        self.kill()


def _be(run: Callable[[], None], env: dict[str, str], cwd: Path, log: Path) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    with log.open("ab") as output:
        os.dup2(output.fileno(), sys.stdout.fileno())
        os.dup2(output.fileno(), sys.stderr.fileno())
    run()


def run_worker() -> None:
    """What the Procfile's line for the worker does."""
    run_flask("jobs", "run")


def run_program(name: str, *arguments: str) -> None:
    """An installed program, as if it had been called from a shell."""
    (program,) = entry_points(group="console_scripts", name=name)
    sys.argv = [name, *arguments]
    program.load()()


def run_flask(*arguments: str) -> None:
    run_program("flask", "--app", "wsgi", *arguments)


def run(
    command: Sequence[str], *, env: Mapping[str, str], cwd: Path, given: str = "", within_seconds: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, `given` on its standard input; returns what it printed, whatever its exit code."""
    return subprocess.run(
        command,
        env=dict(env),
        cwd=cwd,
        input=given,
        capture_output=True,
        text=True,
        timeout=within_seconds,
        check=False,
    )
