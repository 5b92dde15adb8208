"""Asks staff, six and twelve months on, whether what was taken into use still is; else the needs go back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, select, true, tuple_, update
from sqlalchemy.orm import joinedload

from participation import clock
from participation.accounts.models import Person, PersonRole
from participation.accounts.rules import Language
from participation.audit import service as audit
from participation.database import insert
from participation.extensions import db
from participation.needs.reminders import PERSON_KIND
from participation.needs.rules import UpdateKind
from participation.needs.service import need_facts
from participation.needs.timeline import LineWords, write_line
from participation.notifications.rules import EventKind, Reason, Subject
from participation.notifications.service import announce, announce_to
from participation.outcomes import follow_up_queries, queries
from participation.outcomes.follow_up import (
    CASE_WORKERS,
    CHECKED_AFTER_MONTHS,
    LEADS,
    MAY_ANSWER,
    REMIND_AFTER_DAYS,
    begins,
    is_checked,
    may_confirm,
    may_end_use,
    months_later,
)
from participation.outcomes.models import SUBJECT_KIND, Outcome, OutcomeNeed, UseCheck
from participation.outcomes.returning import give_back, given_back, met_needs, still_met
from participation.outcomes.rules import PUBLIC_STATES
from participation.outcomes.wording import said_in_mails
from participation.permissions import Actor, Role
from participation.projects.models import ProjectMember
from participation.projects.service import hold
from participation.refusals import Refusal, Refused, ensure
from participation.settings import Settings

Told = dict[int, dict[int, UseCheck]]
"""What is asked of each person, by the outcome it is about."""


@dataclass(frozen=True, kw_only=True)
class FigureText:
    """A figure as it is now, on the day it was measured."""

    name: str
    unit: str
    value: Decimal
    measured_on: date

    def as_json(self) -> dict[str, str]:
        return {
            "name": self.name,
            "unit": self.unit,
            "value": f"{self.value.normalize():f}",
            "measured_on": self.measured_on.isoformat(),
        }


def plan(outcome: Outcome) -> None:
    """Let it be asked after six and twelve months; once, and only of what met a need at least in part."""
    if outcome.published_at is None or not is_checked(answer.verdict for answer in outcome.needs):
        return
    published = outcome.published_at.astimezone(clock.MUNICIPAL_TIME).date()
    rows = [
        {
            "outcome_id": outcome.id,
            "months": months,
            "due_on": months_later(published, months),
            "evidence": "",
            "figures": [],
        }
        for months in CHECKED_AFTER_MONTHS
    ]
    db.session.execute(insert(UseCheck, db.session.get_bind().dialect.name).values(rows).on_conflict_do_nothing())


def confirm(actor: Actor, *, check: UseCheck, evidence: str, figures: Sequence[FigureText]) -> None:
    """Say with words and figures that it is still in use, and tell those who follow the needs it meets."""
    outcome, answers = _hold(check)
    ensure(
        may_confirm(
            state=outcome.state,
            answered=check.answered_at is not None,
            due_on=check.due_on,
            today=clock.today(),
            evidence=evidence,
            measured=[figure.measured_on for figure in figures],
            measured_since=follow_up_queries.measured_since(outcome),
        )
    )
    shown = [figure.as_json() for figure in figures]
    _answer(check, actor, still_in_use=True, evidence=evidence, figures=shown)
    _close(check, UseCheck.months < check.months)
    for answer in answers:
        write_line(answer.need, UpdateKind.STILL_IN_USE, actor=actor, body=evidence, outcome_id=outcome.id)
    _announce(EventKind.STILL_IN_USE, outcome, {"body": evidence, "figures": shown, "months": check.months})


def no_longer(actor: Actor, *, check: UseCheck, happened: str, next_steps: Mapping[int, str]) -> None:
    """Say what happened, and the next step for each need by its number; the needs it alone met are open again."""
    outcome, answers = _hold(check)
    ensure(
        may_end_use(
            state=outcome.state,
            answered=check.answered_at is not None,
            happened=happened,
            next_steps=[next_steps.get(answer.need_id, "") for answer in answers],
        )
    )
    _end_use(actor, check, outcome, happened, next_steps)


def _hold(check: UseCheck) -> tuple[Outcome, list[OutcomeNeed]]:
    """Let nobody else answer the check or move the needs till this is done, and see all as it is now."""
    key = (check.outcome_id, check.months)
    if db.session.get(UseCheck, key, with_for_update=True, populate_existing=True) is None:
        raise Refused(Refusal.ALREADY_ANSWERED)
    outcome = queries.outcome(check.outcome_id)
    if outcome is None:
        raise LookupError(check.outcome_id)
    answers = met_needs(outcome)
    hold(outcome.project, *[answer.need for answer in answers])
    db.session.refresh(outcome, ["state"])
    return outcome, answers


def _end_use(
    actor: Actor | None, check: UseCheck, outcome: Outcome, happened: str, next_steps: Mapping[int, str]
) -> None:
    _answer(check, actor, still_in_use=False, evidence=happened, figures=[])
    # What is out of use is not asked about again.
    _close(check, true())

    def words(answer: OutcomeNeed) -> LineWords:
        said = (happened, next_steps.get(answer.need_id, ""))
        return {"body": "\n\n".join(part for part in said if part), "outcome_id": outcome.id}

    facts = {
        "body": happened,
        "unconfirmed": actor is None,
        "next_steps": {str(k): v for k, v in next_steps.items()},
        "open_again": [need.id for need in given_back(outcome)],
        "still_met": [need.id for need in still_met(outcome)],
    }
    give_back(actor, outcome=outcome, line=UpdateKind.NO_LONGER_IN_USE, words=words)
    _announce(EventKind.NO_LONGER_IN_USE, outcome, facts)


def _answer(
    check: UseCheck, actor: Actor | None, *, still_in_use: bool, evidence: str, figures: list[dict[str, str]]
) -> None:
    check.answered_at, check.answered_by = clock.now(), actor.id if actor else None
    check.still_in_use, check.evidence, check.figures = still_in_use, evidence, figures
    db.session.flush()
    audit.record(
        "confirmed_in_use" if still_in_use else "no_longer_in_use",
        actor_id=check.answered_by,
        kind=SUBJECT_KIND,
        object_id=check.outcome_id,
        months=check.months,
    )


def _close(check: UseCheck, which: ColumnElement[bool]) -> None:
    """Ask no more of those of the outcome's other checks that nobody has answered."""
    others = (UseCheck.outcome_id == check.outcome_id, UseCheck.answered_at.is_(None), which)
    db.session.execute(delete(UseCheck).where(*others).execution_options(synchronize_session=False))


