"""Makes the mail for one delivery, in the person's own language, from the facts of the event."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale
from itsdangerous import BadSignature, URLSafeSerializer

from participation.mail.message import Mail
from participation.notifications.labels import because
from participation.notifications.models import Delivery, Event
from participation.notifications.queries import concerned_subjects
from participation.notifications.rules import Subject
from participation.web.addresses import absolute_url

_UNSUBSCRIBE_SALT = "unsubscribe"


@dataclass(frozen=True)
class Item:
    """One event as a bundle tells of it."""

    headline: str
    event: Event
    needs: list[dict[str, Any]]
    url: str

    @property
    def facts(self) -> dict[str, Any]:
        return self.event.facts


def compose(deliveries: Sequence[Delivery]) -> Mail:
    """The mail that tells one person of one event, or of all that is bundled. Events and person must be loaded."""
    first = deliveries[0]
    person = first.person
    if person.email is None:
        raise ValueError("a person without an address can't be mailed")
    unsubscribe_url = absolute_url("residents.unsubscribe", token=unsubscribe_token(person.id))
    with force_locale(person.language.value):
        context = {"person": person, "unsubscribe_url": unsubscribe_url}
        parts = _one(first, context) if len(deliveries) == 1 else _bundle(deliveries, context)
    return Mail(
        key=_key(deliveries),
        to_name=person.name,
        to_address=person.email,
        language=person.language.value,
        unsubscribe_url=unsubscribe_url,
        **parts,
    )


def _key(deliveries: Sequence[Delivery]) -> str:
    person_id = deliveries[0].person_id
    if len(deliveries) == 1:
        return f"event-{deliveries[0].event_id}-person-{person_id}"
    numbers = ",".join(str(delivery.event_id) for delivery in deliveries)
    return f"bundle-{sha256(numbers.encode()).hexdigest()[:32]}-person-{person_id}"


def _one(delivery: Delivery, context: dict[str, Any]) -> dict[str, str]:
    event = delivery.event
    needs = concerned_needs(event.facts, concerned_subjects(delivery))
    words = {"event": event, "facts": event.facts, "needs": needs, "url": url_of(event, needs)}
    return render_mail(event.kind.value, context | words | {"because": because(delivery.reason, needs=len(needs))})


def _bundle(deliveries: Sequence[Delivery], context: dict[str, Any]) -> dict[str, str]:
    return render_mail("bundle", context | {"items": [_item(delivery) for delivery in deliveries]})


def _item(delivery: Delivery) -> Item:
    event = delivery.event
    needs = concerned_needs(event.facts, concerned_subjects(delivery))
    return Item(headline(event, needs), event, needs, url_of(event, needs))


def url_of(event: Event, needs: list[dict[str, Any]]) -> str:
    """Where the reader finds more: the result, the one need that is theirs, or their own page."""
    outcome = event.facts.get("outcome")
    if outcome:
        return absolute_url("residents.show_outcome", outcome_id=outcome["id"])
    if len(needs) == 1:
        return absolute_url("residents.show_need", need_id=needs[0]["id"])
    return absolute_url("residents.my_page")


def render_mail(name: str, context: dict[str, Any]) -> dict[str, str]:
    """The subject, text and html of templates/email/<name>/, in the current locale."""
    files = {"subject": "subject.txt", "text": "body.txt", "html": "body.html"}
    return {part: render_template(f"email/{name}/{file}", **context).strip() for part, file in files.items()}


def headline(event: Event, needs: list[dict[str, Any]]) -> str:
    """What happened, in one line: the subject of the mail, and what My page says."""
    context = {"facts": event.facts, "needs": needs}
    return render_template(f"email/{event.kind.value}/subject.txt", **context).strip()


def concerned_needs(facts: dict[str, Any], subjects: list[Subject]) -> list[dict[str, Any]]:
    """Those of the event's needs that are the person's own; JSON keeps their numbers as text."""
    needs = facts.get("needs", {})
    return [needs[str(subject.id)] for subject in subjects if str(subject.id) in needs]


def unsubscribe_token(person_id: int) -> str:
    return _signer().dumps(person_id)


def read_unsubscribe_token(token: str) -> int | None:
    """The person the token was made for, or None when it is not one of ours."""
    try:
        number = _signer().loads(token)
    except BadSignature:
        return None
    return number if isinstance(number, int) else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=_UNSUBSCRIBE_SALT)
