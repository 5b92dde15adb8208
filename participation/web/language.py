"""Which language a page is in: what was asked for, what was chosen before, the person's own, else bokmål.

Whoever opens a link in their mail is the person that the link names.
"""

from urllib.parse import urlencode

from flask import Response, g, has_request_context, request, url_for
from flask_babel import refresh
from flask_login import current_user

from participation.web.addresses import settings

LANGUAGES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
DEFAULT = "nb"
COOKIE = "sprak"
_COOKIE_SECONDS = 365 * 24 * 3600


def select_language() -> str:
    if not has_request_context():
        return DEFAULT
    for wanted in (request.args.get("sprak"), request.cookies.get(COOKIE), _of_reader(), _of_person()):
        if wanted in LANGUAGES:
            return str(wanted)
    return DEFAULT


def speak_to(language: str) -> None:
    """Show the page in the language of the one whose mail it was opened from, unless the browser has chosen another."""
    g.language_of_reader = language
    refresh()


def _of_reader() -> str | None:
    language: str | None = g.get("language_of_reader")
    return language


def _of_person() -> str | None:
    return current_user.person.language.value if current_user and current_user.is_authenticated else None


def remember_choice(response: Response) -> Response:
    """Keep a language that was asked for in the address of a page; who fetches a feed or a picture chose nothing."""
    chosen = request.args.get("sprak")
    if chosen in LANGUAGES and request.cookies.get(COOKIE) != chosen and response.mimetype == "text/html":
        keep_language(response, chosen)
    return response


def keep_language(response: Response, language: str) -> None:
    response.set_cookie(
        COOKIE,
        language,
        max_age=_COOKIE_SECONDS,
        secure=settings().secure_cookies,
        httponly=True,
        samesite="Lax",
    )


def language_url(language: str) -> str:
    """The page's own address in another language; the front page's where an address can't be made again."""
    if request.endpoint is None or request.method != "GET":
        return f"/?sprak={language}"
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "sprak"]
    path = url_for(request.endpoint, **(request.view_args or {}))
    return f"{path}?{urlencode([*asked, ('sprak', language)])}"
