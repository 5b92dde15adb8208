"""The pictures of a need in a form: those it has, with words for each, and those just chosen."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.datastructures import FileStorage
from wtforms.widgets import TextArea

from participation.extensions import db
from participation.files.rules import ALT_MAX_CHARACTERS, PICTURE_MAX_BYTES
from participation.files.service import forget_pictures, save_picture, the_store
from participation.needs import pictures as service
from participation.needs.models import NeedPicture
from participation.needs.picture_queries import DraftRoom, Pictured, pictures_of
from participation.needs.pictures import FreshPicture
from participation.needs.rules import PICTURES_MAX, room_refusal
from participation.permissions import Actor
from participation.refusals import Refusal, Refused
from participation.web.filters import label
from participation.web.forms import Form, PicturesField, TextLine, at_most

# What the rest of the form can take, beside the pictures.
FORM_BYTES = 200_000
REQUEST_MAX_BYTES = PICTURES_MAX * PICTURE_MAX_BYTES + FORM_BYTES
# More than there is room for, so that the page can say which there was none for; but not any number.
LOOKED_INTO_AT_ONCE = 2 * PICTURES_MAX
_STATUS = {Refusal.PICTURE_TOO_LARGE: 413, Refusal.PICTURE_TOO_FINE: 413, Refusal.PICTURES_AWAY: 503}
_ALT = "alt_"


class PicturesForm(Form):
    takes_pictures = True
    pictures = PicturesField(lazy_gettext("Choose pictures"), max_bytes=PICTURE_MAX_BYTES)


@dataclass
class Pictures:
    """What a page shows of them: the rows, and the form with a field of words for each."""

    rows: Sequence[NeedPicture]
    form: PicturesForm
    refused: set[Refusal] = field(default_factory=set)

    @property
    def room(self) -> int:
        return PICTURES_MAX - len(self.rows)

    @property
    def brought(self) -> list[FileStorage]:
        return self.form.pictures.data[:LOOKED_INTO_AT_ONCE]

    @property
    def status(self) -> int:
        """What to answer with when some were refused: whose fault it is, and then whether they were too large."""
        return max((_STATUS.get(reason, 400) for reason in self.refused), default=400)

    def alt_field(self, row: NeedPicture) -> TextLine:
        return cast(TextLine, self.form[f"{_ALT}{row.id}"])

    def words(self) -> dict[int, str]:
        """What was written of each picture that the form had a field for."""
        sent = {row.id: self.alt_field(row) for row in self.rows if f"{_ALT}{row.id}" in request.form}
        return {number: alt.data for number, alt in sent.items()}

    def ask_for_words(self) -> bool:
        """Whether something is said of each; else each that lacks it asks for it."""
        refused = list(self.form.pictures.errors)
        self.form.validate()
        self.form.pictures.errors = refused
        for number, row in enumerate(self.rows, 1):
            alt = self.alt_field(row)
            alt.errors = [_("Picture %(number)s: %(why)s", number=number, why=why) for why in alt.errors]
            if not alt.data:
                alt.errors = [_("Picture %(number)s: say what the picture shows", number=number)]
        return not self.form.errors

    def say_refused(self, refusals: Sequence[tuple[int, Refusal]], *, of: int) -> None:
        """Tell of those that were not kept, by their place among those chosen: what a file is called proves nothing."""
        self.refused |= {reason for _number, reason in refusals}
        one = {number: str(label(reason)) for number, reason in refusals}
        each = [
            text if of == 1 else _("Picture %(number)s of those you chose: %(why)s", number=number, why=text)
            for number, text in one.items()
        ]
        self.form.pictures.errors = [*self.form.pictures.errors, *each]


def pictures_in(of: Pictured | None, *, after: Pictures | None = None) -> Pictures:
    """The pictures as they now stand, with what was written of them; `after` is what was refused on the way there."""
    rows = pictures_of(of) if of is not None else []
    fields = {f"{_ALT}{row.id}": _alt_of(number) for number, row in enumerate(rows, 1)}
    form = type("PicturesFormWithWords", (PicturesForm,), fields)()
    for name, row in zip(fields, rows, strict=True):
        if name not in request.form:
            form[name].data = row.alt
    if after is None:
        return Pictures(rows, form)
    form.pictures.errors = list(after.form.pictures.errors)
    return Pictures(rows, form, after.refused)


def _alt_of(number: int) -> TextLine:
    words = lazy_gettext("What does picture %(number)s show?", number=number)
    return TextLine(words, [at_most(ALT_MAX_CHARACTERS)], widget=TextArea())


@dataclass
class Taken:
    """What became of the files that were brought: some in the store, and why the others are not."""

    fresh: list[FreshPicture] = field(default_factory=list)
    refused: list[tuple[int, Refusal]] = field(default_factory=list)

    def forget(self) -> None:
        forget_pictures([one.key for one in self.fresh], the_store())


def take(brought: Sequence[FileStorage], *, rows: Sequence[NeedPicture], room: DraftRoom | None = None) -> Taken:
    """Put the files in the store, a picture each. That takes its time, so no transaction is open meanwhile."""
    known, free = {row.digest for row in rows}, PICTURES_MAX - len(rows)
    db.session.rollback()
    taken = Taken()
    try:
        for number, file in enumerate(brought, 1):
            data = file.stream.read(PICTURE_MAX_BYTES + 1)
            digest = hashlib.sha256(data).hexdigest()
            if digest not in known:
                known.add(digest)
                refusal = room.refusal(more=len(taken.fresh)) if room else None
                refusal = refusal or room_refusal(taken=PICTURES_MAX - free + len(taken.fresh))
                refusal = _keep(data, digest, taken) if refusal is None else refusal
                taken.refused += [(number, refusal)] if refusal else []
            if Refusal.PICTURES_AWAY in {reason for _number, reason in taken.refused}:
                break
    except BaseException:
        taken.forget()
        raise
    return taken


def _keep(data: bytes, digest: str, taken: Taken) -> Refusal | None:
    try:
        taken.fresh.append(FreshPicture(save_picture(data, the_store()), digest))
    except Refused as refused:
        return refused.reason
    return None


def give(actor: Actor | None, taken: Taken, *, to: Pictured) -> None:
    """Give them their rows and commit; what got none is forgotten, and so are all when it can't be done."""
    try:
        left = service.add(actor, of=to, fresh=taken.fresh)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        taken.forget()
        raise
    forget_pictures([one.key for one in left], the_store())
    taken.refused += [(len(taken.refused) + 1, one.refusal) for one in left if one.refusal]
