"""Makes things through the services, as the pages do."""

import hashlib
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from PIL import Image

from participation import clock
from participation.accounts.models import Passkey, Person
from participation.extensions import db
from participation.files.service import save_picture, the_store
from participation.needs import answers, pictures
from participation.needs.models import Area, Need, NeedDraft, NeedPicture, Theme
from participation.needs.picture_queries import pictures_of
from participation.needs.pictures import FreshPicture
from participation.needs.queries import active_areas, active_themes
from participation.needs.rules import NeedText
from participation.outcomes import corrections
from participation.outcomes import queries as outcome_queries
from participation.outcomes import service as outcomes
from participation.outcomes.models import Outcome
from participation.outcomes.rules import Gate, Verdict
from participation.outcomes.service import IndicatorText, OutcomeText
from participation.projects import ending as endings
from participation.projects import measuring, planning, team
from participation.projects import service as projects
from participation.projects.measuring import IndicatorWords
from participation.projects.models import NeedLink, Project, ProjectIndicator
from participation.projects.planning import MilestoneText
from participation.projects.rules import Ending, NextStep, NextStepKind, NoteKind, Phase, Scope, Visibility
from participation.projects.service import ProjectText
from participation.support import service as support


def theme_and_area() -> tuple[Theme, Area]:
    """A theme and an area, made the first time."""
    if not active_themes():
        db.session.add(Theme(key="buss", nb="Buss", nn="Buss", en="Buses"))
        db.session.add(Area(key="tranby", name="Tranby"))
        db.session.commit()
    return active_themes()[0], active_areas()[0]


def need_words(**changes: Any) -> NeedText:
    theme, area = theme_and_area()
    words: dict[str, Any] = {
        "title": "Bussen går for sjelden om kvelden",
        "description": "Etter klokka åtte går det bare én buss i timen fra Lierbyen.",
        "affected": "Ungdom og de som jobber sent.",
        "solution": "",
        "theme_id": theme.id,
        "area_id": area.id,
    }
    return NeedText(**(words | changes))


def make_need(author: Person, *, name_hidden: bool = False, **changes: Any) -> Need:
    need = support.propose(author.actor, words=need_words(**changes), name_hidden=name_hidden, within_days=30)
    db.session.commit()
    return need


def make_accepted(author: Person, *, by: Person, **changes: Any) -> Need:
    need = make_need(author, **changes)
    answers.accept(by.actor, need=need, body="Dette vil vi se nærmere på.", version=need.version)
    db.session.commit()
    return need


def project_words(**changes: Any) -> ProjectText:
    words: dict[str, Any] = {
        "title": "Flere kveldsbusser",
        "summary": "Vi prøver ut flere avganger om kvelden.",
        "purpose": "Flere skal komme seg hjem.",
        "owner_unit": "Samfunn og plan",
        "contact": "Prosjektleder, samfunn@example.org",
        "visibility": Visibility.PUBLIC,
        "goals": [11],
        "principles": ["trial"],
    }
    return ProjectText(**(words | changes))


def make_project(by: Person, **changes: Any) -> Project:
    project = projects.create(by.actor, words=project_words(**changes))
    db.session.commit()
    return project


def link(project: Project, need: Need, *, by: Person, scope: Scope = Scope.WHOLE) -> NeedLink:
    tie = projects.link(by.actor, project=project, need=need, scope=scope, note="Vi tar tak i dette.")
    db.session.commit()
    return tie


def enter(project: Project, phase: Phase, *, by: Person) -> None:
    projects.change_phase(by.actor, project=project, to=phase, note="Vi går videre.", version=project.version)
    db.session.commit()


def end(
    project: Project, *, by: Person, ending: Ending = Ending.STOPPED, steps: dict[int, NextStep] | None = None
) -> None:
    """End the project; its needs go on where nothing else is said."""
    choices = endings.step_choices(project)
    go_on = {tie.need_id: NextStep(NextStepKind.CONTINUE, "Vi leter videre.") for tie, kinds in choices if kinds}
    endings.end(
        by.actor,
        project=project,
        ending=ending,
        lessons="Det ble for dyrt.",
        next_steps=go_on | (steps or {}),
        version=project.version,
    )
    db.session.commit()


def plan_inside(project: Project, *, by: Person) -> ProjectIndicator:
    """Give the project a plan, milestones, a team, a note and a figure; returns the figure."""
    days = {Phase.ANCHORING: in_days(-30), Phase.PILOTING: in_days(-7), Phase.NEW_PRACTICE: in_days(90)}
    planning.plan_phases(by.actor, project=project, dates=days, version=project.version)
    for number, words in enumerate(("Første tur", "Intern avklaring")):
        milestone = MilestoneText(title=words, planned_on=in_days(number), note="", is_public=number == 0)
        planning.add_milestone(by.actor, project=project, words=milestone, version=project.version)
    before = IndicatorWords(
        name="Avganger", unit="i timen", baseline=Decimal(1), baseline_on=in_days(-90), target=Decimal(3)
    )
    figure = measuring.add_indicator(by.actor, project=project, words=before, version=project.version)
    measuring.measure(
        by.actor, indicator=figure, value=Decimal("2.5"), measured_on=clock.today(), version=figure.version
    )
    team.set_member(by.actor, project=project, person=by, part="Leder av det hele")
    team.write_note(by.actor, project=project, kind=NoteKind.DECISION, body="Vi venter til **våren**.")
    db.session.commit()
    return figure


