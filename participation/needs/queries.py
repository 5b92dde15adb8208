"""Reads needs for lists, pages and the queue."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.elements import TextClause

from participation.extensions import db
from participation.needs.models import (
    MAY_FALL_SILENT_SQL,
    OPEN_TO_SUPPORT_SQL,
    SUBJECT_KIND,
    Area,
    Need,
    NeedDraft,
    NeedUpdate,
    Theme,
)
from participation.needs.rules import LETTERS, NOT_LISTED, UNANSWERED, NeedState, UpdateKind
from participation.search.models import SearchDocument
from participation.search.queries import Found, find
from participation.web.pagination import ID_MAX, Cursor, Page

Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])
QUEUE_A_PAGE = 50


STATES_IN_ADDRESSES = {
    "mottatt": NeedState.RECEIVED,
    "til-vurdering": NeedState.ASSESSING,
    "tatt-inn": NeedState.ACCEPTED,
    "i-prosjekt": NeedState.IN_PROJECT,
    "proves-ut": NeedState.TESTING,
    "tatt-i-bruk": NeedState.IN_USE,
    "ikke-tatt-videre": NeedState.DECLINED,
}


def state_in_address(word: str) -> NeedState | None:
    """The state that an address asks for, by its Norwegian word or our own; None for anything else."""
    own = {state.value: state for state in STATES_IN_ADDRESSES.values()}
    return STATES_IN_ADDRESSES.get(word) or own.get(word)


@dataclass(frozen=True, kw_only=True)
class NeedFilter:
    """What is asked for: of each kind any of those chosen, or all where none is."""

    text: str = ""
    themes: frozenset[int] = frozenset()
    areas: frozenset[int] = frozenset()
    states: frozenset[NeedState] = frozenset()

    @property
    def narrows(self) -> bool:
        return bool(self.text or self.themes or self.areas or self.states)


class QueueView(StrEnum):
    OWED = "owed"
    OVERDUE = "overdue"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    SILENT = "silent"
    ACCEPTED = "accepted"
    ALL = "all"


def active_themes() -> Sequence[Theme]:
    return db.session.scalars(select(Theme).where(Theme.active).order_by(Theme.position, Theme.nb)).all()


def active_areas() -> Sequence[Area]:
    return db.session.scalars(select(Area).where(Area.active).order_by(Area.name)).all()


def all_themes() -> Sequence[Theme]:
    return db.session.scalars(select(Theme).order_by(Theme.position, Theme.nb)).all()


def all_areas() -> Sequence[Area]:
    return db.session.scalars(select(Area).order_by(Area.name)).all()


def theme(theme_id: int) -> Theme | None:
    return db.session.get(Theme, theme_id)


def area(area_id: int) -> Area | None:
    return db.session.get(Area, area_id)


def _with_card_parts(query: Select[Need]) -> Select[Need]:
    return query.options(joinedload(Need.theme), joinedload(Need.area))


def found_by_text(text: str, *conditions: ColumnElement[bool]) -> Found:
    """The needs for all to see that answer the words and fulfil the conditions, the best first."""
    return find(SUBJECT_KIND, text, among=shown_documents(*conditions))


def shown_documents(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Of the documents of needs, those of needs for all to see that fulfil the conditions."""
    among = select(Need.id).where(Need.id == SearchDocument.object_id, Need.state.not_in(NOT_LISTED), *conditions)
    return among.correlate(SearchDocument).exists()


def _for_cards(query: Select[Need]) -> Select[Need]:
    """With all that a card shows: the first picture too, by one more question however many there are."""
    return _with_card_parts(query).options(selectinload(Need.pictures))


def needed_now(*, limit: int) -> Sequence[Need]:
    """What many need now, of that which others can say that they need too."""
    query = _for_cards(select(Need)).where(_in_states_of_index(OPEN_TO_SUPPORT_SQL))
    return db.session.scalars(query.order_by(Need.heat.desc(), Need.id.desc()).limit(limit)).all()


def narrowed(query: Query, wanted: NeedFilter) -> Query:
    """The query of needs, with what fits the filter only, and nothing that no list shows."""
    query = query.where(*fitting(wanted))
    return query.where(Need.id.in_(found_by_text(wanted.text, *fitting(wanted)).ids)) if wanted.text else query


def fitting(wanted: NeedFilter) -> list[ColumnElement[bool]]:
    """That a need is of the themes, areas and states of the filter."""
    chosen = ((Need.theme_id, wanted.themes), (Need.area_id, wanted.areas))
    of_state = Need.state.in_(wanted.states) if wanted.states else Need.state.not_in(NOT_LISTED)
    return [of_state, *(column.in_(some) for column, some in chosen if some)]


def need_page(need_id: int) -> Need | None:
    """A need with all that its page shows of it; its timeline too."""
    return db.session.scalar(
        select(Need)
        .where(Need.id == need_id)
        .options(
            joinedload(Need.theme),
            joinedload(Need.area),
            joinedload(Need.author),
            joinedload(Need.case_worker),
            selectinload(Need.pictures),
        )
    )


