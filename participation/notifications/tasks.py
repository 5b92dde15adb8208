"""What waits for staff, as they are told of it: one sentence for each kind of task, and what it is about."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from participation.notifications.parts import Entry, Part, listed, need_quoted, sentence, strong, written
from participation.web.addresses import absolute_url
from participation.web.filters import counted, label_of, long_date

Facts = dict[str, Any]
_LISTS = ("long_overdue", "overdue", "due")


def told_at_work(facts: Facts) -> Iterator[Part]:
    yield sentence(_what(facts))
    if facts.get("task") == "reminders":
        for name in _LISTS:
            yield from _reminders(facts, name)
    if facts.get("task") == "use_checks":
        yield from _use_checks(facts)
    for need in (facts.get("needs") or {}).values():
        yield need_quoted(need)
    if facts.get("why"):
        yield sentence(label_of(facts["why"], "Refusal"))
    yield written(facts.get("body") or facts.get("note") or "")


def _what(facts: Facts) -> str:
    title = (facts.get("outcome") or {}).get("title", "")
    match facts.get("task"):
        case "remark" if facts.get("by"):
            said = _("%(name)s has written a remark on the result “%(title)s”:", name=facts["by"], title=title)
        case "remark":
            said = _("There is a new remark on the result “%(title)s”.", title=title)
        case "held_back":
            said = _(
                "The result “%(title)s” was not published as planned. Look at it, and choose a new time.", title=title
            )
        case "correction_rejected":
            said = _(
                "Your correction of the result “%(title)s” was not approved. What is published stays as it is.",
                title=title,
            )
        case "use_check" if title:
            said = _("It is time to confirm whether “%(title)s” is still in use.", title=title)
        case "use_check":
            said = _("It is time to confirm what is still in use.")
        case "use_checks":
            said = _of_use(facts)
        case "asked_again":
            said = _("The one who reported this need has asked for a new assessment.")
        case "reminders":
            said = counted(
                "This need waits for the answer we have promised.",
                "These needs wait for the answer we have promised.",
                sum(_in_all(facts, name) for name in _LISTS),
            )
        case _other:
            said = _("Something waits for you in the workbench.")
    return str(said)


def _of_use(facts: Facts) -> str:
    if facts["asked"]:
        return counted(
            "It is time to confirm whether this result is still in use.",
            "It is time to confirm whether these results are still in use.",
            len(facts["asked"] + facts["reminded"]),
        )
    return counted(
        "We have asked before, and nobody has said yet whether this result is still in use.",
        "We have asked before, and nobody has said yet whether these results are still in use.",
        len(facts["reminded"]),
    )


def _use_checks(facts: Facts) -> Iterator[Part]:
    yield listed(*[_check_entry(check) for check in facts["asked"]])
    if facts["asked"] and facts["reminded"]:
        yield strong(_("We have asked about this before"))
    yield listed(*[_check_entry(check) for check in facts["reminded"]])
    yield sentence(
        _("When nobody answers in time, it no longer counts as in use, and everyone behind the needs is told.")
    )


def _check_entry(check: Facts) -> Entry:
    since = counted("%(num)s month after it was published", "%(num)s months after it was published", check["months"])
    return Entry(check["outcome"]["title"], since, url_of_check(check))


def url_of_check(check: Facts) -> str:
    outcome_id, months = check["outcome"]["id"], check["months"]
    return absolute_url("workbench.use_check", outcome_id=outcome_id, months=months)


def _reminders(facts: Facts, name: str) -> Iterator[Part]:
    needs = facts.get(name)
    if not needs:
        return
    yield strong({"due": _("Soon due"), "overdue": _("Overdue")}.get(name) or _("Long overdue"))
    yield listed(*[_entry(need) for need in needs])
    more = _in_all(facts, name) - len(needs)
    if more > 0:
        yield sentence(counted("and %(num)s more", "and %(num)s more", more))


def _entry(need: dict[str, Any]) -> Entry:
    answer_by = _("Answer by %(date)s", date=long_date(need["answer_by"]))
    url = absolute_url("workbench.show_need", need_id=need["id"])
    return Entry(need["title"], f"{need['reference']}. {answer_by}", url)


def _in_all(facts: Facts, name: str) -> int:
    return facts.get(f"{name}_in_all") or 0
