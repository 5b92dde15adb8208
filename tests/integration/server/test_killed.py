"""The worker and the publisher killed at any moment: nobody is forgotten, and nothing is half published."""

import sys
import time
from collections import Counter
from collections.abc import Callable
from random import Random

import pytest
from sqlalchemy import Select, select, update

from participation import clock
from participation.accounts.models import Person
from participation.accounts.queries import person_by_email
from participation.audit.models import AuditEntry
from participation.extensions import db
from participation.needs.models import Need, NeedUpdate
from participation.needs.rules import NeedState, UpdateKind
from participation.notifications.marks import mail_key
from participation.notifications.models import Delivery, Event, EventSubject
from participation.notifications.preferences import set_paces
from participation.notifications.rules import EventKind, Pace, Topic
from participation.outcomes.models import Outcome, OutcomeNeed
from participation.outcomes.rules import OutcomeState, Step
from participation.search.models import SearchDocument
from tests.integration.server.prepared import (
    PUBLISHER,
    RECIPIENTS_EACH,
    Prepared,
    leased_count,
    prepare_outcomes,
    publish,
    published_count,
    waiting_count,
)
from tests.integration.server.publisher import publish_all
from tests.journeys.mail_sink import KeptMail, MailSink
from tests.journeys.processes import Fork, run_worker
from tests.journeys.service import Service
from tests.journeys.waiting import wait_until

ROUNDS = 250
"""On each of the two databases: five hundred in all."""
SEED = 2026
KILLS_AT_LEAST = 6
PROGRESS_SECONDS = 100


class Killer:
    """Kills the worker or the publisher after a random piece of work, and starts it again."""

    def __init__(self, service: Service, seed: int) -> None:
        self.service = service
        self.kills: Counter[str] = Counter()
        self.worker, self.publisher = self._start_worker(), self._start_publisher()
        self._random = Random(seed)  # noqa: S311 the same choices in each run

    @property
    def is_done(self) -> bool:
        return published_count() == ROUNDS and waiting_count() == 0

    def kill_one(self) -> None:
        """The publisher oftener, since it is killed after less."""
        if self._random.random() < 0.6 and not self.publisher.has_ended:
            self._kill_publisher()
        else:
            self._kill_worker()

    def _kill_worker(self) -> None:
        goal = self.service.sink.count + self._random.randint(0, 90)
        self._wait_until(lambda: self.service.sink.count >= goal or self.is_done)
        self._kill(self.worker, "worker")
        # Else the next one finds nothing when it starts, and looks again in a minute.
        self._wait_until(lambda: leased_count() == 0)
        self.worker = self._start_worker()

    def _kill_publisher(self) -> None:
        goal = published_count() + self._random.randint(0, 12)
        self._wait_until(lambda: published_count() >= goal or self.publisher.has_ended)
        if self.publisher.has_ended:
            return
        self._kill(self.publisher, "publisher")
        assert_all_or_nothing()
        self.publisher = self._start_publisher()

    def _start_worker(self) -> Fork:
        return self.service.fork(run_worker, name="worker")

    def _start_publisher(self) -> Fork:
        return self.service.fork(publish_all, name="publisher")

    def _kill(self, process: Fork, name: str) -> None:
        # A mail, or a publication, takes about so long: the kill falls anywhere within one.
        time.sleep(self._random.uniform(0, 0.02))
        process.kill()
        self.kills[name] += 1

    def _wait_until(self, condition: Callable[[], bool]) -> None:
        wait_until(
            lambda: self.worker.has_failed or self.publisher.has_failed or condition(),
            within_seconds=PROGRESS_SECONDS,
            what=lambda: f"progress\n{self.worker.log_tail()}\n{self.publisher.log_tail()}",
        )
        assert not self.worker.has_failed, self.worker.log_tail()
        assert not self.publisher.has_failed, self.publisher.log_tail()

    def stop(self) -> None:
        self.worker.stop()
        self.publisher.stop()


