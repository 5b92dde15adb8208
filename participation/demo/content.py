"""The demo town's texts, as they lie in data/*.toml."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
Entry = dict[str, Any]


@dataclass(frozen=True)
class Content:
    themes: list[Entry]
    areas: list[Entry]
    first_names: list[str]
    surnames: list[str]
    units: list[str]
    needs: list[Entry]
    projects: list[Entry]
    outcomes: list[Entry]
    templates: list[Entry] = field(default_factory=list)
    follow_ups: list[Entry] = field(default_factory=list)
    """What was said later of the outcomes that are old enough."""
    plans: list[Entry] = field(default_factory=list)
    """What is planned, measured and noted in the projects, and how they ended."""
    newsroom: list[Entry] = field(default_factory=list)
    """What communications did with the outcomes."""
    pictures: list[Entry] = field(default_factory=list)
    """What residents sent with their needs."""
    unit_of: dict[str, str] = field(default_factory=dict)
    """The unit that answers for each theme."""


def load() -> Content:
    places, people = _read("themes.toml"), _read("people.toml")
    return Content(
        themes=places["theme"],
        areas=places["area"],
        first_names=people["first_names"],
        surnames=[surname(start, end) for start in people["surname_starts"] for end in people["surname_ends"]],
        units=[unit["name"] for unit in people["unit"]],
        needs=_gather("needs-*.toml", "need"),
        projects=_gather("projects-*.toml", "project"),
        outcomes=_gather("outcomes-*.toml", "outcome"),
        templates=_read("templates.toml")["template"],
        follow_ups=_read("follow-up.toml")["follow_up"],
        plans=_gather("project-plans.toml", "plan"),
        newsroom=_read("newsroom.toml")["newsroom"],
        pictures=_read("need-pictures.toml")["picture"],
        unit_of={theme: unit["name"] for unit in people["unit"] for theme in unit["answers"]},
    )


def surname(start: str, end: str) -> str:
    """The two put together; Norwegian never writes the same letter three times in a row."""
    return start + end.removeprefix(start[-1]) if start[-2:] == start[-1] + end[0] else start + end


def _read(name: str) -> Entry:
    with (DATA / name).open("rb") as file:
        return tomllib.load(file)


def _gather(pattern: str, kind: str) -> list[Entry]:
    return [entry for path in sorted(DATA.glob(pattern)) for entry in _read(path.name)[kind]]
