"""The residents' pages."""

from flask import Flask

from participation.residents import (
    about,
    arriving,
    asking_again,
    closing,
    commenting,
    demo,
    draft_pictures,
    feedback,
    front,
    health,
    lacking,
    learning,
    led_to,
    my_page,
    need_map,
    need_pictures,
    need_place,
    needs,
    notices,
    opening,
    outcomes,
    own_email,
    own_need,
    participate,
    passkeys,
    poster,
    projects,
    proposing,
    providers,
    searching,
    session_time,
    sign_in,
    signing_out,
    similar,
    unsubscribing,
)
from participation.residents.blueprint import residents
from participation.residents.nearness import away_from
from participation.residents.need_map import box_around
from participation.residents.need_page import weeks_silent
from participation.residents.searching import all_texts_of, around, asked_for_in, mark, texts_of

__all__ = [
    "about",
    "arriving",
    "asking_again",
    "closing",
    "commenting",
    "demo",
    "draft_pictures",
    "feedback",
    "front",
    "health",
    "lacking",
    "learning",
    "led_to",
    "my_page",
    "need_map",
    "need_pictures",
    "need_place",
    "needs",
    "notices",
    "opening",
    "outcomes",
    "own_email",
    "own_need",
    "participate",
    "passkeys",
    "poster",
    "projects",
    "proposing",
    "providers",
    "searching",
    "session_time",
    "sign_in",
    "signing_out",
    "similar",
    "unsubscribing",
]


def register(app: Flask) -> None:
    """Put the face's views on the app."""
    app.register_blueprint(residents)
    app.jinja_env.filters["weeks_silent"] = weeks_silent
    app.jinja_env.filters |= {"all_texts_of": all_texts_of, "asked_for_in": asked_for_in, "texts_of": texts_of}
    app.jinja_env.filters["mark"] = mark
    app.jinja_env.filters["around"] = around
    app.jinja_env.filters["box_around"] = box_around
    app.jinja_env.filters["away_from"] = away_from
