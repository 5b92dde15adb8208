"""What other programs read: feeds, and the pictures that show where a link is passed on."""

from flask import Flask

from participation.opendata import feeds, places, sharing
from participation.opendata.blueprint import opendata

__all__ = ["feeds", "places", "sharing"]


def register(app: Flask) -> None:
    """Put the face's views on the app."""
    app.register_blueprint(opendata)
