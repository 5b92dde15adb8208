"""Reads outcomes: the published for everyone, all for those who write and approve."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Select, Text, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Load, joinedload, raiseload, selectinload

from participation.clock import MUNICIPAL_TIME
from participation.extensions import db
from participation.needs.models import Need
from participation.notifications.models import Event
from participation.notifications.rules import EventKind
from participation.outcomes.models import (
    Outcome,
    OutcomeCorrection,
    OutcomeNeed,
    OutcomeRemark,
    OutcomeVersion,
    OutcomeWriter,
    UseCheck,
)
from participation.outcomes.rules import NEVER_PUBLISHED, PUBLIC_STATES, OutcomeState, Value, Verdict
from participation.support.models import Support
from participation.web.pagination import Cursor, Page

OUTCOMES_A_PAGE = 200
LISTED_A_PAGE = 20
_LATEST_SECONDS = 4_000_000_000


@dataclass(frozen=True, kw_only=True)
class OutcomeFilter:
    theme_id: int | None = None
    area_id: int | None = None
    value: Value | None = None
    verdict: Verdict | None = None
    year: int | None = None

    @property
    def needs_asked(self) -> bool:
        return any(asked is not None for asked in (self.theme_id, self.area_id, self.verdict))


def _published() -> Select[Outcome]:
    return (
        select(Outcome)
        .where(Outcome.state.in_(PUBLIC_STATES))
        .options(joinedload(Outcome.project), selectinload(Outcome.needs).joinedload(OutcomeNeed.need))
        .order_by(Outcome.published_at.desc(), Outcome.id.desc())
    )


def published(*, limit: int = OUTCOMES_A_PAGE) -> Sequence[Outcome]:
    """The latest published outcomes, with their needs."""
    return db.session.scalars(_published().limit(limit)).all()


def published_by_id(numbers: Sequence[int]) -> Sequence[Outcome]:
    """Of these results the published ones, in this order."""
    rows = {outcome.id: outcome for outcome in db.session.scalars(_published().where(Outcome.id.in_(numbers)))}
    return [rows[number] for number in numbers if number in rows]


def published_in_use_first(*, limit: int) -> Sequence[Outcome]:
    """The latest that are still in use; only where these are too few, the latest of those that have ended too."""
    has_ended = exists().where(UseCheck.outcome_id == Outcome.id, UseCheck.still_in_use.is_(False))
    latest = select(Outcome.id).where(Outcome.state.in_(PUBLIC_STATES)).limit(limit)
    latest = latest.order_by(Outcome.published_at.desc(), Outcome.id.desc())
    standing = db.session.scalars(latest.where(~has_ended)).all()
    chosen = list(dict.fromkeys([*standing, *db.session.scalars(latest)]))[:limit]
    found = {outcome.id: outcome for outcome in db.session.scalars(_published().where(Outcome.id.in_(chosen)))}
    return [found[number] for number in chosen]


def published_about(*, theme_id: int | None = None, area_id: int | None = None, limit: int) -> Sequence[Outcome]:
    """The latest published outcomes that speak to a need of the theme or the area."""
    about = speaks_to(OutcomeFilter(theme_id=theme_id, area_id=area_id))
    return db.session.scalars(_published().where(about).limit(limit)).all()


def list_published(wanted: OutcomeFilter, *, after: Cursor | None = None) -> Page[Outcome]:
    """One page of the published outcomes that fit, the latest first."""
    query = _fitting(_published(), wanted)
    if after is not None:
        moment = _moment(after.value)
        earlier = and_(Outcome.published_at == moment, Outcome.id < after.id)
        query = query.where(or_(Outcome.published_at < moment, earlier))
    rows = db.session.scalars(query.limit(LISTED_A_PAGE + 1)).all()
    shown = rows[:LISTED_A_PAGE]
    last = shown[-1] if len(rows) > LISTED_A_PAGE else None
    return Page(shown, Cursor(last.published_at.timestamp(), last.id) if last and last.published_at else None)


def _moment(seconds: float) -> datetime:
    """What an address says, kept within what a calendar has room for."""
    return datetime.fromtimestamp(min(max(seconds, 0), _LATEST_SECONDS), UTC)


def _fitting(query: Select[Outcome], wanted: OutcomeFilter) -> Select[Outcome]:
    if wanted.needs_asked:
        query = query.where(speaks_to(wanted))
    if wanted.value is not None:
        # The list is kept as JSON text, the same in both databases.
        query = query.where(cast(Outcome.kinds_of_value, Text).contains(f'"{wanted.value.value}"', autoescape=True))
    if wanted.year is not None:
        begins = datetime(wanted.year, 1, 1, tzinfo=MUNICIPAL_TIME)
        ends = datetime(wanted.year + 1, 1, 1, tzinfo=MUNICIPAL_TIME)
        query = query.where(Outcome.published_at >= begins, Outcome.published_at < ends)
    return query


def speaks_to(wanted: OutcomeFilter) -> ColumnElement[bool]:
    """It answers a need of the theme and area, and so far as asked: all of one and the same need."""
    answer = select(OutcomeNeed.need_id).where(OutcomeNeed.outcome_id == Outcome.id)
    if wanted.verdict is not None:
        answer = answer.where(OutcomeNeed.verdict == wanted.verdict)
    if wanted.theme_id is not None or wanted.area_id is not None:
        answer = answer.join(Need, Need.id == OutcomeNeed.need_id)
    if wanted.theme_id is not None:
        answer = answer.where(Need.theme_id == wanted.theme_id)
    if wanted.area_id is not None:
        answer = answer.where(Need.area_id == wanted.area_id)
    return answer.exists()


def first_year() -> int | None:
    """The year in which the first of the published outcomes was; none before there are any."""
    first = db.session.scalar(select(func.min(Outcome.published_at)).where(Outcome.state.in_(PUBLIC_STATES)))
    return first.astimezone(MUNICIPAL_TIME).year if first else None


def outcome(outcome_id: int) -> Outcome | None:
    """An outcome in any state, with its project and needs."""
    return db.session.scalar(
        select(Outcome)
        .where(Outcome.id == outcome_id)
        .options(
            joinedload(Outcome.project),
            selectinload(Outcome.needs)
            .joinedload(OutcomeNeed.need)
            .options(joinedload(Need.theme), joinedload(Need.area)),
        )
    )


def outcome_of_form(submission_key: str | None) -> Outcome | None:
    """The outcome that a form sent before has made."""
    if submission_key is None:
        return None
    return db.session.scalar(select(Outcome).where(Outcome.submission_key == submission_key))


def published_of_project(project_id: int) -> Sequence[Outcome]:
    return db.session.scalars(_published().where(Outcome.project_id == project_id)).all()


def published_of_needs(need_ids: Iterable[int]) -> dict[int, list[OutcomeNeed]]:
    """For each of the needs that has any: what the published outcomes say to it, newest first."""
    found = db.session.execute(
        select(OutcomeNeed, Outcome)
        .join(Outcome, Outcome.id == OutcomeNeed.outcome_id)
        .where(OutcomeNeed.need_id.in_(list(need_ids)), Outcome.state.in_(PUBLIC_STATES))
        .order_by(Outcome.published_at.desc())
    )
    answers: dict[int, list[OutcomeNeed]] = {}
    for answer, _outcome in found:
        answers.setdefault(answer.need_id, []).append(answer)
    return answers


def results_of_needs(need_ids: Iterable[int]) -> dict[int, list[tuple[OutcomeNeed, Outcome]]]:
    """The same, each with its outcome."""
    rows = db.session.execute(
        select(OutcomeNeed, Outcome)
        .join(Outcome, Outcome.id == OutcomeNeed.outcome_id)
        .where(OutcomeNeed.need_id.in_(list(need_ids)), Outcome.state.in_(PUBLIC_STATES))
        .options(Load(Outcome).raiseload("*"), Load(Outcome).selectinload(Outcome.indicators))
        .order_by(Outcome.published_at.desc())
    )
    results: dict[int, list[tuple[OutcomeNeed, Outcome]]] = {}
    for answer, found in rows:
        results.setdefault(answer.need_id, []).append((answer, found))
    return results


def answers_to(need_id: int) -> Sequence[tuple[OutcomeNeed, Outcome]]:
    """What the published outcomes say to the need, newest first."""
    rows = db.session.execute(
        select(OutcomeNeed, Outcome)
        .join(Outcome, Outcome.id == OutcomeNeed.outcome_id)
        .where(OutcomeNeed.need_id == need_id, Outcome.state.in_(PUBLIC_STATES))
        .options(Load(Outcome).raiseload("*"))
        .order_by(Outcome.published_at.desc())
    )
    return [(answer, outcome) for answer, outcome in rows]


def outcomes_for(person_id: int, *, limit: int) -> Sequence[Outcome]:
    """The latest published outcomes of needs that the person reported or supports, newest first."""
    supported = select(Support.need_id).where(Support.person_id == person_id)
    written = select(Need.id).where(Need.author_id == person_id)
    behind = select(OutcomeNeed.outcome_id).where(
        or_(OutcomeNeed.need_id.in_(supported), OutcomeNeed.need_id.in_(written))
    )
    return db.session.scalars(_published().where(Outcome.id.in_(behind)).limit(limit)).all()


def in_newsroom(state: OutcomeState, *, words: str = "") -> Sequence[Outcome]:
    """Those in the state whose title or summary holds the words: the next to be published first, else the newest."""
    query = select(Outcome).where(Outcome.state == state, *_holding(words)).options(joinedload(Outcome.project))
    order = {
        OutcomeState.SCHEDULED: (Outcome.publish_at, Outcome.id),
        OutcomeState.PUBLISHED: (Outcome.published_at.desc(), Outcome.id.desc()),
        OutcomeState.CORRECTED: (Outcome.corrected_at.desc(), Outcome.id.desc()),
        OutcomeState.WITHDRAWN: (Outcome.withdrawn_at.desc(), Outcome.id.desc()),
    }
    return db.session.scalars(query.order_by(*order.get(state, (Outcome.id.desc(),))).limit(OUTCOMES_A_PAGE)).all()


def _holding(words: str) -> list[ColumnElement[bool]]:
    return [
        or_(Outcome.title.icontains(word, autoescape=True), Outcome.summary.icontains(word, autoescape=True))
        for word in words.split()[:8]
    ]


def counts() -> dict[OutcomeState, int]:
    """How many there are in each state that has any."""
    rows = db.session.execute(select(Outcome.state, func.count()).group_by(Outcome.state)).all()
    return {row.state: row[1] for row in rows}


def scheduled() -> Sequence[Outcome]:
    """All that the worker is to publish, the next first."""
    return in_newsroom(OutcomeState.SCHEDULED)


def published_between(begin: datetime, end: datetime) -> Sequence[Outcome]:
    """What was made public in that time, the first first; also what was corrected or withdrawn since."""
    return _titles(Outcome.published_at >= begin, Outcome.published_at < end)[::-1]


def corrections_waiting() -> Sequence[Outcome]:
    """The outcomes with a correction that waits for approval. Titles only."""
    return _titles(Outcome.id.in_(select(OutcomeCorrection.outcome_id)))


def correction_of(outcome_id: int) -> OutcomeCorrection | None:
    """The correction that waits, with its writer."""
    return db.session.scalar(
        select(OutcomeCorrection)
        .where(OutcomeCorrection.outcome_id == outcome_id)
        .options(joinedload(OutcomeCorrection.writer))
    )


def versions_of(outcome_id: int) -> Sequence[OutcomeVersion]:
    """The former versions, newest first."""
    query = select(OutcomeVersion).where(OutcomeVersion.outcome_id == outcome_id)
    return db.session.scalars(query.order_by(OutcomeVersion.number.desc())).all()


def version_of(outcome_id: int, number: int) -> OutcomeVersion | None:
    return db.session.get(OutcomeVersion, (outcome_id, number))


def remarks_on(outcome_id: int) -> Sequence[OutcomeRemark]:
    """What writers and approvers have said to each other, in the order it was said."""
    return db.session.scalars(
        select(OutcomeRemark)
        .where(OutcomeRemark.outcome_id == outcome_id)
        .options(joinedload(OutcomeRemark.author))
        .order_by(OutcomeRemark.id)
    ).all()


def event_of(outcome: Outcome) -> Event | None:
    """The event that last told of it."""
    if outcome.event_id is not None:
        return db.session.get(Event, outcome.event_id)
    told = (EventKind.OUTCOME, EventKind.OUTCOME_CORRECTED)
    return db.session.scalar(
        select(Event)
        .where(Event.about_kind == outcome.subject.kind, Event.about_id == outcome.id, Event.kind.in_(told))
        .order_by(Event.id.desc())
        .limit(1)
    )


def waiting_for(person_id: int) -> Sequence[Outcome]:
    """What waits for approval by this person: nothing they have written on. Titles only."""
    written = select(OutcomeWriter.outcome_id).where(OutcomeWriter.person_id == person_id)
    return _titles(Outcome.state.in_([OutcomeState.IN_REVIEW, OutcomeState.APPROVED]), Outcome.id.not_in(written))


def sent_back_to(person_id: int) -> Sequence[Outcome]:
    """The drafts that this person has written on, and that were sent back with a note. Titles only."""
    written = select(OutcomeWriter.outcome_id).where(OutcomeWriter.person_id == person_id)
    return _titles(Outcome.state == OutcomeState.DRAFT, Outcome.sent_back_note != "", Outcome.id.in_(written))


def _titles(*which: ColumnElement[bool]) -> Sequence[Outcome]:
    return db.session.scalars(
        select(Outcome).where(*which).options(raiseload("*")).order_by(Outcome.id.desc()).limit(OUTCOMES_A_PAGE)
    ).all()


def of_project(project_id: int) -> Sequence[Outcome]:
    """All of a project's outcomes, in whatever state, newest first."""
    return db.session.scalars(select(Outcome).where(Outcome.project_id == project_id).order_by(Outcome.id.desc())).all()


def in_work_of_project(project_id: int) -> Sequence[Outcome]:
    """Those of the project's outcomes that nobody has been told of yet. Titles only."""
    return _titles(Outcome.project_id == project_id, Outcome.state.in_(NEVER_PUBLISHED))
