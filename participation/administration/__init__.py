"""The administrators' pages."""

from flask import Flask

from participation.administration import catalogue, home, notices, outlines, people
from participation.administration.blueprint import administration

__all__ = ["catalogue", "home", "notices", "outlines", "people"]


def register(app: Flask) -> None:
    """Put the face's views on the app."""
    app.register_blueprint(administration)
