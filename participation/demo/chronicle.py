"""What the stories of the demo town share: who lives there, what has been made, and what happens when."""

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

from participation import clock
from participation.demo import places
from participation.demo.content import Content
from participation.demo.history import Calendar, Deed, Moment
from participation.demo.people import People
from participation.needs.models import Need
from participation.projects.models import Project
from participation.settings import Settings


class Chronicle:
    """Things are found by their key in the content; deeds are gathered first and done later, in order."""

    def __init__(self, content: Content, rng: Random, settings: Settings) -> None:
        self.content, self.rng, self.settings = content, rng, settings
        self.now = clock.now()
        self.calendar = Calendar(self.now.astimezone(clock.MUNICIPAL_TIME), rng)
        self.people = People({}, [], [])
        self.themes: dict[str, int] = {}
        self.areas: dict[str, int] = {}
        self.outlines = {outline.name: outline for outline in places.outlines()}
        self.needs: dict[str, Need] = {}
        self.projects: dict[str, Project] = {}
        self._deeds: list[tuple[Moment, Deed]] = []

    def then(self, at: datetime, deed: Deed) -> None:
        """Let the deed happen at that moment, or now where that is still to come."""
        self._deeds.append((Moment(min(at.astimezone(UTC), self.now), len(self._deeds)), deed))

    def live(self, after_each: Callable[[int, int], None]) -> None:
        """Do all that has been gathered, in the order it happened; tells how many are done, of how many."""
        self._deeds.sort(key=lambda planned: planned[0])
        for done, (moment, deed) in enumerate(self._deeds, start=1):
            with clock.travel(moment.at):
                deed()
            after_each(done, len(self._deeds))


def ignore(_result: object) -> None:
    """A deed gives nothing back."""
