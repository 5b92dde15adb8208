"""The residents' pages."""

from flask import Flask

from participation.residents import (
    about,
    asking_again,
    commenting,
    demo,
    feedback,
    front,
    health,
    learning,
    led_to,
    my_page,
    needs,
    notices,
    opening,
    outcomes,
    own_need,
    participate,
    passkeys,
    projects,
    proposing,
    sign_in,
    unsubscribing,
)
from participation.residents.blueprint import residents
from participation.residents.need_page import weeks_silent

__all__ = [
    "about",
    "asking_again",
    "commenting",
    "demo",
    "feedback",
    "front",
    "health",
    "learning",
    "led_to",
    "my_page",
    "needs",
    "notices",
    "opening",
    "outcomes",
    "own_need",
    "participate",
    "passkeys",
    "projects",
    "proposing",
    "sign_in",
    "unsubscribing",
]


def register(app: Flask) -> None:
    """Put the face's views on the app."""
    app.register_blueprint(residents)
    app.jinja_env.filters["weeks_silent"] = weeks_silent
