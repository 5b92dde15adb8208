"""What each kind of event tells its reader, in their language, from the event's facts and the needs that are theirs.

The mail, the bundle and the letter show the same parts, each with a heading and a way on of its own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from participation.notifications.models import Event
from participation.notifications.parts import (
    Entry,
    Part,
    Style,
    letter,
    listed,
    need_quoted,
    sentence,
    spoken,
    strong,
    written,
)
from participation.notifications.rules import EventKind, Reason
from participation.notifications.tasks import told_at_work
from participation.web.addresses import settings
from participation.web.filters import counted, label_of, long_date, meaning_of, number

Facts = dict[str, Any]
Needs = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Item:
    """One event as it is told among others."""

    headline: str
    event: Event
    needs: list[dict[str, Any]]
    url: str
    parts: tuple[Part, ...] = ()
    in_bokmal: str = ""
    """Said of the parts, to one who reads another language."""

    @property
    def facts(self) -> Facts:
        return self.event.facts


@dataclass(frozen=True)
class YearSummed:
    """What a person was told of in a year."""

    year: int
    results: list[Item]
    more_results: int
    answers: int
    progress: int
    out_of_use: frozenset[int]
    """Those of the results, by number, that are no longer in use."""

    @property
    def is_empty(self) -> bool:
        return not (self.results or self.answers or self.progress)


def tell(
    kind: EventKind, facts: Facts, needs: Needs, *, reason: Reason | None = None, year: YearSummed | None = None
) -> tuple[Part, ...]:
    """The parts; empty ones are left out. A year's summary is told from `year`."""
    if kind is EventKind.YEAR:
        told = _year(year) if year else iter(())
    elif kind is EventKind.ASKED_AGAIN:
        told = _asked_again(facts, needs, is_author=reason is Reason.AUTHOR)
    else:
        told = _TELLERS[kind](facts, needs)
    return tuple(part for part in told if part.text or part.entries)


def _quoted(needs: Needs) -> Iterator[Part]:
    return map(need_quoted, needs)


def _answer_by(facts: Facts) -> Part:
    return strong(_("You get an answer by %(date)s.", date=long_date(facts["answer_by"])))


def _would_change(words: Facts) -> Iterator[Part]:
    if words.get("would_change"):
        yield strong(_("What would make us look at it again:"))
        yield letter(words["would_change"])


def _of_needs(needs: Needs) -> Iterator[Part]:
    if needs:
        yield sentence(counted("It is about this need:", "It is about these needs:", len(needs)))
    yield from _quoted(needs)


def _received(facts: Facts, needs: Needs) -> Iterator[Part]:
    yield sentence(_("Thank you for telling us what you need. We have received:"))
    yield from _quoted(needs)
    yield _answer_by(facts)
    yield sentence(_("Meanwhile others can read it, comment on it and say that they need it too."))


def _answered(facts: Facts, needs: Needs) -> Iterator[Part]:
    yield sentence(_("%(municipality)s has answered:", municipality=settings().municipality_name))
    yield from _quoted(needs)
    yield letter(facts.get("mail_body") or facts["body"])
    yield from _would_change(facts)
    if facts.get("former_answer_by"):
        yield strong(_date_moved(facts))
    elif facts.get("answer_by"):
        yield _answer_by(facts)


def _date_moved(facts: Facts) -> str:
    words: str = _(
        "We promised an answer by %(former)s, and move the date to %(date)s.",
        former=long_date(facts["former_answer_by"]),
        date=long_date(facts["answer_by"]),
    )
    times = facts["times_moved"]
    if times < 2:
        return words
    again = counted("The date has now been moved %(num)s time.", "The date has now been moved %(num)s times.", times)
    return f"{words} {again}"


def _answer_corrected(facts: Facts, needs: Needs) -> Iterator[Part]:
    yield sentence(
        counted(
            "We have corrected the wording of what we wrote on this need:",
            "We have corrected the wording of what we wrote on these needs:",
            max(len(needs), 1),
        )
    )
    yield from _quoted(needs)
    yield strong(_("What is corrected:"))
    yield written(facts["note"])
    yield strong(_("This is what it says now:"))
    yield letter(facts.get("mail_body") or facts["body"])
    yield from _would_change(facts)


