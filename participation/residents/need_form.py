"""The form a need is written in: new, from a draft, or edited within the hour."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import get_locale, gettext, lazy_gettext
from wtforms import BooleanField, SelectField, ValidationError

from participation.accounts.rules import Language
from participation.needs import queries
from participation.needs.models import Area, Theme
from participation.needs.rules import (
    AFFECTED_MAX_CHARACTERS,
    TEXT_MAX_CHARACTERS,
    TITLE_MAX_CHARACTERS,
    TITLE_MIN_CHARACTERS,
    NeedText,
)
from participation.residents.need_place import PlaceFields
from participation.web.forms import (
    Form,
    Required,
    SubmissionKeyField,
    TextBlock,
    TextLine,
    VersionField,
    at_least,
    at_most,
)

# A draft may be too long to send, but not so long that it is something else than a draft.
DRAFT_MAX_CHARACTERS = 2 * TEXT_MAX_CHARACTERS
CHOICE_MAX_CHARACTERS = 40
_WRITTEN = ("title", "description", "affected", "solution", "place")
_CHOSEN = ("theme", "area")


def draft_key(text: str | None) -> str | None:
    """The key of a draft as it stands in an address; None for what can't be one."""
    return text if text and 8 <= len(text) <= 64 and text.isascii() and text.isprintable() else None


class Choice(SelectField):
    """One of the rows offered, by its key; its number is understood too."""

    data: str | None

    def offer(self, rows: Sequence[Theme] | Sequence[Area], names: Sequence[str], *, prompt: str) -> None:
        self.choices = [("", prompt), *zip((row.key for row in rows), names, strict=True)]
        keys = {str(row.id): row.key for row in rows}
        self.data = keys.get(self.data or "", self.data)

    def pre_validate(self, form: Any) -> None:
        if self.data and self.data not in dict(self.choices):
            raise ValidationError(gettext("Choose one from the list"))


class NeedForm(PlaceFields, Form):
    title = TextLine(
        lazy_gettext("What do you need, in one sentence?"),
        [
            Required(lazy_gettext("Write what you need, in one sentence")),
            at_least(TITLE_MIN_CHARACTERS),
            at_most(TITLE_MAX_CHARACTERS),
        ],
    )
    description = TextBlock(
        lazy_gettext("Tell us more about the need"),
        [Required(lazy_gettext("Tell us more about the need")), at_most(TEXT_MAX_CHARACTERS)],
    )
    solution = TextBlock(lazy_gettext("Do you have an idea for a solution?"), [at_most(TEXT_MAX_CHARACTERS)])
    affected = TextBlock(
        lazy_gettext("Who has this need, and when?"),
        [Required(lazy_gettext("Say who has this need, and when")), at_most(AFFECTED_MAX_CHARACTERS)],
    )
    theme = Choice(lazy_gettext("Theme"), [Required(lazy_gettext("Choose a theme"))])
    area = Choice(lazy_gettext("Area"))
    name_hidden = BooleanField(lazy_gettext("Don't show my name with the need"))
    draft_key = SubmissionKeyField()

    def offer(self, themes: Sequence[Theme], areas: Sequence[Area]) -> None:
        language = Language(str(get_locale()))
        self.theme.offer(themes, [theme.name(language) for theme in themes], prompt=gettext("Choose a theme"))
        self.area.offer(areas, [area.name for area in areas], prompt=gettext("Choose an area"))
        self._theme_ids = {theme.key: theme.id for theme in themes}
        self._area_ids = {area.key: area.id for area in areas}

    @property
    def can_be_sent(self) -> bool:
        """Not before there is a theme and an area to choose."""
        return bool(self._theme_ids and self._area_ids)

    def words(self) -> NeedText:
        """What has been written, once it is valid."""
        return NeedText(
            **{name: self[name].data for name in _WRITTEN},
            theme_id=self._theme_ids[self.theme.data or ""],
            area_id=self._area_ids[self.area.data or ""],
            latitude=self.chosen.latitude if self.chosen else None,
            longitude=self.chosen.longitude if self.chosen else None,
        )

    def draft(self, *, even_empty: bool = False) -> dict[str, Any]:
        """What has been written so far, valid or not; empty when nothing has, unless it is to be kept even so."""
        written = {name: (self[name].data or "")[:DRAFT_MAX_CHARACTERS] for name in _WRITTEN}
        written |= {name: (self[name].data or "")[:CHOICE_MAX_CHARACTERS] for name in _CHOSEN}
        written["point"] = str(self.chosen or "")
        return written | {"name_hidden": self.name_hidden.data} if even_empty or any(written.values()) else {}


class NeedEditForm(NeedForm):
    draft_key = None  # type: ignore[assignment]  # WTForms' way to take a field away
    version = VersionField()


def need_form(filled: Mapping[str, Any] | None = None) -> NeedForm:
    return _offered(NeedForm(data=filled))


def need_edit_form(filled: Mapping[str, Any]) -> NeedEditForm:
    form = NeedEditForm(data=filled)
    _offered(form)
    return form


def _offered(form: NeedForm) -> NeedForm:
    form.offer(queries.active_themes(), queries.active_areas())
    return form
