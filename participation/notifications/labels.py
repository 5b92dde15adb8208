"""The words for why someone is told, and how it went."""

from flask_babel import lazy_pgettext

from participation.notifications.rules import DeliveryStatus, Reason

LABELS = {
    Reason: {
        Reason.AUTHOR: lazy_pgettext("reason", "you reported this need"),
        Reason.SUPPORTER: lazy_pgettext("reason", "you support this need"),
        Reason.COMMENTER: lazy_pgettext("reason", "you commented on this need"),
        Reason.FOLLOWER: lazy_pgettext("reason", "you follow this need"),
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
