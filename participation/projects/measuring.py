"""The figures a project means to change, and how they are measured over time."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm.attributes import flag_modified

from participation import clock
from participation.audit import service as audit
from participation.extensions import db
from participation.permissions import Actor
from participation.projects.models import SUBJECT_KIND, Measurement, Project, ProjectIndicator
from participation.projects.service import hold, renew, same_version
from participation.refusals import Refusal, Refused


@dataclass(frozen=True, kw_only=True)
class IndicatorWords:
    name: str
    unit: str
    baseline: Decimal
    baseline_on: date
    target: Decimal | None


def add_indicator(actor: Actor, *, project: Project, words: IndicatorWords, version: int) -> ProjectIndicator:
    """Add a figure, with how it was before the project."""
    hold(project)
    same_version(project, version)
    _check_has_been(words.baseline_on)
    indicator = ProjectIndicator(project_id=project.id, **vars(words))
    db.session.add(indicator)
    renew(project)
    db.session.flush()
    _record("indicator_added", actor, indicator, baseline=str(words.baseline))
    return indicator


def change_indicator(actor: Actor, *, indicator: ProjectIndicator, words: IndicatorWords, version: int) -> None:
    _same_version(indicator, version)
    _check_has_been(words.baseline_on)
    before = {"baseline": str(indicator.baseline), "target": str(indicator.target)}
    for name, value in vars(words).items():
        setattr(indicator, name, value)
    _record("indicator_changed", actor, indicator, **before)


def measure(
    actor: Actor, *, indicator: ProjectIndicator, value: Decimal, measured_on: date, version: int
) -> Measurement:
    """Note what the figure was on a day."""
    _same_version(indicator, version)
    _check_has_been(measured_on)
    measurement = Measurement(indicator_id=indicator.id, value=value, measured_on=measured_on, noted_by=actor.id)
    db.session.add(measurement)
    flag_modified(indicator, "name")  # the same form sent twice must meet another version
    db.session.flush()
    _record("measured", actor, indicator, value=str(value), measured_on=measured_on.isoformat())
    return measurement


def delete_measurement(actor: Actor, *, measurement: Measurement) -> None:
    """Take away a measurement that was wrong; the audit trail keeps it."""
    indicator = db.session.get_one(ProjectIndicator, measurement.indicator_id)
    day = measurement.measured_on.isoformat()
    _record("measurement_deleted", actor, indicator, value=str(measurement.value), measured_on=day)
    indicator.measurements.remove(measurement)


def _check_has_been(day: date) -> None:
    if day > clock.today():
        raise Refused(Refusal.DAY_TO_COME)


def _same_version(indicator: ProjectIndicator, version: int) -> None:
    if indicator.version != version:
        raise Refused(Refusal.CHANGED_MEANWHILE)


def _record(action: str, actor: Actor, indicator: ProjectIndicator, **facts: str) -> None:
    audit.record(
        action,
        actor_id=actor.id,
        kind=SUBJECT_KIND,
        object_id=indicator.project_id,
        indicator=indicator.id,
        name=indicator.name,
        **facts,
    )
