"""The case workers' pages."""

from flask import Flask

from participation.workbench import (
    answer_templates,
    answers,
    correcting,
    letters,
    links,
    need_pictures,
    needs,
    on_behalf,
    oversight,
    project_ending,
    project_figures,
    project_news,
    project_plan,
    project_team,
    projects,
    queue,
    use_checks,
)
from participation.workbench.answer_preview import marked
from participation.workbench.blueprint import workbench

__all__ = [
    "answer_templates",
    "answers",
    "correcting",
    "letters",
    "links",
    "need_pictures",
    "needs",
    "on_behalf",
    "oversight",
    "project_ending",
    "project_figures",
    "project_news",
    "project_plan",
    "project_team",
    "projects",
    "queue",
    "use_checks",
]


def register(app: Flask) -> None:
    """Put the face's views on the app."""
    app.register_blueprint(workbench)
    app.jinja_env.filters["marked"] = marked
