"""Reads what was asked after outcomes were published, and what was answered."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, case, or_, select
from sqlalchemy.orm import contains_eager, joinedload, raiseload

from participation import clock
from participation.accounts.models import Person
from participation.extensions import db
from participation.notifications.letters import is_out_of_reach
from participation.notifications.models import Delivery, Event
from participation.notifications.rules import EventKind
from participation.outcomes.follow_up import CLOSES_AFTER_DAYS, Sums
from participation.outcomes.models import SUBJECT_KIND, Feedback, Outcome, UseCheck
from participation.outcomes.queries import OutcomeFilter, speaks_to
from participation.outcomes.rules import PUBLIC_STATES, Helped

CHECKS_A_PAGE = 200
WORDS_A_PAGE = 500
QUESTIONS_SHOWN = 5
NAMES_SHOWN = 20


def check(outcome_id: int, *, months: int) -> UseCheck | None:
    """The check with its outcome; none where the outcome is not public."""
    return db.session.scalar(_checks().where(UseCheck.outcome_id == outcome_id, UseCheck.months == months))


def open_checks() -> Sequence[UseCheck]:
    """What nobody has answered yet, soonest first."""
    query = _checks().where(UseCheck.answered_at.is_(None)).order_by(UseCheck.due_on, UseCheck.outcome_id)
    return db.session.scalars(query.limit(CHECKS_A_PAGE)).all()


def answered_checks() -> Sequence[UseCheck]:
    """What was answered, or let go, newest first."""
    query = _checks().where(UseCheck.answered_at.is_not(None)).order_by(UseCheck.answered_at.desc())
    return db.session.scalars(query.limit(CHECKS_A_PAGE)).all()


def answers_on_use(outcome_id: int) -> Sequence[UseCheck]:
    """What was answered on the outcome, the first first, with who did."""
    return db.session.scalars(
        select(UseCheck)
        .where(UseCheck.outcome_id == outcome_id, UseCheck.answered_at.is_not(None))
        .options(joinedload(UseCheck.answerer))
        .order_by(UseCheck.months)
    ).all()


def measured_since(outcome: Outcome) -> date:
    """The first day that a figure can be from to say anything new: that of publishing, or of the last answer."""
    said = [outcome.published_at, *(each.answered_at for each in answers_on_use(outcome.id))]
    return max((moment.astimezone(clock.MUNICIPAL_TIME).date() for moment in said if moment), default=date.min)


def ended_among(outcome_ids: Iterable[int]) -> dict[int, datetime]:
    """Since when those of the outcomes that have gone out of use have."""
    rows = db.session.execute(
        select(UseCheck.outcome_id, UseCheck.answered_at).where(
            UseCheck.outcome_id.in_(list(outcome_ids)), UseCheck.still_in_use.is_(False)
        )
    )
    return {outcome_id: ended_at for outcome_id, ended_at in rows if ended_at}


def latest_ended(
    *, limit: int, theme_id: int | None = None, area_id: int | None = None, project_id: int | None = None
) -> Sequence[UseCheck]:
    """What went out of use last, with its outcome: of all, or of the theme's, area's or project's."""
    query = _checks().where(
        UseCheck.still_in_use.is_(False), speaks_to(OutcomeFilter(theme_id=theme_id, area_id=area_id))
    )
    if project_id is not None:
        query = query.where(Outcome.project_id == project_id)
    return db.session.scalars(query.order_by(UseCheck.answered_at.desc()).limit(limit)).all()


def _checks() -> Select[UseCheck]:
    return (
        select(UseCheck)
        .join(UseCheck.outcome)
        .where(Outcome.state.in_(PUBLIC_STATES))
        .options(
            joinedload(UseCheck.answerer),
            contains_eager(UseCheck.outcome).options(joinedload(Outcome.project), raiseload("*")),
        )
    )


def was_asked(person_id: int, *, outcome_id: int) -> bool:
    """Whether the person is one of those who were asked if the outcome helped."""
    return db.session.scalar(_asked(person_id).where(Event.about_id == outcome_id).limit(1)) is not None


def _asked(person_id: int) -> Select[int]:
    """The numbers of the outcomes that the person was asked about."""
    return (
        select(Event.about_id)
        .join(Delivery, Delivery.event_id == Event.id)
        .where(Delivery.person_id == person_id, Event.kind == EventKind.DID_IT_HELP, Event.about_kind == SUBJECT_KIND)
    )


def asked_on_paper(outcome_id: int, *, name: str) -> Sequence[Person]:
    """Those asked if it helped whom no mail reaches and whose name has the words in it, by name."""
    asked = (
        select(Delivery.person_id)
        .join(Event, Event.id == Delivery.event_id)
        .where(Event.kind == EventKind.DID_IT_HELP, Event.about_kind == SUBJECT_KIND, Event.about_id == outcome_id)
    )
    # SQLite knows of no small and capital letters beyond A to Z.
    wanted = (Person.name.icontains(words, autoescape=True) for words in {name, name.title()})
    return db.session.scalars(
        select(Person)
        .where(Person.id.in_(asked), is_out_of_reach(), or_(*wanted))
        .order_by(Person.name, Person.id)
        .limit(NAMES_SHOWN)
    ).all()


def said_by(person_id: int, *, outcome_id: int) -> Feedback | None:
    return db.session.get(Feedback, (outcome_id, person_id))


def unanswered_by(person_id: int) -> Sequence[Outcome]:
    """The outcomes that the person can still say of whether they helped, the latest asked first."""
    said = select(Feedback.outcome_id).where(Feedback.person_id == person_id)
    still_open = clock.now() - timedelta(days=CLOSES_AFTER_DAYS)
    return db.session.scalars(
        select(Outcome)
        .where(
            Outcome.asked_at > still_open,
            Outcome.state.in_(PUBLIC_STATES),
            Outcome.id.in_(_asked(person_id)),
            Outcome.id.not_in(said),
        )
        .options(raiseload("*"))
        .order_by(Outcome.asked_at.desc())
        .limit(QUESTIONS_SHOWN)
    ).all()


def sums_of(outcome: Outcome) -> Sums:
    return Sums(yes=outcome.helped_yes, partly=outcome.helped_partly, no=outcome.helped_no)


def public_words(outcome_id: int, *, limit: int) -> Sequence[str]:
    """The words that those who wrote them and staff have let stand on the page, newest first; never whose."""
    return db.session.scalars(
        select(Feedback.words)
        .where(
            Feedback.outcome_id == outcome_id,
            Feedback.may_publish,
            Feedback.published_at.is_not(None),
        )
        .order_by(Feedback.published_at.desc(), Feedback.person_id)
        .limit(limit)
    ).all()


def all_words(outcome_id: int) -> Sequence[Feedback]:
    """Everything written, what teaches most first: from those it did not help, then in part, then the rest."""
    order = case({Helped.NO: 0, Helped.PARTLY: 1, Helped.YES: 2}, value=Feedback.helped)
    has_words: ColumnElement[bool] = Feedback.words != ""
    return db.session.scalars(
        select(Feedback)
        .where(Feedback.outcome_id == outcome_id, has_words)
        .order_by(order, Feedback.answered_at.desc())
        .limit(WORDS_A_PAGE)
    ).all()
