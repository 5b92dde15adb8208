"""The words for why someone is told, and how it went."""

from flask_babel import lazy_pgettext
from flask_babel.speaklater import LazyString

from participation.notifications.rules import DeliveryStatus, EventKind, Pace, Reason, Topic

_OF_ONE = {
    Reason.AUTHOR: lazy_pgettext("reason", "you reported this need"),
    Reason.SUPPORTER: lazy_pgettext("reason", "you support this need"),
    Reason.COMMENTER: lazy_pgettext("reason", "you commented on this need"),
    Reason.FOLLOWER: lazy_pgettext("reason", "you follow this need"),
    Reason.STAFF: lazy_pgettext("reason", "it is part of your work"),
}
_OF_SEVERAL = {
    Reason.AUTHOR: lazy_pgettext("reason", "you reported at least one of the needs"),
    Reason.SUPPORTER: lazy_pgettext("reason", "you support at least one of the needs"),
    Reason.COMMENTER: lazy_pgettext("reason", "you commented on at least one of the needs"),
    Reason.FOLLOWER: lazy_pgettext("reason", "you follow at least one of the needs"),
    Reason.STAFF: lazy_pgettext("reason", "it is part of your work"),
}
TOPICS = {
    Topic.ANSWERS: lazy_pgettext("topic", "Answers to what I have reported, support or follow"),
    Topic.PROGRESS: lazy_pgettext("topic", "How the work goes on"),
    Topic.RESULTS: lazy_pgettext("topic", "Results"),
    Topic.QUESTIONS: lazy_pgettext("topic", "Questions on whether a result helped"),
    Topic.SUMMARY: lazy_pgettext("topic", "The year's summary"),
    Topic.WORK: lazy_pgettext("topic", "What waits for me at work"),
}
LABELS = {
    Reason: _OF_ONE,
    Topic: TOPICS,
    EventKind: {
        EventKind.RECEIVED: lazy_pgettext("event", "A need is received"),
        EventKind.ANSWERED: lazy_pgettext("event", "An answer"),
        EventKind.ANSWER_CORRECTED: lazy_pgettext("event", "An answer is put right"),
        EventKind.ASKED_AGAIN: lazy_pgettext("event", "A new assessment is asked for"),
        EventKind.LINKED: lazy_pgettext("event", "A need becomes part of a project"),
        EventKind.PHASE_CHANGED: lazy_pgettext("event", "A project moves on"),
        EventKind.NEWS: lazy_pgettext("event", "News on a need"),
        EventKind.OUTCOME: lazy_pgettext("event", "A result"),
        EventKind.OUTCOME_CORRECTED: lazy_pgettext("event", "A result is put right"),
        EventKind.OUTCOME_WITHDRAWN: lazy_pgettext("event", "A result is withdrawn"),
        EventKind.STILL_IN_USE: lazy_pgettext("event", "Still in use"),
        EventKind.NO_LONGER_IN_USE: lazy_pgettext("event", "No longer in use"),
        EventKind.DID_IT_HELP: lazy_pgettext("event", "Did it help?"),
        EventKind.YEAR: lazy_pgettext("event", "The year's summary"),
        EventKind.WORK: lazy_pgettext("event", "To staff"),
    },
    Pace: {
        Pace.AT_ONCE: lazy_pgettext("pace", "At once"),
        Pace.DAILY: lazy_pgettext("pace", "Once a day"),
        Pace.WEEKLY: lazy_pgettext("pace", "Once a week"),
        Pace.NEVER: lazy_pgettext("pace", "Never by e-mail"),
    },
    DeliveryStatus: {
        DeliveryStatus.PENDING: lazy_pgettext("delivery", "on the way"),
        DeliveryStatus.SENT: lazy_pgettext("delivery", "told by e-mail"),
        DeliveryStatus.FAILED: lazy_pgettext("delivery", "the e-mail was refused"),
        DeliveryStatus.OPTED_OUT: lazy_pgettext("delivery", "has turned off e-mail, and sees it on My page"),
        DeliveryStatus.UNREACHABLE: lazy_pgettext("delivery", "has no e-mail address"),
        DeliveryStatus.ON_PAPER: lazy_pgettext("delivery", "told on paper"),
    },
}


def because(reason: Reason, *, needs: int) -> LazyString:
    """Why the person is told of an event that is about so many needs of theirs."""
    return (_OF_SEVERAL if needs > 1 else _OF_ONE)[reason]
