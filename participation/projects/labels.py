"""The words for projects, after KS, the UN and the innovation strategy."""

from enum import StrEnum

from flask_babel import lazy_gettext, lazy_pgettext
from flask_babel.speaklater import LazyString

from participation.projects.rules import Ending, NextStepKind, NoteKind, Phase, Principle, Scope, Visibility

LABELS = {
    Phase: {
        Phase.ANCHORING: lazy_pgettext("phase", "Anchoring"),
        Phase.INSIGHT: lazy_pgettext("phase", "Insight"),
        Phase.DEVELOPMENT: lazy_pgettext("phase", "Service development"),
        Phase.PILOTING: lazy_pgettext("phase", "Piloting"),
        Phase.TRANSITION: lazy_pgettext("phase", "Transition to operations"),
        Phase.NEW_PRACTICE: lazy_pgettext("phase", "New practice"),
    },
    Ending: {
        Ending.STOPPED: lazy_pgettext("project", "Stopped"),
        Ending.FINISHED: lazy_pgettext("project", "Finished"),
    },
    NextStepKind: {
        NextStepKind.CONTINUE: lazy_pgettext("next step", "We still want to solve it"),
        NextStepKind.DECLINE: lazy_pgettext("next step", "We are not taking it further"),
    },
    NoteKind: {
        NoteKind.NOTE: lazy_pgettext("project note", "Note"),
        NoteKind.DECISION: lazy_pgettext("project note", "Decision"),
    },
    Visibility: {
        Visibility.PUBLIC: lazy_pgettext("visibility", "Public: everyone can see the project"),
        Visibility.INTERNAL: lazy_pgettext("visibility", "Internal: only staff can see the project"),
    },
    Scope: {
        Scope.WHOLE: lazy_pgettext("scope", "takes on the whole need"),
        Scope.PART: lazy_pgettext("scope", "takes on part of the need"),
        Scope.INSPIRED: lazy_pgettext("scope", "is inspired by the need"),
    },
    Principle: {
        Principle.COMPETENCE: lazy_gettext("Competence for innovation work"),
        Principle.DIALOGUE: lazy_gettext("Dialogue and participation"),
        Principle.OPENNESS: lazy_gettext("A good climate for new ideas"),
        Principle.LEADERSHIP: lazy_gettext("Leadership that furthers innovation"),
        Principle.SYSTEM: lazy_gettext("Innovation work put in system"),
        Principle.ARENAS: lazy_gettext("Arenas for testing ideas and solutions"),
        Principle.COLLABORATION: lazy_gettext("Collaboration, shared experience and good guidance"),
        Principle.TRIAL: lazy_gettext("Room to try and to fail"),
    },
}

MEANINGS: dict[type[StrEnum], dict[Phase, LazyString]] = {
    Phase: {
        Phase.ANCHORING: lazy_gettext(
            "Now we bring together those who need to take part, and agree on what to achieve."
        ),
        Phase.INSIGHT: lazy_gettext("Now we find out how things are today, together with those it concerns."),
        Phase.DEVELOPMENT: lazy_gettext("Now we work out solutions, together with those who are to use them."),
        Phase.PILOTING: lazy_gettext("Now we try the solution on a small scale."),
        Phase.TRANSITION: lazy_gettext("Now we make the solution ready to become part of everyday work."),
        Phase.NEW_PRACTICE: lazy_gettext("Now we work in the new way, and look at what it leads to."),
    },
}

UN_GOALS = {
    1: lazy_gettext("No poverty"),
    2: lazy_gettext("Zero hunger"),
    3: lazy_gettext("Good health and well-being"),
    4: lazy_gettext("Quality education"),
    5: lazy_gettext("Gender equality"),
    6: lazy_gettext("Clean water and sanitation"),
    7: lazy_gettext("Affordable and clean energy"),
    8: lazy_gettext("Decent work and economic growth"),
    9: lazy_gettext("Industry, innovation and infrastructure"),
    10: lazy_gettext("Reduced inequalities"),
    11: lazy_gettext("Sustainable cities and communities"),
    12: lazy_gettext("Responsible consumption and production"),
    13: lazy_gettext("Climate action"),
    14: lazy_gettext("Life below water"),
    15: lazy_gettext("Life on land"),
    16: lazy_gettext("Peace, justice and strong institutions"),
    17: lazy_gettext("Partnerships for the goals"),
}