def numbers(query: Select[int]) -> list[int]:
    return sorted(db.session.scalars(query))


def assert_all_or_nothing() -> None:
    """Everything that publishing does is there once for each outcome that is published, and for no other."""
    published = numbers(select(Outcome.id).where(Outcome.state == OutcomeState.PUBLISHED))
    about = {
        "line": select(Outcome.id)
        .join(NeedUpdate, NeedUpdate.outcome_id == Outcome.id)
        .where(NeedUpdate.kind == UpdateKind.OUTCOME),
        "need": select(OutcomeNeed.outcome_id).join(Need).where(Need.state == NeedState.IN_USE),
        "event": select(Event.about_id).where(Event.kind == EventKind.OUTCOME),
        "subject": select(Event.about_id).join(EventSubject, EventSubject.event_id == Event.id),
        "audit": select(AuditEntry.object_id).where(AuditEntry.action == Step.PUBLISH),
        "search": select(SearchDocument.object_id).where(SearchDocument.kind == "outcome"),
    }
    found = {what: numbers(query) for what, query in about.items()}
    deliveries = numbers(select(Event.about_id).join(Delivery, Delivery.event_id == Event.id))
    db.session.rollback()
    assert found == dict.fromkeys(about, published)
    assert deliveries == sorted(published * RECIPIENTS_EACH)


def expected_mails(outcomes: Prepared) -> dict[str, str]:
    """The address by the Message-ID of each mail that must have been sent."""
    addresses = {person.id: person.email for person in db.session.scalars(select(Person))}
    events = {event.about_id: event.id for event in db.session.scalars(select(Event))}
    return {
        f"<{mail_key([events[outcome]], person_id=person)}@127.0.0.1>": addresses[person] or ""
        for outcome, people in outcomes.recipients.items()
        for person in people
    }


def assert_told(outcomes: Prepared, sink: MailSink, *, twice_at_most: int) -> int:
    """Each recipient has each mail, some twice but no more of them than allowed; returns how many."""
    expected, copies = expected_mails(outcomes), sink.copies()
    assert copies.keys() == expected.keys()
    assert all(mail.to == expected[mail.message_id] for mail in sink.mails)
    extra = copies.total() - len(expected)
    assert extra <= twice_at_most
    return extra


def wait_until_all_are_told(process: Fork) -> None:
    wait_until(
        lambda: waiting_count() == 0,
        within_seconds=PROGRESS_SECONDS,
        what=lambda: f"{waiting_count()} to be told\n{process.log_tail()}",
    )


def dag() -> Person:
    found = person_by_email(PUBLISHER)
    assert found is not None
    return found