def _asked_again(facts: Facts, needs: Needs, *, is_author: bool) -> Iterator[Part]:
    if is_author:
        yield sentence(_("You asked for a new assessment of your need, and we are looking at it again:"))
    else:
        yield sentence(
            _("The one who reported this need has asked for a new assessment, and we are looking at it again:")
        )
    yield from _quoted(needs)
    yield strong(_("You wrote:") if is_author else _("This is the reason given:"))
    yield written(facts["body"])
    yield _answer_by(facts)


def _linked(facts: Facts, needs: Needs) -> Iterator[Part]:
    yield sentence(_("Something is being done about this need:"))
    yield from _quoted(needs)
    if facts.get("project"):
        yield sentence(
            _(
                "It has become part of the innovation project “%(project)s”. The project %(scope)s.",
                project=facts["project"]["title"],
                scope=label_of(facts["scope"], "Scope"),
            )
        )
        yield letter(facts["note"])
    else:
        ours = settings().municipality_name
        yield sentence(_("It has become part of an innovation project in %(municipality)s.", municipality=ours))
    yield sentence(_("We tell you when the project moves on, and what comes of it."))


def _phase_changed(facts: Facts, needs: Needs) -> Iterator[Part]:
    yield sentence(_project_news(facts))
    yield letter(facts.get("note") or "")
    if facts.get("phase"):
        yield sentence(meaning_of(facts["phase"], "Phase"))
        yield from _of_needs(needs)
        return
    for need in needs:
        yield need_quoted(need)
        yield from _next_step(need)


def _project_news(facts: Facts) -> str:
    if not facts.get("project"):
        return str(
            _(
                "An innovation project in %(municipality)s that took on a need you care about has ended.",
                municipality=settings().municipality_name,
            )
        )
    title = facts["project"]["title"]
    if facts.get("ending") == "finished":
        return str(_("The innovation project “%(project)s” is finished. This is what we learnt:", project=title))
    if facts.get("stopped"):
        return str(_("The innovation project “%(project)s” has been stopped. This is what we learnt:", project=title))
    phase = label_of(facts["phase"], "Phase")
    return str(_("The innovation project “%(project)s” has reached the phase %(phase)s.", project=title, phase=phase))


def _next_step(need: dict[str, Any]) -> Iterator[Part]:
    if need.get("next_step") == "continue":
        yield strong(_("What happens now: we still want to solve it."))
        yield letter(need["text"])
    elif need.get("next_step") == "decline":
        yield strong(_("What happens now: we are not taking it further."))
        yield letter(need["text"])
        yield from _would_change(need)


def _news(facts: Facts, needs: Needs) -> Iterator[Part]:
    yield sentence(_("%(municipality)s has news on this need:", municipality=settings().municipality_name))
    yield from _quoted(needs)
    yield letter(facts.get("mail_body") or facts["body"])


def _outcome(facts: Facts, needs: Needs) -> Iterator[Part]:
    yield sentence(_("There is a result of something you care about."))
    yield spoken(facts["outcome"], "summary")
    yield from _verdicts(needs)


def _verdicts(needs: Needs) -> Iterator[Part]:
    if needs:
        yield sentence(counted("What it means for the need:", "What it means for the needs:", len(needs)))
    for need in needs:
        yield need_quoted(need)
        yield strong(label_of(need["verdict"], "Verdict"))
        yield spoken(need, "text", style=Style.LETTER)


def _outcome_corrected(facts: Facts, needs: Needs) -> Iterator[Part]:
    yield sentence(_("We have put right what we said of a result you care about. This is how it reads now."))
    yield strong(_("What is put right"))
    yield written(facts["note"], language="nb")
    yield spoken(facts["outcome"], "summary")
    yield from _verdicts(needs)


def _outcome_withdrawn(facts: Facts, needs: Needs) -> Iterator[Part]:
    yield sentence(_("We have withdrawn a result you care about. What it said did not hold, and we are sorry."))
    yield strong(_("Why"))
    yield written(facts["note"], language="nb")
    yield sentence(
        counted(
            "It was about this need. Its page says how it stands now.",
            "It was about these needs. Their pages say how they stand now.",
            len(needs),
        )
    )
    for need in needs:
        yield need_quoted(need)


