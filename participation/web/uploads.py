"""The few views that take more than words: each says how much, and all others keep the limit of the app."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request

View = TypeVar("View", bound=Callable[..., Any])
_ATTRIBUTE = "takes_up_to_bytes"


def takes_up_to(max_bytes: int) -> Callable[[View], View]:
    """The view takes a body of so many bytes."""

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, max_bytes)
        return view

    return declare


def takes_files() -> bool:
    """Whether the view that was asked for takes more than words."""
    return hasattr(current_app.view_functions.get(request.endpoint or ""), _ATTRIBUTE)


def widen() -> None:
    """Before each request, and before anything reads the form: let the view's own limit hold, for what can bring files.

    Files are put aside on disk as they come; a form of any other kind would be read into memory as a whole.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if request.mimetype == "multipart/form-data":
        request.max_content_length = getattr(view, _ATTRIBUTE, None) or request.max_content_length
