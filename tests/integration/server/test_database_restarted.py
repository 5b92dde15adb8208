"""The database server goes down hard and comes back, while results are published and mails leave."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from participation.extensions import db
from tests.databases import start_postgresql
from tests.integration.server.prepared import prepare_outcomes, publish, published_count, waiting_count
from tests.integration.server.test_killed import assert_all_or_nothing, assert_told, dag
from tests.journeys.processes import Fork
from tests.journeys.service import Service, prepared_service
from tests.journeys.waiting import wait_until

ROUNDS = 60
RESTARTS_AFTER = (20, 90)
"""How many mails have left when the server goes down."""


def restart(server: Any) -> None:
    """As after a power cut: no connection is closed, what was not committed is gone."""
    control, folder = str(server.bin_path / "pg_ctl"), str(server.pgdata)
    command = [control, "-w", "-m", "immediate", "-D", folder, "-l", str(server.log), "restart"]
    # Not into a pipe: the new server keeps it open for as long as it lives.
    nowhere = subprocess.DEVNULL
    subprocess.run(  # noqa: S603
        command, check=True, timeout=60, user=server.system_user, stdout=nowhere, stderr=nowhere
    )


def test_a_database_that_goes_down_hard_forgets_nobody(tmp_path: Path) -> None:
    server = start_postgresql()
    with (
        prepared_service("postgresql", tmp_path, server=server, MAIL_LEASE_SECONDS="1") as service,
        service.app.app_context(),
    ):
        outcomes = prepare_outcomes(ROUNDS)
        waiting = list(outcomes.recipients)
        with service.worker() as worker:
            for mails in RESTARTS_AFTER:
                for _outcome in range(ROUNDS // 3):
                    publish(waiting.pop(), dag())
                _wait_for_mails(service, mails, worker)
                _publish_through(server, waiting)
            while waiting:
                publish(waiting.pop(), dag())
            _look_again_till_all_are_told(service, worker)
            assert not worker.has_ended, worker.log_tail()
        assert published_count() == ROUNDS
        assert_all_or_nothing()
        assert_told(outcomes, service.sink, twice_at_most=len(RESTARTS_AFTER))


def _publish_through(server: Any, waiting: list[int]) -> None:
    """The server goes down under one that is being published: it is not published then, and is next time."""
    publisher = dag()
    restart(server)
    with pytest.raises(OperationalError):
        publish(waiting[-1], publisher)
    db.session.rollback()


def _wait_for_mails(service: Service, count: int, worker: Fork) -> None:
    wait_until(lambda: service.sink.count >= count, within_seconds=60, what=lambda: f"mails\n{worker.log_tail()}")


def _look_again_till_all_are_told(service: Service, worker: Fork) -> None:
    def told() -> bool:
        if waiting_count():
            service.flask("mail", "send")
        return waiting_count() == 0

    wait_until(told, within_seconds=100, what=lambda: f"{waiting_count()} to be told\n{worker.log_tail()}")
