"""The blueprint of what other programs read, and what its views have in common."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Blueprint, Response, request
from flask_babel import force_locale

from participation.web.language import DEFAULT, LANGUAGES

opendata = Blueprint("opendata", __name__)
Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


def asked_language() -> str:
    """What the address alone says: the same address is the same for everyone, whatever they chose before."""
    wanted = request.args.get("sprak", DEFAULT)
    return wanted if wanted in LANGUAGES else DEFAULT


def in_asked_language(view: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
    @wraps(view)
    def spoken(*arguments: Arguments.args, **options: Arguments.kwargs) -> Answer:
        with force_locale(asked_language()):
            return view(*arguments, **options)

    return spoken


def kept_for(response: Response, *, seconds: int) -> Response:
    """Anyone may keep it so long; then it is asked about again, and answered in a few bytes where it is the same."""
    response.cache_control.public, response.cache_control.max_age = True, seconds
    return response
