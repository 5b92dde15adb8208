"""Small things every view does."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from werkzeug.exceptions import NotFound

from participation.database import writing
from participation.extensions import db
from participation.refusals import Refusal, Refused
from participation.web.forms import Form

Row = TypeVar("Row")
View = TypeVar("View", bound=Callable[..., Any])


def found(row: Row | None) -> Row:
    """The row, or the page that says there is none."""
    if row is None:
        raise NotFound
    return row


def writes(view: View) -> View:
    """For the few views that write when they are asked by GET: they begin with the lock."""

    @wraps(view)
    def run(*args: Any, **kwargs: Any) -> Any:
        db.session.commit()
        with writing():
            return view(*args, **kwargs)

    return cast(View, run)


def failed(form: Form, do: Callable[[], object], *, about: dict[Refusal, str] | None = None) -> int:
    """Do what the form asks for and commit; 0 when it is done.

    Else the status to show the form again with: 400 when it isn't filled in right, or that of a rule's no.
    What was loaded before must then be loaded anew. `about` names the field that a refusal is an error of.
    """
    return tried(form, do, about=about) if form.validate_on_submit() else 400


def tried(form: Form, do: Callable[[], object], *, about: dict[Refusal, str] | None = None) -> int:
    """Do it and commit, whether or not the form is filled in right; 0 when done, else the status of a rule's no."""
    try:
        do()
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused, field=(about or {}).get(refused.reason))
        return refused.status
    return 0