def timeline(need_id: int) -> Sequence[NeedUpdate]:
    """The need's lines, oldest first, each with who wrote it."""
    return db.session.scalars(
        select(NeedUpdate)
        .where(NeedUpdate.need_id == need_id)
        .options(joinedload(NeedUpdate.actor), selectinload(NeedUpdate.revisions))
        .order_by(NeedUpdate.id)
    ).all()


def line_with_need(line_id: int) -> NeedUpdate | None:
    """A line with the wordings it has had."""
    return db.session.scalar(
        select(NeedUpdate)
        .where(NeedUpdate.id == line_id)
        .options(joinedload(NeedUpdate.actor), selectinload(NeedUpdate.revisions))
    )


def promises(need_id: int) -> list[tuple[int, UpdateKind, date]]:
    """The lines that gave a day to answer by, oldest first: number, kind, and the day."""
    rows = db.session.execute(
        select(NeedUpdate.id, NeedUpdate.kind, NeedUpdate.answer_by)
        .where(NeedUpdate.need_id == need_id, NeedUpdate.answer_by.is_not(None))
        .order_by(NeedUpdate.id)
    )
    return [(number, kind, day) for number, kind, day in rows if day is not None]


def promised(lines: Iterable[NeedUpdate]) -> list[tuple[int, UpdateKind, date]]:
    """The same of lines already read."""
    return [(line.id, line.kind, line.answer_by) for line in lines if line.answer_by]


def latest_answers(need_ids: Iterable[int]) -> dict[int, NeedUpdate]:
    """The municipality's latest letter, an answer or news, to each of the needs that has one."""
    newest = (
        select(func.max(NeedUpdate.id))
        .where(NeedUpdate.need_id.in_(list(need_ids)), NeedUpdate.kind.in_(list(LETTERS)))
        .group_by(NeedUpdate.need_id)
    )
    return {line.need_id: line for line in db.session.scalars(select(NeedUpdate).where(NeedUpdate.id.in_(newest)))}


def needs_by_id(need_ids: Iterable[int]) -> Sequence[Need]:
    """The needs in the order asked for; unknown numbers are left out."""
    return _in_order(_with_card_parts(select(Need)), list(need_ids))


def cards_by_id(need_ids: Iterable[int]) -> Sequence[Need]:
    """The same, with all that their cards show."""
    return _in_order(_for_cards(select(Need)), list(need_ids))


def _in_order(query: Select[Need], numbers: list[int]) -> Sequence[Need]:
    found = {need.id: need for need in db.session.scalars(query.where(Need.id.in_(numbers)))}
    return [found[number] for number in numbers if number in found]


def placed_needs(*, after_id: int, limit: int) -> Sequence[Need]:
    """The needs with a place on the map that are open for all to see, by number."""
    return db.session.scalars(
        _with_card_parts(select(Need))
        .where(Need.id > after_id, Need.latitude.is_not(None), Need.state.not_in(NOT_LISTED))
        .order_by(Need.id)
        .limit(limit)
    ).all()


def needs_of(author_id: int) -> Sequence[Need]:
    """A person's own needs, newest first."""
    return db.session.scalars(
        _with_card_parts(select(Need)).where(Need.author_id == author_id).order_by(Need.id.desc()).limit(100)
    ).all()


def drafts_of(person_id: int) -> Sequence[NeedDraft]:
    return db.session.scalars(
        select(NeedDraft).where(NeedDraft.person_id == person_id).order_by(NeedDraft.saved_at.desc()).limit(20)
    ).all()


def draft(key: str, *, person_id: int | None) -> NeedDraft | None:
    """A draft by its key: an unsigned one for whoever holds the key, else only for its owner."""
    found = db.session.get(NeedDraft, key)
    return found if found is not None and found.person_id in (None, person_id) else None


# Where no answer is owed, the number orders: what was taken in first comes first, of all needs the newest.
_AFTER: dict[QueueView, Callable[[int], ColumnElement[bool]]] = {
    QueueView.ACCEPTED: lambda number: Need.id > number,
    QueueView.ALL: lambda number: Need.id < number,
}
_ORDER: dict[QueueView, tuple[Any, ...]] = {QueueView.ACCEPTED: (Need.id,), QueueView.ALL: (Need.id.desc(),)}
_OWED_FIRST = (Need.answer_by, Need.id)


def sent_from(draft_key: str, *, author_id: int) -> Need | None:
    """The need that the person has made of the draft, once it is sent."""
    return db.session.scalar(select(Need).where(Need.submission_key == draft_key, Need.author_id == author_id))


def any_need() -> bool:
    """Whether anyone has ever reported one."""
    return db.session.scalar(select(Need.id).limit(1)) is not None


