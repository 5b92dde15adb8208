"""The residents' pages."""

from flask import Flask

from participation.residents import (
    about,
    commenting,
    demo,
    front,
    health,
    my_page,
    needs,
    outcomes,
    own_need,
    participate,
    projects,
    proposing,
    sign_in,
    unsubscribing,
)
from participation.residents.blueprint import residents

__all__ = [
    "about",
    "commenting",
    "demo",
    "front",
    "health",
    "my_page",
    "needs",
    "outcomes",
    "own_need",
    "participate",
    "projects",
    "proposing",
    "sign_in",
    "unsubscribing",
]


def register(app: Flask) -> None:
    """Put the face's views on the app."""
    app.register_blueprint(residents)
