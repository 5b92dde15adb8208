"""Makes the mail for one delivery, in the person's own language, from the facts of the event."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from participation.mail.message import Mail
from participation.notifications.labels import because
from participation.notifications.marks import mail_key, mute_token, opening_token, unsubscribe_token
from participation.notifications.models import Delivery, Event
from participation.notifications.parts import Entry, Part, listed, sentence
from participation.notifications.queries import (
    Heard,
    concerned_among,
    concerned_subjects,
    first_heard,
    may_ask_again,
    year_of,
)
from participation.notifications.rules import EventKind, Reason, Subject, Told, weightiest_first
from participation.notifications.tasks import url_of_check
from participation.notifications.telling import Item, YearSummed, tell
from participation.web.addresses import absolute_url

RESULTS_SHOWN = 10
_TOLD = frozenset(kind.value for kind in EventKind)
# The workbench's lists by the words in their addresses.
_LISTS_AT_WORK = {"mine": "mine", "overdue": "forfalt", "unassigned": "ledige", "owed": "ubesvart"}


def compose(deliveries: Sequence[Delivery]) -> Mail:
    """The mail that tells one person of one event, or of all that is bundled. Events and person must be loaded."""
    first = deliveries[0]
    person = first.person
    if person.email is None:
        raise ValueError("a person without an address can't be mailed")
    # The way out of a mail about work alone is out of those alone.
    from_work = all(delivery.event.kind is EventKind.WORK for delivery in deliveries)
    token = unsubscribe_token(person.id, from_work=from_work)
    unsubscribe_url = absolute_url("residents.unsubscribe", token=token)
    with force_locale(person.language.value):
        context = {"person": person, "unsubscribe_url": unsubscribe_url}
        heard = first_heard(deliveries)
        parts = _one(first, context, heard) if len(deliveries) == 1 else _bundle(deliveries, context, heard)
    return Mail(
        key=mail_key((delivery.event_id for delivery in deliveries), person_id=person.id),
        to_name=person.name,
        to_address=person.email,
        language=person.language.value,
        unsubscribe_url=unsubscribe_url,
        **parts,
    )


def _one(delivery: Delivery, context: dict[str, Any], heard: Heard) -> dict[str, str]:
    event, subjects = delivery.event, concerned_subjects(delivery)
    needs = concerned_needs(event.facts, subjects)
    kind = told_as(delivery, needs, heard)
    words = {
        "event": event,
        "facts": event.facts,
        "needs": needs,
        "url": _url_for_reader(delivery, needs),
        "because": because(delivery.reason, needs=len(needs)),
        "reason": delivery.reason,
        "mute_url": _mute_url(delivery.person_id, subjects),
        "ways_on": tuple(_ways_on(delivery, needs)),
    }
    if event.kind is EventKind.YEAR:
        words["year"] = sum_up(delivery.person_id, year=event.about_id)
    return render_mail(kind.value, context | words)


def _mute_url(person_id: int, subjects: list[Subject]) -> str | None:
    """Where the reader says no to mail about this alone; none when the mail is about several needs of theirs."""
    if len(subjects) != 1:
        return None
    return absolute_url("residents.mute_by_mail", token=mute_token(person_id, subject=subjects[0]))


def _bundle(deliveries: Sequence[Delivery], context: dict[str, Any], heard: Heard) -> dict[str, str]:
    items = [_item(delivery, heard) for delivery in deliveries]
    told = [weighed(item.event, item.needs) for item in items]
    return render_mail("bundle", context | {"items": [items[place] for place in weightiest_first(told)]})


def weighed(event: Event, needs: list[dict[str, Any]]) -> Told:
    decides = any(need.get("next_step") for need in needs)
    return Told(event.kind, event.at, frozenset(need["id"] for need in needs), decides)


def _item(delivery: Delivery, heard: Heard) -> Item:
    event, needs = delivery.event, concerned_needs(delivery.event.facts, concerned_subjects(delivery))
    kind = told_as(delivery, needs, heard)
    parts = (*parts_of(delivery, needs, kind=kind), *_ways_on(delivery, needs))
    words, note = headline(event, needs, kind=kind), language_note(event.facts, parts)
    return Item(words, event, needs, _url_for_reader(delivery, needs), parts, in_bokmal=note)


def told_as(delivery: Delivery, needs: list[dict[str, Any]], heard: Heard) -> EventKind:
    """A correction of what its reader was never told is told as that itself, in the words that are right."""
    own = delivery.event.kind
    return heard.get((delivery.event_id, delivery.person_id), own) if needs else own


def parts_of(delivery: Delivery, needs: list[dict[str, Any]], *, kind: EventKind) -> tuple[Part, ...]:
    """What the event tells this reader, in the current locale. Two queries more where it sums up a year."""
    event = delivery.event
    year = sum_up(delivery.person_id, year=event.about_id) if kind is EventKind.YEAR else None
    return tell(kind, event.facts, needs, reason=delivery.reason, year=year)


def _ways_on(delivery: Delivery, needs: list[dict[str, Any]]) -> Iterator[Part]:
    """To the author of a need that gets a no: that they may ask once for a new assessment, where they still may."""
    refused = [need for need in needs if says_no(delivery.event, need)]
    if delivery.reason is not Reason.AUTHOR or not refused:
        return
    own = may_ask_again(delivery.person_id, need_ids=[need["id"] for need in refused])
    entries = [_ask_again(need) for need in refused if need["id"] in own]
    if entries:
        yield sentence(
            _("If you think we should look at it again, you can ask for a new assessment once, and say why.")
        )
        yield listed(*entries)


def _ask_again(need: dict[str, Any]) -> Entry:
    url = absolute_url("residents.ask_again", need_id=need["id"])
    return Entry(_("Ask for a new assessment"), beneath=need["title"], url=url)


def says_no(event: Event, need: dict[str, Any]) -> bool:
    return event.facts.get("answer") == "declined" or need.get("next_step") == "decline"


def _url_for_reader(delivery: Delivery, needs: list[dict[str, Any]]) -> str:
    """The address; where it is a result's, with the mark that lets the reader be counted as one who came."""
    event, outcome = delivery.event, delivery.event.facts.get("outcome")
    if not outcome or event.kind is EventKind.WORK:
        return url_of(event, needs)
    token = opening_token(event.id, person_id=delivery.person_id)
    return absolute_url("residents.show_outcome", outcome_id=outcome["id"], fra=token)


