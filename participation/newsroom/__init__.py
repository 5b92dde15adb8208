"""The pages where results are written, approved and published."""

from flask import Flask

from participation.newsroom import (
    correcting,
    feedback,
    listing,
    on_paper,
    outcomes,
    pictures,
    previewing,
    steps,
    translating,
    writing,
)
from participation.newsroom.blueprint import newsroom

__all__ = [
    "correcting",
    "feedback",
    "listing",
    "on_paper",
    "outcomes",
    "pictures",
    "previewing",
    "steps",
    "translating",
    "writing",
]


def register(app: Flask) -> None:
    """Put the face's views on the app."""
    app.register_blueprint(newsroom)
