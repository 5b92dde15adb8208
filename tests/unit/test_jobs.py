from pathlib import Path
from threading import Event, Thread

from participation.settings import Settings
from participation.worker.jobs import OneAtATime

SETTINGS = Settings(secret_key="x", database_url="sqlite://", var_folder=Path("var"))
WAIT_SECONDS = 10


def test_a_job_asked_for_while_it_runs_runs_once_more_and_never_twice_at_once() -> None:
    started, go_on, runs = Event(), Event(), []

    def job(_settings: Settings) -> None:
        runs.append("begun")
        started.set()
        assert go_on.wait(WAIT_SECONDS)
        runs.append("done")

    one = OneAtATime(job)
    thread = Thread(target=one, args=(SETTINGS,))
    thread.start()
    assert started.wait(WAIT_SECONDS)
    for _ in range(3):
        one(SETTINGS)
    assert runs == ["begun"]
    go_on.set()
    thread.join(WAIT_SECONDS)
    assert runs == ["begun", "done", "begun", "done"]


def test_a_job_that_fails_can_be_asked_for_again() -> None:
    runs = []

    def job(_settings: Settings) -> None:
        runs.append(1)
        if len(runs) == 1:
            raise ValueError

    one = OneAtATime(job)
    for _ in range(2):
        try:
            one(SETTINGS)
        except ValueError:
            continue
    assert len(runs) == 2
