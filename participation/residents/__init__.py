"""The residents' pages."""

from flask import Flask

from participation.residents import (
    about,
    arriving,
    asking_again,
    closing,
    commenting,
    demo,
    feedback,
    front,
    health,
    lacking,
    learning,
    led_to,
    my_page,
    need_map,
    need_place,
    needs,
    notices,
    opening,
    outcomes,
    own_email,
    own_need,
    participate,
    passkeys,
    projects,
    proposing,
    providers,
    session_time,
    sign_in,
    signing_out,
    unsubscribing,
)
from participation.residents.blueprint import residents
from participation.residents.need_map import box_around
from participation.residents.need_page import weeks_silent

__all__ = [
    "about",
    "arriving",
    "asking_again",
    "closing",
    "commenting",
    "demo",
    "feedback",
    "front",
    "health",
    "lacking",
    "learning",
    "led_to",
    "my_page",
    "need_map",
    "need_place",
    "needs",
    "notices",
    "opening",
    "outcomes",
    "own_email",
    "own_need",
    "participate",
    "passkeys",
    "projects",
    "proposing",
    "providers",
    "session_time",
    "sign_in",
    "signing_out",
    "unsubscribing",
]


def register(app: Flask) -> None:
    """Put the face's views on the app."""
    app.register_blueprint(residents)
    app.jinja_env.filters["weeks_silent"] = weeks_silent
    app.jinja_env.filters["box_around"] = box_around
