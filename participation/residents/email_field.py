"""The field people write their e-mail address in."""

from flask_babel import lazy_gettext
from wtforms.validators import Optional
from wtforms.widgets import EmailInput

from participation.accounts.rules import EMAIL_MAX_CHARACTERS
from participation.web.forms import MailAddress, Required, TextLine, at_most


def email_field(*, optional: bool = False) -> TextLine:
    return TextLine(
        lazy_gettext("Your e-mail address"),
        widget=EmailInput(),
        validators=[
            Optional() if optional else Required(lazy_gettext("Write your e-mail address")),
            at_most(EMAIL_MAX_CHARACTERS),
            MailAddress(lazy_gettext("Write an e-mail address such as kari@example.org")),
        ],
    )
