"""Builds the demo municipality through the services, as its people would have."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

from sqlalchemy import select, update

from participation import clock
from participation.accounts.models import Person
from participation.demo.chronicle import Chronicle
from participation.demo.content import Entry, load
from participation.demo.follow_up_story import FollowUpStory
from participation.demo.need_story import NeedStory
from participation.demo.newsroom_story import NewsroomStory
from participation.demo.people import settle
from participation.demo.plan_story import PlanStory
from participation.demo.project_story import OutcomeStory, ProjectStory
from participation.extensions import db
from participation.insights.service import take_figures
from participation.needs import area_outlines, queries, templates
from participation.needs.models import Area, Theme
from participation.needs.rules import UpdateKind
from participation.needs.service import save_draft
from participation.needs.templates import TemplateText
from participation.notifications.models import Delivery
from participation.notifications.rules import DeliveryStatus
from participation.settings import Settings

DEEDS_A_COMMIT = 500
REFUSED_MAILBOXES = 3
SETTLED_DAYS_AGO = 450


def is_empty() -> bool:
    return db.session.scalar(select(Person.id).limit(1)) is None


def build(number: int, *, settings: Settings, say: Callable[[str], None]) -> None:
    """Build the town that belongs to the number, saying how far it has come. Commits as it goes."""
    town = Chronicle(load(), Random(number), settings)  # noqa: S311  the same number, the same town
    with clock.travel(town.now - timedelta(days=SETTLED_DAYS_AGO)):
        _found(town)
    say(f"{len(town.people.residents)} residents have moved in.")
    _plan(town)
    town.live(_progress(town, say))
    _leave_a_draft(town)
    take_figures()
    db.session.commit()
    say("The demo town is ready.")


def _found(town: Chronicle) -> None:
    for position, entry in enumerate(town.content.themes):
        db.session.add(Theme(**entry, position=position))
    db.session.add_all(Area(**entry) for entry in town.content.areas)
    db.session.flush()
    town.themes = {theme.key: theme.id for theme in db.session.scalars(select(Theme))}
    town.areas = {area.key: area.id for area in db.session.scalars(select(Area))}
    area_outlines.save(None, outlines=list(town.outlines.values()), areas=queries.all_areas())
    town.people = settle(town.content, town.rng)
    for entry in town.content.templates:
        _write_template(town, entry)


def _write_template(town: Chronicle, entry: Entry) -> None:
    theme, others = entry.get("theme"), {name: text.strip() for name, text in entry.items() if name != "theme"}
    text = TemplateText(theme_id=town.themes[theme] if theme else None, **others | {"kind": UpdateKind(entry["kind"])})
    templates.add(town.people.named["dag"].actor, text=text)


def _plan(town: Chronicle) -> None:
    for need in town.content.needs:
        NeedStory(town, need).plan()
    for project in town.content.projects:
        ProjectStory(town, project).plan()
    for plan in town.content.plans:
        PlanStory(town, plan).plan()
    for outcome in town.content.outcomes:
        story = OutcomeStory(town, outcome)
        story.plan()
        NewsroomStory(town, story).plan()
        FollowUpStory(town, story).plan()


def _leave_a_draft(town: Chronicle) -> None:
    """Astrid has begun on a need, and finds it on her own page."""
    words = {
        "title": "Det er glatt på trappa ned til perrongen",
        "description": "Når det fryser på, holder jeg meg i rekkverket med begge hender.",
        "theme": "gange-sykkel",
    }
    save_draft("demo-utkast-om-trappa", person_id=town.people.named["astrid"].id, fields=words)


def _progress(town: Chronicle, say: Callable[[str], None]) -> Callable[[int, int], None]:
    def after_each(done: int, in_all: int) -> None:
        if done % DEEDS_A_COMMIT == 0 or done == in_all:
            _mark_as_told(town)
            db.session.commit()
            say(f"{done} of {in_all} things have happened.")

    return after_each


def _mark_as_told(town: Chronicle) -> None:
    """What the town's people were told long ago is not mailed again; a few mailboxes refused it."""
    db.session.flush()
    refusing = [person.id for person in town.people.residents[-REFUSED_MAILBOXES:]]
    waiting = update(Delivery).where(Delivery.status == DeliveryStatus.PENDING)
    refused = {"status": DeliveryStatus.FAILED, "error": "550 no such mailbox"}
    sent = {"status": DeliveryStatus.SENT, "sent_at": Delivery.next_attempt_at}
    db.session.execute(waiting.where(Delivery.person_id.in_(refusing)).values(refused))
    db.session.execute(waiting.values(sent))
