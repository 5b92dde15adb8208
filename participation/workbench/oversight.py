"""How the promises stand, for those who lead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _

from participation import clock
from participation.insights.queries import figures
from participation.needs import oversight as needs
from participation.needs.oversight import Load
from participation.needs.rules import silent_since
from participation.permissions import Permission
from participation.web.access import requires
from participation.web.addresses import settings
from participation.workbench.blueprint import workbench


@dataclass(frozen=True)
class Unit:
    """The case workers of a unit, and how much they have before them in all."""

    name: str
    loads: Sequence[Load]

    @property
    def owed(self) -> int:
        return sum(load.owed for load in self.loads)

    @property
    def overdue(self) -> int:
        return sum(load.overdue for load in self.loads)

    @property
    def long_overdue(self) -> int:
        return sum(load.long_overdue for load in self.loads)

    @property
    def silent(self) -> int:
        return sum(load.silent for load in self.loads)


@workbench.get("/arbeidsflate/oversikt")
@requires(Permission.OVERSEE)
def oversee() -> str:
    chosen = settings()
    loads = needs.loads(
        today=clock.today(),
        long_overdue_days=chosen.escalate_after_days,
        silent_since=silent_since(clock.now(), weeks=chosen.silent_after_weeks),
    )
    measured = figures()
    return render_template(
        "workbench/oversight.html",
        units=_units(loads),
        most=max((unit.owed for unit in _units(loads)), default=0),
        measured=measured,
        medians={int(number): days for number, days in measured.median_days_by_worker.items()},
        escalate_after_days=chosen.escalate_after_days,
        silent_after_weeks=chosen.silent_after_weeks,
    )


def _units(loads: Iterable[Load]) -> list[Unit]:
    units: dict[str, list[Load]] = {}
    for load in loads:
        name = load.unit or (_("Without a unit") if load.worker_id else _("Nobody's yet"))
        units.setdefault(name, []).append(load)
    return [Unit(name, own) for name, own in units.items()]
