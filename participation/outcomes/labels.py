"""The words for outcomes."""

from flask_babel import lazy_gettext, lazy_pgettext

from participation.outcomes.readability import Weight
from participation.outcomes.rules import Gate, Helped, OutcomeState, Value, Verdict

LABELS = {
    OutcomeState: {
        OutcomeState.DRAFT: lazy_pgettext("outcome state", "draft"),
        OutcomeState.IN_REVIEW: lazy_pgettext("outcome state", "waits for approval"),
        OutcomeState.APPROVED: lazy_pgettext("outcome state", "approved"),
        OutcomeState.SCHEDULED: lazy_pgettext("outcome state", "scheduled"),
        OutcomeState.PUBLISHED: lazy_pgettext("outcome state", "published"),
        OutcomeState.CORRECTED: lazy_pgettext("outcome state", "corrected"),
        OutcomeState.WITHDRAWN: lazy_pgettext("outcome state", "withdrawn"),
    },
    Helped: {
        Helped.YES: lazy_pgettext("did it help", "Yes"),
        Helped.PARTLY: lazy_pgettext("did it help", "Partly"),
        Helped.NO: lazy_pgettext("did it help", "No"),
    },
    Weight: {
        Weight.EASY: lazy_pgettext("text", "easy to read"),
        Weight.MEDIUM: lazy_pgettext("text", "fairly easy to read"),
        Weight.HEAVY: lazy_pgettext("text", "heavy to read"),
    },
    Value: {
        Value.QUALITY: lazy_gettext("Better quality"),
        Value.EFFICIENCY: lazy_gettext("Efficiency"),
        Value.STAFF_SATISFACTION: lazy_gettext("Staff satisfaction"),
        Value.RESIDENT_INFLUENCE: lazy_gettext("Residents' influence"),
        Value.BUSINESS_VALUE: lazy_gettext("Value for local business"),
        Value.AVOIDED_COSTS: lazy_gettext("Avoided costs"),
    },
    Gate: {
        Gate.NEW: lazy_pgettext("gate", "New"),
        Gate.USEFUL: lazy_pgettext("gate", "Useful"),
        Gate.IN_USE: lazy_pgettext("gate", "Taken into use"),
    },
    Verdict: {
        Verdict.MET: lazy_pgettext("verdict", "Met"),
        Verdict.PARTLY: lazy_pgettext("verdict", "Partly met"),
        Verdict.NOT: lazy_pgettext("verdict", "Not met yet"),
    },
}
