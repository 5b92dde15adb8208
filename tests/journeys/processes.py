"""Starts and ends the processes of the service under test."""

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from flask.cli import cli as flask_command

STOP_SECONDS = 15
LOG_TAIL_CHARACTERS = 4000
# Each of these processes is born with all the imports done, that else take most of a short life.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["participation.app", "flask.cli"])


def free_port() -> int:
    """A loopback port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """A process of our own, with its children, that writes to a log."""

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

    @property
    def has_ended(self) -> bool:
        return self._popen.poll() is not None

    @property
    def has_failed(self) -> bool:
        """It has ended by itself, and badly."""
        return (self._popen.poll() or 0) > 0

    def log_tail(self) -> str:
        return _tail(self.log)

    @property
    def threads(self) -> int:
        """How many it runs just now."""
        return len(list(Path(f"/proc/{self._popen.pid}/task").iterdir()))

    def kill(self) -> None:
        """End it as a power cut would: at once, with no chance to tidy up."""
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
            os.killpg(self._popen.pid, number)


class Fork:
    """A function that runs in a process of its own, and writes to a log."""

    def __init__(self, run: Callable[[], None], *, env: Mapping[str, str], cwd: Path, log: Path) -> None:
        self.log = log
        self._process = FORKS.Process(target=_be, args=(run, dict(env), cwd, log))
        self._process.start()

    @property
    def has_ended(self) -> bool:
        return self._process.exitcode is not None

    @property
    def has_failed(self) -> bool:
        """It has ended by itself, and badly."""
        return (self._process.exitcode or 0) > 0

    def log_tail(self) -> str:
        return _tail(self.log)

    def kill(self) -> None:
        """End it as a power cut would: at once, with no chance to tidy up."""
        self._process.kill()
        self._process.join()

    def stop(self) -> None:
        self._process.terminate()
        self._process.join(STOP_SECONDS)
        self.kill()


def _be(run: Callable[[], None], env: dict[str, str], cwd: Path, log: Path) -> None:
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


def run_flask(*arguments: str) -> None:
    flask_command.main(["--app", "wsgi", *arguments], prog_name="flask")


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-LOG_TAIL_CHARACTERS:]


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
