"""The case workers' pages."""

from flask import Flask

from participation.workbench import answers, links, needs, projects, queue
from participation.workbench.blueprint import workbench

__all__ = ["answers", "links", "needs", "projects", "queue"]


def register(app: Flask) -> None:
    """Put the face's views on the app."""
    app.register_blueprint(workbench)
