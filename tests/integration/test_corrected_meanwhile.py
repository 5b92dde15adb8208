"""What is set right while its mails and letters are on their way: the old words stop where they are."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from participation import clock
from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.extensions import db
from participation.mail.transport import connect
from participation.notifications import delivery as worker
from participation.notifications import letters
from participation.notifications.bounces import try_refused_again
from participation.notifications.delivery import send_pending
from participation.notifications.models import Event, Mute
from participation.notifications.preferences import set_paces
from participation.notifications.rules import DeliveryStatus, EventKind, Pace, Reason, Subject, Topic
from participation.notifications.service import announce, announce_correction, subscribe, unsubscribe
from participation.settings import Settings
from tests.integration.picky_sink import PickySink
from tests.told import told_of

Named = Callable[[str], Person]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BUS, PATH = Subject("need", 1), Subject("need", 2)
NAMED = {
    "1": {"id": 1, "reference": "B-2026-0001", "title": "Bussen går for sjelden"},
    "2": {"id": 2, "reference": "B-2026-0002", "title": "Gangvei til skolen"},
}
FORMER, RIGHT = "Vi har tre busser.", "Vi har to busser."
GREYLISTED = "451 come back later"


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.travel(NOON):
        yield


@pytest.fixture
def astrid(person: Named) -> Person:
    return listens(person("Astrid"), BUS)


def listens(who: Person, *subjects: Subject, reason: Reason = Reason.SUPPORTER) -> Person:
    for subject in subjects:
        subscribe(who.id, subject=subject, reason=reason)
    db.session.commit()
    return who


def tell(*subjects: Subject) -> Event:
    facts = {"needs": NAMED, "answer": "news", "body": FORMER, "would_change": ""}
    event = announce(EventKind.NEWS, about=BUS, subjects=subjects or (BUS,), facts=facts)
    db.session.commit()
    return event


def put_right(event: Event, *subjects: Subject, body: str = RIGHT) -> Event:
    facts = event.facts | {"body": body, "note": "Tallet var feil."}
    if subjects:
        facts["needs"] = {str(subject.id): NAMED[str(subject.id)] for subject in subjects}
    made = announce_correction(event, kind=EventKind.ANSWER_CORRECTED, facts=facts, subjects=subjects or None)
    db.session.commit()
    return made


def hours_later(hours: float, settings: Settings) -> int:
    with clock.travel(NOON + timedelta(hours=hours)):
        return send_pending(settings)


def names(event: Event) -> set[str]:
    return set(told_of(event))


def all_said(sink: PickySink) -> list[tuple[bool, bool]]:
    """Of each mail: whether it holds the former words, and the right ones."""
    return [(FORMER in mail.text(), RIGHT in mail.text()) for mail in sink.mails]


# -- mails


def test_a_mail_that_is_put_off_goes_in_the_right_words_alone(
    settings: Settings, sink: PickySink, astrid: Person
) -> None:
    sink.to_recipient["astrid@example.org"] = [GREYLISTED]
    event = tell()
    assert send_pending(settings) == 0
    corrected = put_right(event)
    assert hours_later(2, settings) == 1
    assert all_said(sink) == [(False, True)]
    assert (names(event), names(corrected)) == (set(), {"Astrid"})


def test_a_bundle_that_is_put_off_leaves_out_what_was_set_right(
    settings: Settings, sink: PickySink, astrid: Person
) -> None:
    set_paces(astrid.id, {Topic.PROGRESS: Pace.DAILY})
    sink.to_recipient["astrid@example.org"] = [GREYLISTED]
    first, _second = tell(), tell()
    assert hours_later(24, settings) == 0
    with clock.travel(NOON + timedelta(hours=24)):
        put_right(first)
    assert hours_later(48, settings) == 2
    assert sorted(all_said(sink)) == [(False, True), (True, False)]


def test_who_is_told_while_it_is_set_right_is_told_both(settings: Settings, sink: PickySink, astrid: Person) -> None:
    event = tell()
    assert worker._take(worker._claim_single, settings.mail_lease_seconds)
    corrected = put_right(event)
    assert names(event) == names(corrected) == {"Astrid"}


def test_what_a_worker_has_in_hand_and_not_begun_on_is_left_out(
    settings: Settings, sink: PickySink, astrid: Person
) -> None:
    event = tell()
    batch = worker._take(worker._claim_single, settings.mail_lease_seconds)
    put_right(event)
    assert batch is not None
    with connect(settings) as transport:
        assert list(worker._send_batch(batch, transport, settings)) == [False]
    assert (send_pending(settings), all_said(sink)) == (1, [(False, True)])


class _SlowServer:
    """Takes the mail long after the lease has ended, when what it says has been set right."""

    def __init__(self, event: Event, lease_seconds: int) -> None:
        self._event, self._late = event, NOON + timedelta(seconds=lease_seconds + 1)
        self.sent: list[EmailMessage] = []

    def send(self, message: EmailMessage) -> None:
        self.sent.append(message)
        if len(self.sent) == 1:
            with clock.travel(self._late):
                put_right(db.session.get_one(Event, self._event.id))


def test_what_is_taken_from_under_a_worker_does_not_stop_its_batch(
    settings: Settings, astrid: Person, person: Named
) -> None:
    event, other = tell(), tell()
    batch = worker._take(worker._claim_single, settings.mail_lease_seconds)
    assert batch is not None
    server = _SlowServer(event, settings.mail_lease_seconds)
    list(worker._send_batch(batch, server, settings))
    assert len(server.sent) == 2
    assert told_of(other)["Astrid"][1] is DeliveryStatus.SENT
    assert names(event) == set()


def test_a_refused_mail_is_not_tried_again_in_the_former_words(
    settings: Settings, sink: PickySink, astrid: Person
) -> None:
    sink.to_recipient["astrid@example.org"] = ["550 unknown"] * 3
    event = tell()
    assert [hours_later(hours, settings) for hours in (0, 2, 4)] == [0, 0, 0]
    put_right(event)
    try_refused_again(astrid.id)
    db.session.commit()
    assert hours_later(6, settings) == 1
    assert all_said(sink) == [(False, True)]


def test_what_is_set_right_twice_is_told_once(settings: Settings, sink: PickySink, astrid: Person) -> None:
    sink.to_recipient["astrid@example.org"] = [GREYLISTED]
    event = tell()
    send_pending(settings)
    put_right(put_right(event, body="Vi har fire busser."))
    assert hours_later(2, settings) == 1
    assert all_said(sink) == [(False, True)]


# -- letters


def on_paper() -> Person:
    person = accounts.add_person("Kari Nordmann", email=None, postal_address="Vestsideveien 3\n3400 Lier")
    return listens(person, BUS)


def printed(person: Person) -> list[tuple[bool, bool]]:
    """Of each piece of news in the letters: whether it holds the former words, and the right ones."""
    batch = letters.make_batch(person.actor)
    every = [repr(news) for letter in letters.letters(batch.id) for news in letter.news]
    return [(FORMER in news, RIGHT in news) for news in every]


def test_a_letter_not_yet_made_prints_the_right_words_alone(person: Named) -> None:
    kari = on_paper()
    corrected = put_right(tell())
    assert printed(kari) == [(False, True)]
    assert names(corrected) == {"Kari Nordmann"}


def test_letters_let_go_of_are_made_again_in_the_right_words(person: Named) -> None:
    kari = on_paper()
    event = tell()
    batch = letters.make_batch(kari.actor)
    corrected = put_right(event)
    assert names(event) == names(corrected) == {"Kari Nordmann"}
    letters.dissolve(kari.actor, batch_id=batch.id)
    assert printed(kari) == [(False, True)]


def test_who_has_got_an_address_since_is_mailed_the_correction(
    settings: Settings, sink: PickySink, person: Named
) -> None:
    kari = on_paper()
    event = tell()
    kari.email = "kari@example.org"
    put_right(event)
    assert (send_pending(settings), all_said(sink)) == (1, [(False, True)])


# -- whom it reaches


def test_set_right_for_one_need_it_reaches_those_behind_that_alone(person: Named) -> None:
    listens(person("Astrid"), BUS)
    listens(person("Bjørn"), PATH)
    gry = listens(person("Gry"), BUS, reason=Reason.FOLLOWER)
    listens(gry, PATH, reason=Reason.AUTHOR)
    event = tell(BUS, PATH)
    corrected = put_right(event, BUS)
    assert names(event) == {"Bjørn", "Gry"}
    assert {name: reason for name, (reason, _status) in told_of(corrected).items()} == {
        "Astrid": Reason.SUPPORTER,
        "Gry": Reason.FOLLOWER,
    }
    put_right(event, PATH)
    assert names(event) == set()


def test_who_is_behind_another_need_too_is_still_told_of_that(
    settings: Settings, sink: PickySink, person: Named
) -> None:
    listens(person("Astrid"), BUS, PATH)
    sink.to_recipient["astrid@example.org"] = [GREYLISTED]
    event = tell(BUS, PATH)
    send_pending(settings)
    put_right(event, BUS)
    assert hours_later(2, settings) == 2
    assert sorted(all_said(sink)) == [(False, True), (True, False)]


def test_who_has_muted_all_it_is_about_gets_no_mail_also_when_they_have_left_it_since(person: Named) -> None:
    astrid, bjorn, gry = (listens(person(name), BUS, PATH) for name in ("Astrid", "Bjørn", "Gry"))
    muted = [(astrid, BUS), (astrid, PATH), (bjorn, BUS), (bjorn, PATH), (gry, BUS)]
    db.session.add_all(
        Mute(person_id=who.id, subject_kind=subject.kind, subject_id=subject.id, created_at=NOON)
        for who, subject in muted
    )
    event = tell(BUS, PATH)
    for subject in (BUS, PATH):
        unsubscribe(bjorn.id, subject=subject, reason=Reason.SUPPORTER)
    corrected = put_right(event)
    assert {name: status for name, (_reason, status) in told_of(corrected).items()} == {
        "Astrid": DeliveryStatus.OPTED_OUT,
        "Bjørn": DeliveryStatus.OPTED_OUT,
        "Gry": DeliveryStatus.PENDING,
    }
