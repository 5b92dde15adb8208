"""Makes the mail for one delivery, in the person's own language, from the facts of the event."""

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


def compose(delivery: Delivery) -> Mail:
    """The mail that tells the person of the event. The delivery's event and person must be loaded."""
    person, event = delivery.person, delivery.event
    if person.email is None:
        raise ValueError("a person without an address can't be mailed")
    unsubscribe_url = absolute_url("residents.unsubscribe", token=unsubscribe_token(person.id))
    needs = concerned_needs(event.facts, concerned_subjects(delivery))
    context = {
        "person": person,
        "event": event,
        "facts": event.facts,
        "needs": needs,
        "because": because(delivery.reason, needs=len(needs)),
        "unsubscribe_url": unsubscribe_url,
    }
    with force_locale(person.language.value):
        parts = render_mail(event.kind.value, context)
    return Mail(
        key=f"event-{event.id}-person-{person.id}",
        to_name=person.name,
        to_address=person.email,
        language=person.language.value,
        unsubscribe_url=unsubscribe_url,
        **parts,
    )


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