def queue(
    view: QueueView, *, person_id: int, today: date, wanted: NeedFilter, after: Cursor | None = None
) -> Page[Need]:
    """What staff have before them: the longest overdue first, then by the day promised."""
    query = _for_queue(wanted)
    query = _of_view(query, view, person_id=person_id, today=today)
    if after is not None:
        day = date.fromordinal(max(1, min(int(after.value), date.max.toordinal())))
        later = or_(Need.answer_by > day, and_(Need.answer_by == day, Need.id > after.id))
        query = query.where(_AFTER[view](after.id) if view in _AFTER else later)
    rows = db.session.scalars(query.order_by(*_ORDER.get(view, _OWED_FIRST)).limit(QUEUE_A_PAGE + 1)).all()
    shown = rows[:QUEUE_A_PAGE]
    if len(rows) <= QUEUE_A_PAGE:
        return Page(shown)
    last = shown[-1]
    return Page(shown, Cursor(last.answer_by.toordinal() if last.answer_by else 0, last.id))


def _for_queue(wanted: NeedFilter) -> Select[Need]:
    return narrowed(_with_card_parts(select(Need)).options(joinedload(Need.case_worker)), wanted)


def silent_queue(*, since: datetime, wanted: NeedFilter, after: Cursor | None = None) -> Page[Need]:
    """What has had no news since then and waits for some: the longest silent first."""
    query = _for_queue(wanted).where(silent_before(since))
    if after is not None:
        at = _BEGINNING + timedelta(microseconds=max(0, min(int(after.value), _LATEST_MICROSECOND)))
        query = query.where(or_(Need.news_at > at, and_(Need.news_at == at, Need.id > after.id)))
    rows = db.session.scalars(query.order_by(Need.news_at, Need.id).limit(QUEUE_A_PAGE + 1)).all()
    shown = rows[:QUEUE_A_PAGE]
    if len(rows) <= QUEUE_A_PAGE:
        return Page(shown)
    return Page(shown, Cursor((shown[-1].news_at - _BEGINNING) // timedelta(microseconds=1), shown[-1].id))


def silent_before(since: datetime) -> ColumnElement[bool]:
    """Waits, and has had no news since then."""
    return and_(_in_states_of_index(MAY_FALL_SILENT_SQL), Need.news_at <= since)


def _in_states_of_index(states: str) -> TextClause:
    """In the words of the index, so that each database sees that it serves."""
    on_sqlite = db.session.get_bind().dialect.name == "sqlite"
    return text(f"+need.{states}" if on_sqlite else f"need.{states}")


_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MICROSECOND = 2**53


def _of_view(query: Select[Need], view: QueueView, *, person_id: int, today: date) -> Select[Need]:
    if view is QueueView.ALL:
        return query
    if view is QueueView.ACCEPTED:
        return query.where(Need.state == NeedState.ACCEPTED)
    query = query.where(Need.answer_by.is_not(None), Need.state.in_(list(UNANSWERED)))
    if view is QueueView.OVERDUE:
        return query.where(Need.answer_by < today)
    if view is QueueView.MINE:
        return query.where(Need.case_worker_id == person_id)
    if view is QueueView.UNASSIGNED:
        return query.where(Need.case_worker_id.is_(None))
    return query


def next_owed(need: Need) -> Need | None:
    """The need that stands after this one in the queue; the first of all where this one is owed no answer."""
    query = select(Need).where(Need.answer_by.is_not(None), Need.state.in_(list(UNANSWERED)))
    if need.answer_by is not None:
        query = query.where(
            or_(Need.answer_by > need.answer_by, and_(Need.answer_by == need.answer_by, Need.id > need.id))
        )
    return db.session.scalar(query.order_by(*_OWED_FIRST).limit(1))


def previous_owed(need: Need) -> Need | None:
    if need.answer_by is None:
        return None
    before = or_(Need.answer_by < need.answer_by, and_(Need.answer_by == need.answer_by, Need.id < need.id))
    return db.session.scalar(
        select(Need)
        .where(before, Need.state.in_(list(UNANSWERED)))
        .order_by(Need.answer_by.desc(), Need.id.desc())
        .limit(1)
    )


def need_by_reference(text: str) -> Need | None:
    """The need that staff mean by a reference (B-2026-0042, in any case) or by the number in its address."""
    wanted = text.strip().upper().removeprefix("#")
    if wanted.isascii() and wanted.isdecimal() and len(wanted) <= len(str(ID_MAX)):
        return db.session.get(Need, int(wanted)) if int(wanted) <= ID_MAX else None
    return db.session.scalar(select(Need).where(Need.reference == wanted)) if wanted.isprintable() else None


@dataclass(frozen=True)
class Owed:
    """How much is waiting for an answer. Counted over the open queue alone, which its index keeps small."""

    overdue: int
    this_week: int
    in_all: int
    mine: int
    unassigned: int


def owed(*, person_id: int, today: date, week_ends: date) -> Owed:
    row = db.session.execute(
        select(
            func.count().filter(Need.answer_by < today),
            func.count().filter(Need.answer_by.between(today, week_ends)),
            func.count(),
            func.count().filter(Need.case_worker_id == person_id),
            func.count().filter(Need.case_worker_id.is_(None)),
        ).where(Need.answer_by.is_not(None))
    ).one()
    return Owed(*row)
