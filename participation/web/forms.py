"""The base of every form: our own words for errors, and fields that keep text clean."""

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any

import wtforms
from flask import request
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, FileStorage, MultiDict
from wtforms import (
    DateField,
    FileField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import Email, InputRequired, Length, StopValidation
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from participation import clock
from participation.refusals import Refusal, Refused
from participation.unwritten import gaps, names_in
from participation.web.filters import label
from participation.web.text import cleaned, without_invisible

# WTForms' own messages, named here so that they are found for translation.
LIBRARY_MESSAGES = (
    lazy_gettext("Not a valid choice."),
    lazy_gettext("Not a valid integer value."),
    lazy_gettext("Not a valid decimal value."),
    lazy_gettext("Not a valid date value."),
    lazy_gettext("Not a valid time value."),
    lazy_gettext("This field is required."),
    lazy_gettext("Invalid Choice: could not coerce."),
    lazy_gettext("Invalid choice(s): one or more data inputs could not be coerced."),
)


FIRST_YEAR, LAST_YEAR = 2000, 2099
_FIGURE = re.compile(r"-?\d{1,12}(\.\d{1,2})?")
_SPACES = re.compile(r"[\s\u00a0\u202f]")


# Not HEIC: a phone that keeps its photos so then makes a JPEG of the one that is chosen.
PICTURES_ACCEPTED = "image/jpeg,image/png,image/webp"


class _OwnWords:
    def gettext(self, text: str) -> str:
        return str(gettext(text))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return str(gettext(singular if number == 1 else plural))


class Form(FlaskForm):
    """Where a page has several forms, `id_prefix` keeps the ids of their fields apart.

    One with a `PictureField` says `takes_pictures = True`, its view `@takes_up_to(…)` (web/uploads.py), and its
    `<form>` has `enctype="multipart/form-data"`.
    """

    id_prefix = ""
    takes_pictures = False

    class Meta(FlaskForm.Meta):
        # CSRFProtect checks each request before any form sees it; the form only carries the token.
        def get_translations(self, form: Any) -> _OwnWords:
            return _OwnWords()

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            if form.id_prefix:
                options = {"id": form.id_prefix + options["name"], **options}
            return unbound_field.bind(form=form, **options)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            # No form takes JSON, and no field but a picture's takes a file: what is sent so is not there.
            return _sent_to(form) if formdata is not None and form.is_submitted() else None

    def __init__(self, *args: Any, id_prefix: str | None = None, **kwargs: Any) -> None:
        self.id_prefix = self.id_prefix if id_prefix is None else id_prefix
        super().__init__(*args, **kwargs)

    def refuse(self, refused: Refused, *, field: str | None = None) -> None:
        """Show a rule's no as an error of the form, or of the field that it is about."""
        errors = self[field].errors if field else self.form_errors
        errors.append(label(refused.reason))

    def written(self) -> list[tuple[str, str]]:
        """The texts in it, each under its label: for its writer to keep where a page has no more room for the form."""
        return [(field.label.text, field.data) for field in self if isinstance(field, TextBlock) and field.data]


def _sent_to(form: Form) -> MultiDict[str, Any]:
    if not form.takes_pictures:
        return request.form
    pictures = {field.name for field in form if isinstance(field, PictureField | PicturesField)}
    chosen = [(name, file) for name in pictures for file in request.files.getlist(name)]
    return CombinedMultiDict([MultiDict(chosen), request.form])


class Part(wtforms.Form):
    """A few fields that belong together inside a form."""

    class Meta:
        def get_translations(self, form: Any) -> _OwnWords:
            return _OwnWords()


class RowPart(Part):
    """A row that may be left empty, but once begun must be whole: `wanted` says what to say of a field that lacks."""

    wanted: Mapping[str, Any] = {}

    @property
    def is_begun(self) -> bool:
        return any(field.data or "".join(field.raw_data or []).strip() for field in self)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        return not self.is_begun or (not self._missing() and valid)

    def _missing(self) -> bool:
        missing = [name for name in self.wanted if not (self[name].data or self[name].errors)]
        for name in missing:
            self[name].errors = [self.wanted[name]]
        return bool(missing)


class _Clean:
    """Takes out what can't be seen, and says so, with the rest kept for the next try."""

    data: str
    had_invisible = False

    def process_data(self, value: Any) -> None:
        self.data = value or ""

    def process_formdata(self, values: list[str]) -> None:
        text = values[0].replace("\r", "") if values else ""
        self.data = cleaned(text)
        self.had_invisible = bool(self.data) and without_invisible(text) != text

    def pre_validate(self, form: Any) -> None:
        if self.had_invisible:
            raise ValidationError(
                gettext("We have taken out some invisible characters. Look over the text and send it again.")
            )


class TextLine(_Clean, StringField):
    def process_formdata(self, values: list[str]) -> None:
        super().process_formdata(values)
        self.data = " ".join(self.data.split())


class Figure(TextLine):
    """A number as people write it: spaces between thousands, decimal comma or point, at most two decimals."""

    number: Decimal | None = None

    def process_data(self, value: Decimal | None) -> None:
        self.number = value
        self.data = "" if value is None else f"{value.normalize():f}".replace(".", ",")

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        plain = _SPACES.sub("", self.data).replace("−", "-").replace(",", ".")
        if plain and not _FIGURE.fullmatch(plain):
            raise ValidationError(gettext("Write a number, such as 12 or 3,5"))
        self.number = Decimal(plain) if plain else None


class TextBlock(_Clean, TextAreaField):
    pass


def choices_of(words: type[StrEnum]) -> Callable[[], list[tuple[str, str]]]:
    """An enum's members with the words people read for them, asked for anew in each request's language."""
    return lambda: [(member.value, label(member)) for member in words]


class Checkboxes(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        known = {self.coerce(choice.value) for choice in self.iter_choices()}
        if not set(self.data or []) <= known:
            raise ValidationError(gettext("Not a valid choice."))


class VersionField(IntegerField):
    """Which version of the thing the page showed, so that nobody acts on what has changed meanwhile."""

    data: Any
    widget = HiddenInput()

    def process_formdata(self, values: list[str]) -> None:
        # The form of something new sends it empty; and what was shown counts, not what now stands.
        self.data = None
        super().process_formdata([value for value in values if value])

    def _value(self) -> str:
        # A form shown again goes with the thing as the page now shows it, not as it was sent.
        return "" if self.data is None else str(self.data)


class SubmissionKeyField(HiddenField):
    """Names one filling-in of a form, so that the same form sent twice counts once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, default=lambda: secrets.token_urlsafe(16), **kwargs)

    def process_formdata(self, values: list[str]) -> None:
        given = values[0] if values else ""
        self.data = given if 8 <= len(given) <= 64 and given.isascii() and given.isprintable() else None


class PictureField(FileField):
    """The bytes of a picture, or None when no file was chosen; `files.service.save_picture` looks into them.

    With `max_bytes`, a script says that a file is larger before it is sent.
    """

    data: bytes | None

    def __init__(self, *args: Any, max_bytes: int | None = None, **kwargs: Any) -> None:
        attributes: dict[str, Any] = {"accept": PICTURES_ACCEPTED}
        if max_bytes:
            too_large = LazyString(label, Refusal.PICTURE_TOO_LARGE)
            attributes |= {"data-max-bytes": max_bytes, "data-too-large": too_large}
        super().__init__(*args, render_kw=attributes, **kwargs)

    def process_formdata(self, values: list[Any]) -> None:
        sent = values[0] if values else None
        self.data = sent.read() if isinstance(sent, FileStorage) and sent.filename else None


class PicturesField(MultipleFileField):
    """Several files at once, as they were sent: none of them is read yet, since each may be large."""

    data: list[FileStorage]

    def __init__(self, *args: Any, max_bytes: int, **kwargs: Any) -> None:
        attributes = {"accept": PICTURES_ACCEPTED, "data-max-bytes": max_bytes}
        attributes["data-too-large"] = LazyString(label, Refusal.PICTURE_TOO_LARGE)
        super().__init__(*args, render_kw=attributes, **kwargs)

    def process_formdata(self, values: list[Any]) -> None:
        # A browser sends an empty file without a name where none was chosen.
        self.data = [one for one in values if isinstance(one, FileStorage) and one.filename]


class Required(InputRequired):
    """Something must be written; spaces are not something. The message says what to write."""

    def __call__(self, form: Any, field: Any) -> None:
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            field.errors = []
            raise StopValidation(self.message)


class MailAddress(Email):
    """An address that any mail server takes. The domain may have other letters, as those have plain names too."""

    def __call__(self, form: Any, field: Any) -> None:
        local, at, _domain = (field.data or "").rpartition("@")
        if at and not local.isascii():
            raise StopValidation(
                gettext("We can only send mail to addresses without letters such as æ, ø and å before the @.")
            )
        super().__call__(form, field)


def sensible_day(_form: Any, field: DateField) -> None:
    """A slip of the pen in the year must not stretch a drawing over centuries."""
    if field.data and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
        raise ValidationError(gettext("Choose a day between the years 2000 and 2099"))


def day_that_has_been(form: Any, field: DateField) -> None:
    sensible_day(form, field)
    if field.data and field.data > clock.today():
        raise ValidationError(gettext("Choose a day that has been"))


def fields_gone(names: Iterable[str]) -> None:
    """Say which fields of a template can't be filled in, if any."""
    if fields := ", ".join(f"{{{name}}}" for name in names):
        raise ValidationError(
            gettext("We can't fill in %(fields)s here. Write it yourself, or take it out of the text.", fields=fields)
        )


def gaps_gone(left: Iterable[str]) -> None:
    """Say what a template has left to be written, if anything."""
    if still := ", ".join(left):
        raise ValidationError(gettext("Something is still to be written here: %(gaps)s", gaps=still))


def written_out(_form: Any, field: StringField) -> None:
    """Of a text that people read as it stands: nothing of a template is left in it."""
    fields_gone(names_in(field.data))
    gaps_gone(gaps(field.data))


def at_most(characters: int) -> Length:
    return Length(max=characters, message=lazy_gettext("Write at most %(max)d characters."))


def at_least(characters: int) -> Length:
    return Length(min=characters, message=lazy_gettext("Write at least %(min)d characters."))
