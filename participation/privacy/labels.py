"""The words for what one chooses when one deletes an account."""

from flask_babel import lazy_gettext

from participation.privacy.rules import Supports

LABELS = {
    Supports: {
        Supports.STAY: lazy_gettext("Let my support count. If I come back, I get it back."),
        Supports.TAKE_BACK: lazy_gettext("Take all my support back. Then nothing is left that could know me again."),
    },
}