def url_of(event: Event, needs: list[dict[str, Any]]) -> str:
    """Where the reader finds more: their work, the result, the one need that is theirs, or their own page."""
    if event.kind is EventKind.WORK:
        return _url_at_work(event.facts)
    outcome = event.facts.get("outcome")
    if outcome:
        return absolute_url("residents.show_outcome", outcome_id=outcome["id"])
    if event.kind is EventKind.YEAR:
        return absolute_url("residents.led_to")
    if len(needs) == 1:
        return absolute_url("residents.show_need", need_id=needs[0]["id"])
    return absolute_url("residents.my_page")


def _url_at_work(facts: dict[str, Any]) -> str:
    """Where staff do what is asked of them. The needs are the event's own: staff subscribe to none of them."""
    task, needs = facts.get("task"), list(facts.get("needs", {}).values())
    if task == "use_checks":
        checks = [*facts["asked"], *facts["reminded"]]
        return url_of_check(checks[0]) if len(checks) == 1 else absolute_url("workbench.use_checks")
    if task == "use_check":
        return url_of_check(facts) if "months" in facts else absolute_url("workbench.use_checks")
    if facts.get("outcome"):
        return absolute_url("newsroom.show_outcome", outcome_id=facts["outcome"]["id"])
    if needs:
        return absolute_url("workbench.show_need", need_id=needs[0]["id"])
    if facts.get("look_in") == "oversight":
        return absolute_url("workbench.oversee")
    return absolute_url("workbench.queue", visning=_LISTS_AT_WORK.get(facts.get("look_in", "")))


def sum_up(person_id: int, *, year: int) -> YearSummed:
    """The year's results, newest first, and how much else there was."""
    told = year_of(person_id, year=year, results=RESULTS_SHOWN)
    concerned = concerned_among(person_id, event_ids=[event.id for event in told.latest])
    items = []
    for event in told.latest:
        needs = concerned_needs(event.facts, concerned.get(event.id, []))
        items.append(Item(headline(event, needs), event, needs, url_of(event, needs)))
    return YearSummed(
        year,
        items,
        more_results=told.results - len(items),
        answers=told.answers,
        progress=told.progress,
        out_of_use=told.out_of_use,
    )


def render_mail(name: str, context: dict[str, Any]) -> dict[str, str]:
    """The subject, text and html of templates/email/<name>/, in the current locale; of an event, what it tells."""
    if name in _TOLD:
        told = _told(EventKind(name), context)
        context = context | {"told": told, "in_bokmal": language_note(context["facts"], told)}
    files = {"subject": "subject.txt", "text": "body.txt", "html": "body.html"}
    return {part: render_template(f"email/{name}/{file}", **context).strip() for part, file in files.items()}


def language_note(facts: dict[str, Any], told: Sequence[Part]) -> str:
    """To those who read another language than what is told of a result is in; a title that is only named is no text."""
    texts = [part for part in told if part.quotes]
    foreign = [part for part in texts if part.language]
    if not foreign or not facts.get("outcome") or facts.get("task"):
        return ""
    whole: str = _("This is written in Norwegian (bokmål).")
    return whole if len(foreign) == len(texts) else str(_("Parts of this are written in Norwegian (bokmål)."))


def _told(kind: EventKind, context: dict[str, Any]) -> tuple[Part, ...]:
    reason: Reason | None = context.get("reason")
    told = tell(kind, context["facts"], context["needs"], reason=reason, year=context.get("year"))
    ways_on: tuple[Part, ...] = context.get("ways_on", ())
    return told + ways_on


def headline(event: Event, needs: list[dict[str, Any]], *, kind: EventKind | None = None) -> str:
    """What happened, in one line: the subject of the mail, and what My page says."""
    context = {"facts": event.facts, "needs": needs}
    return render_template(f"email/{(kind or event.kind).value}/subject.txt", **context).strip()


def concerned_needs(facts: dict[str, Any], subjects: list[Subject]) -> list[dict[str, Any]]:
    """Those of the event's needs that are the person's own; JSON keeps their numbers as text."""
    needs = facts.get("needs", {})
    return [needs[str(subject.id)] for subject in subjects if str(subject.id) in needs]
