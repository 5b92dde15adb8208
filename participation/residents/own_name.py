"""What residents may call themselves: not what the municipality or the site is called."""

from typing import Any

from flask_babel import gettext as _
from flask_login import current_user
from wtforms import ValidationError

from participation.accounts.rules import is_named_after
from participation.web.addresses import settings
from participation.web.forms import TextLine


def own_name(_form: Any, field: TextLine) -> None:
    """Staff, whose comments are marked as the municipality's anyway, are not limited."""
    is_staff = current_user.is_authenticated and current_user.actor.is_staff
    if not is_staff and is_named_after(field.data, ours=(settings().municipality_name, settings().site_name)):
        raise ValidationError(_("Write your own name. This one looks as if the municipality were writing."))
