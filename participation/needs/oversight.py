"""How the promises stand, for those who lead: by unit and case worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from participation.accounts.queries import people_by_id
from participation.extensions import db
from participation.needs.models import Need
from participation.needs.queries import silent_before
from participation.needs.rules import UNANSWERED

# Nobody is 0. As an expression, no index on it is taken that would lead through all needs there are.
_WORKER = func.coalesce(Need.case_worker_id, 0)


@dataclass(frozen=True, kw_only=True)
class Load:
    """What one case worker has before them; without a name, what is nobody's yet."""

    worker_id: int | None
    name: str | None
    unit: str | None
    owed: int = 0
    overdue: int = 0
    long_overdue: int = 0
    silent: int = 0


def loads(*, today: date, long_overdue_days: int, silent_since: datetime) -> Sequence[Load]:
    """By unit, the one with the most overdue first in each. Three queries, however many there are of what."""
    owed = _owed(today, today - timedelta(days=long_overdue_days))
    silent = _silent(silent_since)
    numbers = {*owed, *silent}
    people = {person.id: person for person in people_by_id(numbers)}
    found = [_load(people.get(number), owed.get(number, {}), silent.get(number, 0)) for number in numbers]
    return sorted(found, key=lambda load: (load.unit or "\uffff", -load.overdue, load.name or "\uffff"))


def _load(person: Any, owed: dict[str, int], silent: int) -> Load:
    if person is None:
        return Load(worker_id=None, name=None, unit=None, silent=silent, **owed)
    return Load(worker_id=person.id, name=person.name, unit=person.unit, silent=silent, **owed)


def _owed(today: date, long_ago: date) -> dict[int, dict[str, int]]:
    rows = db.session.execute(
        select(
            _WORKER,
            func.count(),
            func.count().filter(Need.answer_by < today),
            func.count().filter(Need.answer_by <= long_ago),
        )
        .where(Need.answer_by.is_not(None), Need.state.in_(list(UNANSWERED)))
        .group_by(_WORKER)
    )
    return {worker: {"owed": owed, "overdue": late, "long_overdue": very} for worker, owed, late, very in rows}


def _silent(since: datetime) -> dict[int, int]:
    rows = db.session.execute(select(_WORKER, func.count()).where(silent_before(since)).group_by(_WORKER))
    counts: dict[int, int] = dict(rows.all())
    return counts
