"""The pages where results are written, approved and published."""

from flask import Flask

from participation.newsroom import outcomes, steps, writing
from participation.newsroom.blueprint import newsroom

__all__ = ["outcomes", "steps", "writing"]


def register(app: Flask) -> None:
    """Put the face's views on the app."""
    app.register_blueprint(newsroom)