def outcome_words(*needs: Need, verdict: Verdict = Verdict.MET, **changes: Any) -> OutcomeText:
    words: dict[str, Any] = {
        "title": "Bussen går hver halvtime",
        "summary": "Nå går det to busser i timen til klokka elleve.",
        "body": "Vi har satt opp flere avganger.",
        "kinds_of_value": ["quality"],
        "evidence": {gate: f"Slik vet vi det: {gate.value}." for gate in Gate},
        "indicators": [
            IndicatorText(
                name="Avganger i timen",
                unit="avganger",
                before=Decimal(1),
                now=Decimal(2),
                target=Decimal(2),
                measured_on=clock.today(),
            )
        ],
        "needs": {need.id: (verdict, "Du kan nå ta bussen hjem.") for need in needs},
    }
    return OutcomeText(**(words | changes))


def make_draft(project: Project, *needs: Need, by: Person, **changes: Any) -> Outcome:
    outcome = outcomes.draft(by.actor, project=project, words=outcome_words(*needs, **changes))
    db.session.commit()
    return outcome


def publish(outcome: Outcome, *, writer: Person, approver: Person) -> Outcome:
    """Take a draft all the way."""
    loaded = approve(outcome, writer=writer, approver=approver)
    outcomes.publish(approver.actor, outcome=loaded, version=loaded.version)
    db.session.commit()
    return loaded


def in_days(days: int) -> date:
    return clock.today() + timedelta(days=days)


def illustrate(outcome: Outcome, *, by: Person) -> str:
    """Give a draft a picture; returns its key."""
    data = BytesIO()
    Image.new("RGB", (160, 120), "#b3202c").save(data, "PNG")
    key = save_picture(data.getvalue(), the_store())
    outcomes.give_picture(by.actor, outcome=outcome, key=key, alt="Et rødt eple.", version=outcome.version)
    db.session.commit()
    return key


def small_picture(colour: str = "#b3202c") -> FreshPicture:
    """A picture put in the store, that belongs to nothing yet."""
    data = BytesIO()
    Image.new("RGB", (160, 120), colour).save(data, "PNG")
    return FreshPicture(save_picture(data.getvalue(), the_store()), hashlib.sha256(data.getvalue()).hexdigest())


def picture(of: Need | NeedDraft, *, by: Person, colour: str = "#b3202c", alt: str = "Et rødt eple.") -> NeedPicture:
    """Give a need or a draft one more picture."""
    pictures.add(by.actor, of=of, fresh=[small_picture(colour)])
    made = pictures_of(of)[-1]
    pictures.describe(by.actor, of=of, words={made.id: alt})
    db.session.commit()
    return made


def propose_correction(outcome: Outcome, *, by: Person, **changes: Any) -> None:
    words = corrections.published_words(outcome)
    same: dict[str, Any] = {name: words[name] for name in ("title", "summary", "body", "picture_alt", "translations")}
    same |= {
        "evidence": {Gate(gate): text for gate, text in words["evidence"].items()},
        "indicators": [corrections.indicator_of(indicator) for indicator in words["indicators"]],
        "needs": {int(number): text for number, text in words["needs"].items()},
    }
    corrections.propose_correction(
        by.actor,
        outcome=outcome,
        words=corrections.CorrectedText(**(same | changes)),
        note="Det er to busser i timen, ikke tre.",
        version=outcome.version,
    )
    db.session.commit()


def correct(outcome: Outcome, *, writer: Person, approver: Person, **changes: Any) -> None:
    """Put a published outcome right."""
    propose_correction(outcome, by=writer, **changes)
    corrections.approve_correction(approver.actor, outcome=outcome, version=outcome.version)
    db.session.commit()


def approve(outcome: Outcome, *, writer: Person, approver: Person) -> Outcome:
    """Take a draft so far that it can be published."""
    loaded = outcome_queries.outcome(outcome.id)
    assert loaded is not None
    outcomes.submit(writer.actor, outcome=loaded, version=loaded.version)
    db.session.commit()
    outcomes.approve(approver.actor, outcome=loaded, version=loaded.version)
    db.session.commit()
    return loaded


def give_passkey(person: Person) -> Passkey:
    """One that is in the list; nothing can show it."""
    key = Passkey(
        person_id=person.id,
        credential_id=f"nokkel-{person.id}",
        public_key=b"",
        sign_count=0,
        name="Mobilen",
        created_at=clock.now(),
    )
    db.session.add(key)
    db.session.commit()
    return key
