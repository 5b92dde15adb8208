"""PURE: an indicator's measurements as points in a small drawing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar

WIDTH, HEIGHT, MARGIN = 320, 120, 12


class Measured(Protocol):
    @property
    def value(self) -> Decimal: ...
    @property
    def measured_on(self) -> date: ...


class Indicator(Protocol):
    """A figure with how it was before and what has been measured since."""

    @property
    def baseline(self) -> Decimal: ...
    @property
    def baseline_on(self) -> date: ...
    @property
    def target(self) -> Decimal | None: ...
    @property
    def measurements(self) -> Sequence[Measured]: ...


Kind = TypeVar("Kind", bound=Indicator)


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    on: date
    value: Decimal


@dataclass(frozen=True)
class Chart:
    points: list[Point]
    """How it was before comes first."""
    target_y: float | None

    @property
    def line(self) -> str:
        """The points as SVG's polyline takes them."""
        return " ".join(f"{point.x},{point.y}" for point in self.points)


def chart(measured: Sequence[tuple[date, Decimal]], *, target: Decimal | None) -> Chart:
    """Draw the measurements, the baseline first, by day and value; the scale begins at nothing."""
    ordered = [measured[0], *sorted(measured[1:], key=lambda one: one[0])]
    values = [value for _, value in ordered] + ([target] if target is not None else [])
    low, high = min([*values, Decimal(0)]), max([*values, Decimal(0)])
    days = [day for day, _ in ordered]
    first, last = min(days), max(days)

    def height(value: Decimal) -> float:
        share = float((value - low) / (high - low)) if high > low else 0.0
        return round(HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN), 1)

    def across(day: date) -> float:
        share = (day - first).days / max((last - first).days, 1)
        return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)

    points = [Point(across(day), height(value), day, value) for day, value in ordered]
    return Chart(points, None if target is None else height(target))


def drawn(indicators: Iterable[Kind]) -> list[tuple[Kind, Chart]]:
    """Each of the indicators with its drawing."""
    return [(indicator, _chart_of(indicator)) for indicator in indicators]


def _chart_of(indicator: Indicator) -> Chart:
    since = [(measurement.measured_on, measurement.value) for measurement in indicator.measurements]
    return chart([(indicator.baseline_on, indicator.baseline), *since], target=indicator.target)
