"""What the buttons beside the pictures do, and how the page's script is answered."""

from dataclasses import dataclass

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participation.extensions import db
from participation.files.service import forget_pictures, the_store
from participation.needs import pictures as service
from participation.needs.picture_queries import Pictured
from participation.permissions import Actor
from participation.residents.picture_form import Pictures
from participation.web.filters import counted as ngettext  # so that its texts are found for translation

# What the buttons are named, and what is wanted of the picture with the number that follows.
BUTTON = "bilder"
_ADD, _REMOVE = "legg-til", "slett"
_MOVES = {"opp": -1, "ned": 1}


@dataclass(frozen=True)
class Deed:
    what: str
    picture_id: int = 0

    @classmethod
    def asked(cls) -> "Deed":
        what, _dash, number = request.form.get(BUTTON, "").rpartition("-")
        if number.isdecimal() and len(number) < 10 and what in {_REMOVE, *_MOVES}:
            return cls(what, int(number))
        return cls(_ADD if request.form.get(BUTTON) == _ADD else "")

    @property
    def is_adding(self) -> bool:
        return self.what == _ADD

    @property
    def is_to_one(self) -> bool:
        return self.picture_id > 0


def do(deed: Deed, actor: Actor | None, *, of: Pictured) -> str:
    """Do it, and commit; returns what to say of it."""
    if deed.what == _REMOVE:
        key = service.remove(actor, of=of, picture_id=deed.picture_id)
        db.session.commit()
        forget_pictures([key], the_store())
        return str(_("The picture is deleted."))
    service.move(actor, of=of, picture_id=deed.picture_id, by=_MOVES[deed.what])
    db.session.commit()
    return str(_("The picture is moved."))


def say_added(count: int) -> str:
    return ngettext(
        "The picture is added. Write what it shows.", "%(num)s pictures are added. Write what they show.", count
    )


def wants_part() -> bool:
    """Whether the page's script asks, which needs only the part of the page with the pictures."""
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "application/json"


def part(
    pictures: Pictures, *, action: str, said: str, key: str | None = None, may_add: bool = True
) -> ResponseReturnValue:
    """The part with the pictures as they stand, and what to say of it; where they were refused, that status."""
    refused = [str(error) for error in pictures.form.pictures.errors]
    html = render_template("residents/pictures_part.html", pictures=pictures, action=action, may_add=may_add)
    answer = jsonify(html=html, key=key, said=" ".join(refused) or said)
    return answer, pictures.status if pictures.refused else 200
