"""The words for a need's states and the lines of its timeline."""

from flask_babel import lazy_pgettext

from participation.needs.rules import NeedState, UpdateKind

LABELS = {
    NeedState: {
        NeedState.RECEIVED: lazy_pgettext("need state", "received"),
        NeedState.ASSESSING: lazy_pgettext("need state", "being assessed"),
        NeedState.ACCEPTED: lazy_pgettext("need state", "accepted"),
        NeedState.IN_PROJECT: lazy_pgettext("need state", "in a project"),
        NeedState.TESTING: lazy_pgettext("need state", "being tested"),
        NeedState.IN_USE: lazy_pgettext("need state", "taken into use"),
        NeedState.DECLINED: lazy_pgettext("need state", "not taken further"),
        NeedState.WITHDRAWN: lazy_pgettext("need state", "withdrawn"),
    },
    UpdateKind: {
        UpdateKind.RECEIVED: lazy_pgettext("timeline", "The need was received"),
        UpdateKind.ASSESSING: lazy_pgettext("timeline", "We began to assess the need"),
        UpdateKind.PROVISIONAL: lazy_pgettext("timeline", "Provisional answer"),
        UpdateKind.ACCEPTED: lazy_pgettext("timeline", "Answer: accepted for further work"),
        UpdateKind.DECLINED: lazy_pgettext("timeline", "Answer: not taken further"),
        UpdateKind.LINKED: lazy_pgettext("timeline", "Became part of an innovation project"),
        UpdateKind.LINK_ENDED: lazy_pgettext("timeline", "Is no longer part of the project"),
        UpdateKind.PHASE_CHANGED: lazy_pgettext("timeline", "The project moved on"),
        UpdateKind.PROJECT_STOPPED: lazy_pgettext("timeline", "The project ended"),
        UpdateKind.OUTCOME: lazy_pgettext("timeline", "A result is ready"),
        UpdateKind.ADDITION: lazy_pgettext("timeline", "Addition from the one who reported it"),
        UpdateKind.WITHDRAWN: lazy_pgettext("timeline", "The need was withdrawn"),
        UpdateKind.ASKED_AGAIN: lazy_pgettext("timeline", "A new assessment was asked for"),
        UpdateKind.NEWS: lazy_pgettext("timeline", "News from the municipality"),
        UpdateKind.STILL_IN_USE: lazy_pgettext("timeline", "Still in use"),
        UpdateKind.NO_LONGER_IN_USE: lazy_pgettext("timeline", "No longer in use"),
        UpdateKind.OUTCOME_CORRECTED: lazy_pgettext("timeline", "The result was put right"),
        UpdateKind.OUTCOME_WITHDRAWN: lazy_pgettext("timeline", "The result was withdrawn"),
    },
}
