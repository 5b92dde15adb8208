"""A postal address as it stands in an envelope's window."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import ValidationError

from participation.accounts.rules import (
    POSTAL_ADDRESS_MAX_CHARACTERS,
    POSTAL_ADDRESS_MAX_LINES,
    is_whole_address,
    tidy_address,
)
from participation.web.forms import Required, TextBlock, at_most
from participation.workbench.typeface import unprintable

LETTERS_NAMED = 10


class Printable:
    """What our letters can show: a letter whose address has gaps finds nobody."""

    def __call__(self, form: Any, field: Any) -> None:
        missing = unprintable(field.data or "")
        if missing:
            raise ValidationError(
                gettext(
                    "We can't print %(letters)s. Write it in Latin letters, as on an envelope.",
                    letters=" ".join(missing[:LETTERS_NAMED]),
                )
            )


class PostalAddress(TextBlock):
    """Kept without empty lines, and no longer than what the window shows."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            lazy_gettext("Postal address"),
            [Required(lazy_gettext("Write the postal address")), at_most(POSTAL_ADDRESS_MAX_CHARACTERS), Printable()],
            **kwargs,
        )

    def process_formdata(self, values: list[str]) -> None:
        super().process_formdata(values)
        self.data = tidy_address(self.data)

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        if len(self.data.splitlines()) > POSTAL_ADDRESS_MAX_LINES:
            raise ValidationError(
                gettext("Write the address on at most %(lines)s lines.", lines=POSTAL_ADDRESS_MAX_LINES)
            )
        if self.data and not is_whole_address(self.data):
            raise ValidationError(
                gettext(
                    "Write the street or place on one line, and the postcode and place on the next, as “3400 Lier”."
                )
            )