def test_rounds_with_kills_forget_nobody_and_tell_none_twice_but_the_one_in_flight(
    quiet_service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    with quiet_service.app.app_context():
        outcomes = prepare_outcomes(ROUNDS)
        killer = Killer(quiet_service, SEED)
        try:
            while not killer.is_done:
                killer.kill_one()
        finally:
            killer.stop()
        assert_all_or_nothing()
        extra = assert_told(outcomes, quiet_service.sink, twice_at_most=killer.kills["worker"])
        assert min(killer.kills["worker"], killer.kills["publisher"]) >= KILLS_AT_LEAST
        with capsys.disabled():
            sys.stdout.write(
                f"\n{db.engine.dialect.name}: {outcomes.told_in_all} mails, {extra} of them twice; killed: "
                f"the worker {killer.kills['worker']} times, the publisher {killer.kills['publisher']}\n"
            )


def test_only_the_mail_in_flight_goes_out_twice_and_under_the_same_message_id(quiet_service: Service) -> None:
    """Killed when the mail server has a mail, and before the worker can know that it has."""
    with quiet_service.app.app_context():
        outcomes, sink = prepare_outcomes(4), quiet_service.sink
        for outcome_id in outcomes.recipients:
            publish(outcome_id, dag())
        doomed = quiet_service.fork(run_worker, name="worker")

        def kill_at_the_fifth(_mail: KeptMail) -> None:
            if sink.count == 5:
                doomed.kill()

        sink.before_accepting = kill_at_the_fifth
        wait_until(lambda: doomed.has_ended, within_seconds=PROGRESS_SECONDS, what=doomed.log_tail)
        sink.before_accepting = None
        in_flight = sink.mails[4]
        wait_until(lambda: leased_count() == 0, within_seconds=10, what="the dead worker's lease to end")
        with quiet_service.worker() as worker:
            wait_until_all_are_told(worker)
        assert assert_told(outcomes, sink, twice_at_most=1) == 1
        twins = [mail for mail in sink.mails if mail.message_id == in_flight.message_id]
        assert [twin.words for twin in twins] == [in_flight.words] * 2


def test_a_mail_server_that_is_away_during_publishing_delays_and_neither_loses_nor_doubles(
    quiet_service: Service,
) -> None:
    with quiet_service.app.app_context():
        outcomes, sink = prepare_outcomes(30), quiet_service.sink
        sink.stop()
        with quiet_service.worker() as worker:
            for outcome_id in outcomes.recipients:
                publish(outcome_id, dag())
            wait_until(
                lambda: leased_count() == outcomes.told_in_all,
                within_seconds=PROGRESS_SECONDS,
                what=lambda: f"all to be put off\n{worker.log_tail()}",
            )
            assert waiting_count() == outcomes.told_in_all
            sink.start()
            let_a_minute_pass()
            assert quiet_service.flask("mail", "send").returncode == 0
            wait_until_all_are_told(worker)
        assert assert_told(outcomes, sink, twice_at_most=0) == 0
        refused = select(Delivery.event_id).where(Delivery.refusals > 0)
        assert numbers(refused) == []


def test_gathered_mails_are_sent_once_by_three_workers_of_which_two_are_killed(quiet_service: Service) -> None:
    with quiet_service.app.app_context():
        outcomes, sink = prepare_outcomes(12), quiet_service.sink
        everyone = set().union(*outcomes.recipients.values())
        for person_id in everyone:
            set_paces(person_id, {Topic.RESULTS: Pace.DAILY})
        for outcome_id in outcomes.recipients:
            publish(outcome_id, dag())
        let_a_minute_pass()
        workers = [quiet_service.fork(run_worker, name=f"worker-{number}") for number in range(3)]

        def kill_one_at_the_third_and_the_seventh(_mail: KeptMail) -> None:
            doomed = {3: workers[0], 7: workers[1]}.get(sink.count)
            if doomed is not None:
                doomed.kill()

        def seven_have_left() -> bool:
            # A worker that found all taken when it looked would look again in a minute.
            if leased_count() == 0:
                quiet_service.app.extensions["jobs"].send_notices()
            return sink.count >= 7

        sink.before_accepting = kill_one_at_the_third_and_the_seventh
        try:
            wait_until(seven_have_left, within_seconds=PROGRESS_SECONDS, what=workers[2].log_tail)
            wait_until(lambda: leased_count() == 0, within_seconds=10, what="the dead workers' leases to end")
            with quiet_service.worker() as worker:
                wait_until_all_are_told(worker)
        finally:
            workers[2].stop()
        names = {f"<{gathered_name(outcomes, person_id)}@127.0.0.1>" for person_id in everyone}
        assert sink.copies().keys() == names
        assert sink.count - len(names) <= 2


def gathered_name(outcomes: Prepared, person_id: int) -> str:
    """Of the one mail that tells the person of all their outcomes."""
    mine = [outcome_id for outcome_id, people in outcomes.recipients.items() if person_id in people]
    events = db.session.scalars(select(Event.id).where(Event.about_kind == "outcome", Event.about_id.in_(mine)))
    return mail_key(events, person_id=person_id)


def let_a_minute_pass() -> None:
    """For what waits to be tried again, as if the clock had gone on."""
    db.session.execute(update(Delivery).values(next_attempt_at=clock.now()))
    db.session.commit()
