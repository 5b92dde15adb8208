"""The words for how someone reached us."""

from flask_babel import lazy_pgettext

from participation.support.rules import Channel

LABELS = {
    Channel: {
        Channel.PHONE: lazy_pgettext("channel", "By phone"),
        Channel.COUNTER: lazy_pgettext("channel", "At the counter"),
        Channel.LETTER: lazy_pgettext("channel", "In a letter"),
        Channel.MEETING: lazy_pgettext("channel", "At a meeting"),
    },
}
