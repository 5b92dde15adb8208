"""Small things every view does."""

from collections.abc import Callable
from typing import TypeVar

from werkzeug.exceptions import NotFound

from participation.extensions import db
from participation.refusals import Refusal, Refused
from participation.web.forms import Form

Row = TypeVar("Row")


def found(row: Row | None) -> Row:
    """The row, or the page that says there is none."""
    if row is None:
        raise NotFound
    return row


def failed(form: Form, do: Callable[[], object], *, about: dict[Refusal, str] | None = None) -> int:
    """Do what the form asks for and commit; 0 when it is done.

    Else the status to show the form again with: 400 when it isn't filled in right, or that of a rule's no.
    What was loaded before must then be loaded anew. `about` names the field that a refusal is an error of.
    """
    if not form.validate_on_submit():
        return 400
    try:
        do()
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused, field=(about or {}).get(refused.reason))
        return refused.status
    return 0