def _announce(kind: EventKind, outcome: Outcome, facts: dict[str, Any]) -> None:
    needs = [answer.need for answer in met_needs(outcome)]
    shown = {"outcome": _named(outcome), "needs": need_facts(*needs)}
    announce(kind, about=outcome.subject, subjects=[need.subject for need in needs], facts=shown | facts)


def _named(outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.id,
        "title": outcome.title,
        "summary": outcome.summary,
        "translations": said_in_mails(outcome.translations),
    }


def look_after(settings: Settings) -> None:
    """The day's round: give back the needs of what nobody has spoken for, ask what is due, and remind once."""
    today = clock.today()
    # Before the others, so that nobody is asked about what is let go in the same round.
    _let_go(today, settings.use_check_grace_days)
    told: Told = defaultdict(dict)
    # Of two checks of one result the later stands for both: its answer closes the earlier.
    for check in sorted([*_due(today), *_long_unanswered(today)], key=lambda check: check.months):
        for person_id in _who_is_told(check):
            told[person_id][check.outcome_id] = check
    for person_id, checks in sorted(told.items()):
        _tell(person_id, checks.values())


def _due(today: date) -> Sequence[UseCheck]:
    return _claim(UseCheck.asked_at.is_(None), UseCheck.due_on <= today, mark="asked_at")


def _long_unanswered(today: date) -> Sequence[UseCheck]:
    return _claim(_asked_by(today, days=REMIND_AFTER_DAYS), UseCheck.reminded_at.is_(None), mark="reminded_at")