def _still_in_use(facts: Facts, needs: Needs) -> Iterator[Part]:
    yield sentence(
        counted(
            "After %(num)s month we have looked at whether what came of this is still in use. It is:",
            "After %(num)s months we have looked at whether what came of this is still in use. It is:",
            facts["months"],
        )
    )
    yield letter(facts["body"], language="nb")
    yield listed(*[Entry(_figure(figure)) for figure in facts["figures"]])
    yield from _of_needs(needs)


def _figure(figure: dict[str, str]) -> str:
    measured = f"{number(float(figure['value']))} {figure['unit']}".strip()
    return f"{figure['name']}: {measured} ({long_date(figure['measured_on'])})"


def _no_longer_in_use(facts: Facts, needs: Needs) -> Iterator[Part]:
    unconfirmed = facts["unconfirmed"]
    yield sentence(_("We told you of a result. It is no longer in use, and you should know:"))
    if unconfirmed:
        yield sentence(_("Nobody has confirmed in time that it is still in use, so we no longer count it as in use."))
    else:
        yield letter(facts["body"], language="nb")
    yield strong(_("What happens now:"))
    for need in needs:
        yield need_quoted(need)
        if unconfirmed:
            yield sentence(_how_it_stands(facts, need))
        else:
            yield letter(facts["next_steps"].get(str(need["id"])) or "", language="nb")


def _how_it_stands(facts: Facts, need: dict[str, Any]) -> str:
    if need["id"] in facts.get("still_met", ()):
        return str(_("Another result still answers this need, so the need still counts as taken into use."))
    if need["id"] in facts.get("open_again", (need["id"],)):
        return str(_("The need is open again, and can be supported and taken up anew."))
    return str(_("The need's page says how it stands now."))


def _did_it_help(facts: Facts, needs: Needs) -> Iterator[Part]:
    yield sentence(_("Some weeks ago we told you of this result:"))
    yield spoken(facts["outcome"], "title", style=Style.STRONG)
    yield from _of_needs(needs)
    yield sentence(_("We ask once. We never show who answered what."))


def _year(year: YearSummed) -> Iterator[Part]:
    yield sentence(
        _(
            "Thank you for taking part in %(year)s. This came of what you reported, supported or followed.",
            year=year.year,
        )
    )
    for item in year.results:
        yield replace(spoken(item.facts["outcome"], "title", style=Style.STRONG), url=item.url)
        if item.event.about_id in year.out_of_use:
            yield sentence(_("No longer in use"))
        for need in item.needs:
            yield need_quoted(need)
            yield sentence(label_of(need["verdict"], "Verdict"))
    if year.more_results:
        yield sentence(counted("and %(num)s more result", "and %(num)s more results", year.more_results))
    if not year.results:
        yield sentence(_("No results came out of it last year. The work goes on, and you are told when there is one."))
    if year.answers:
        yield sentence(
            counted("The municipality answered %(num)s time.", "The municipality answered %(num)s times.", year.answers)
        )
    if year.progress:
        yield sentence(
            counted(
                "You were told %(num)s time how the work goes on.",
                "You were told %(num)s times how the work goes on.",
                year.progress,
            )
        )


_TELLERS: dict[EventKind, Callable[[Facts, Needs], Iterator[Part]]] = {
    EventKind.RECEIVED: _received,
    EventKind.ANSWERED: _answered,
    EventKind.ANSWER_CORRECTED: _answer_corrected,
    EventKind.LINKED: _linked,
    EventKind.PHASE_CHANGED: _phase_changed,
    EventKind.NEWS: _news,
    EventKind.OUTCOME: _outcome,
    EventKind.OUTCOME_CORRECTED: _outcome_corrected,
    EventKind.OUTCOME_WITHDRAWN: _outcome_withdrawn,
    EventKind.STILL_IN_USE: _still_in_use,
    EventKind.NO_LONGER_IN_USE: _no_longer_in_use,
    EventKind.DID_IT_HELP: _did_it_help,
    # The needs are the event's own: staff subscribe to none of them.
    EventKind.WORK: lambda facts, _needs: told_at_work(facts),
}