def _asked_by(today: date, *, days: int) -> ColumnElement[bool]:
    """Asked at least so many days ago, by the calendar: the hour of the round may differ."""
    return UseCheck.asked_at < begins(today - timedelta(days=days - 1))


def _claim(*which: ColumnElement[bool], mark: str) -> Sequence[UseCheck]:
    """The unanswered checks of public outcomes that this holds for, marked so that nobody else takes them."""
    public = select(Outcome.id).where(Outcome.state.in_(PUBLIC_STATES))
    rows = db.session.execute(
        update(UseCheck)
        .where(UseCheck.answered_at.is_(None), UseCheck.outcome_id.in_(public), *which)
        .values({mark: clock.now()})
        .returning(UseCheck.outcome_id, UseCheck.months)
        .execution_options(synchronize_session=False)
    ).all()
    keys = [(outcome_id, months) for outcome_id, months in rows]
    return db.session.scalars(
        select(UseCheck)
        .where(tuple_(UseCheck.outcome_id, UseCheck.months).in_(keys))
        .options(joinedload(UseCheck.outcome))
        .order_by(UseCheck.due_on, UseCheck.outcome_id)
        .execution_options(populate_existing=True)
    ).all()


def _let_go(today: date, grace_days: int) -> None:
    """Nobody confirmed it in time: it no longer counts as in use, and its needs are open again."""
    late = (UseCheck.answered_at.is_(None), UseCheck.due_on <= today - timedelta(days=grace_days))
    # A worker that was down must have asked first, and then waited as long.
    keys = db.session.execute(
        select(UseCheck.outcome_id, UseCheck.months)
        .where(*late, _asked_by(today, days=grace_days))
        .order_by(UseCheck.outcome_id, UseCheck.months)
    ).all()
    for key in keys:
        check = db.session.get(UseCheck, tuple(key), with_for_update=True, populate_existing=True)
        if check is not None and check.answered_at is None:
            _let_one_go(check)


def _let_one_go(check: UseCheck) -> None:
    outcome, _answers = _hold(check)
    if outcome.state not in PUBLIC_STATES:
        return
    with force_locale(Language.BOKMAL.value):
        happened = _("Nobody has confirmed in time that it is still in use, so we no longer count it as in use.")
        open_again = _("The need is open again, and can be supported and taken up anew.")
        met = _("Another result still answers this need, so the need still counts as taken into use.")
    next_steps = {need.id: open_again for need in given_back(outcome)} | {need.id: met for need in still_met(outcome)}
    _end_use(None, check, outcome, happened, next_steps)


def _tell(person_id: int, checks: Iterable[UseCheck]) -> None:
    """All that one person is asked in a round, in one message."""
    facts: dict[str, Any] = {"task": "use_checks", "asked": [], "reminded": []}
    for check in sorted(checks, key=lambda check: (check.due_on, check.outcome_id)):
        facts["reminded" if check.reminded_at else "asked"].append(
            {"outcome": _named(check.outcome), "due": check.due_on.isoformat(), "months": check.months}
        )
    about = Subject(PERSON_KIND, person_id)
    announce_to(EventKind.WORK, about=about, people=[person_id], facts=facts, reason=Reason.STAFF)


def _who_is_told(check: UseCheck) -> set[int]:
    return _who_knows(check.outcome) | (_holders(LEADS) if check.reminded_at else set())


def _who_knows(outcome: Outcome) -> set[int]:
    """Those of its writers and the project's team who may answer; where there are none, all case workers."""
    team = select(ProjectMember.person_id).where(ProjectMember.project_id == outcome.project_id)
    near = outcome.writer_ids | set(db.session.scalars(team))
    return _holders(MAY_ANSWER) & near or _holders(CASE_WORKERS) or _holders(MAY_ANSWER)


def _holders(roles: Iterable[Role]) -> set[int]:
    people = select(Person.id).join(PersonRole, PersonRole.person_id == Person.id)
    return set(db.session.scalars(people.where(PersonRole.role.in_(list(roles)), _is_here())))


def _is_here() -> ColumnElement[bool]:
    return Person.closed_at.is_(None)
