"""The forms that staff answer a need in, and begin from a template."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import DateField, SelectField

from participation.needs.fields import Field, joined, unfilled_fields
from participation.needs.models import AnswerTemplate, Need
from participation.needs.rules import ANSWER_MAX_CHARACTERS, UpdateKind
from participation.needs.wording import field_values
from participation.unwritten import gaps
from participation.web.forms import (
    Form,
    Required,
    TextBlock,
    VersionField,
    at_most,
    fields_gone,
    gaps_gone,
    written_out,
)
from participation.web.pagination import ID_MAX

NO_TEMPLATE = ""
NOTE_MAX_CHARACTERS = 500


def fields_filled(form: "AnswerForm", field: TextBlock) -> None:
    """Each field in braces has something to be filled in with. A date still to be chosen has its own error."""
    fields_gone(unfilled_fields(form.values() | form.awaited, field.data))


def gaps_written(form: "AnswerForm", field: TextBlock) -> None:
    """What a template leaves to be written has been; whoever only looks at how it reads may still have it to do."""
    gaps_gone([] if form.only_shown else gaps(field.data))


_WHOLE = (at_most(ANSWER_MAX_CHARACTERS), fields_filled, gaps_written)
# Of words that are sent as they stand: fields are filled in once.
_PLAIN = (at_most(ANSWER_MAX_CHARACTERS), written_out)


def _mail_body() -> TextBlock:
    return TextBlock(lazy_gettext("Answer in the e-mail"), _WHOLE)


class AssessForm(Form):
    id_prefix = "assess-"
    version = VersionField()


class AnswerForm(Form):
    """What all answers have; the kind is that of the line it writes, and of the templates it takes."""

    kind: ClassVar[UpdateKind]
    need: Need | None = None
    only_shown = False
    templates: Mapping[int, AnswerTemplate] = {}

    version = VersionField()
    template = SelectField(lazy_gettext("Begin with a template"), default=NO_TEMPLATE, choices=[])
    body: TextBlock
    mail_body: TextBlock

    def offer(self, need: Need, templates: Iterable[AnswerTemplate]) -> None:
        """Say which need it answers, and which templates fit it: those of its theme first."""
        self.need = need
        self.templates = {one.id: one for one in templates if one.kind is self.kind}
        own = {str(one.id): one.name for one in self.templates.values() if one.theme_id is not None}
        general = {str(one.id): one.name for one in self.templates.values() if one.theme_id is None}
        self.template.choices = [(NO_TEMPLATE, _("Choose a template")), *own.items(), *general.items()]

    def values(self) -> dict[Field, str]:
        return field_values(self.need, answer_by=self.new_date()) if self.need else {}

    def new_date(self) -> date | None:
        return None

    @property
    def awaited(self) -> dict[Field, str]:
        """What the fields can be filled in with once the form is whole."""
        return {}

    def texts(self) -> dict[str, str]:
        names = ("body", "mail_body", "would_change")
        return {name: self[name].data for name in names if name in self}

    def take_template(self) -> bool:
        """Put the chosen template's words below what is written; False when none is chosen."""
        chosen = self.template.data or ""
        number = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) <= len(str(ID_MAX)) else 0
        template = self.templates.get(number)
        if template is None:
            return False
        for name, written in self.texts().items():
            self[name].data = joined(written, getattr(template, name))
        self.template.data = NO_TEMPLATE
        return True


class ProvisionalForm(AnswerForm):
    id_prefix = "provisional-"
    kind = UpdateKind.PROVISIONAL
    body = TextBlock(
        lazy_gettext("What have you found out so far?"),
        [Required(lazy_gettext("Write what you have found out so far")), *_WHOLE],
    )
    mail_body = _mail_body()
    answer_by = DateField(
        lazy_gettext("New date to answer by"), [Required(lazy_gettext("Choose the new date to answer by"))]
    )

    def new_date(self) -> date | None:
        chosen: date | None = self.answer_by.data
        return chosen

    @property
    def awaited(self) -> dict[Field, str]:
        return {} if self.new_date() else {Field.DEADLINE: self.answer_by.label.text}


class AcceptForm(AnswerForm):
    id_prefix = "accept-"
    kind = UpdateKind.ACCEPTED
    body = TextBlock(
        lazy_gettext("Your answer"),
        [Required(lazy_gettext("Write the answer")), *_WHOLE],
    )
    mail_body = _mail_body()


class DeclineForm(AnswerForm):
    id_prefix = "decline-"
    kind = UpdateKind.DECLINED
    body = TextBlock(
        lazy_gettext("Why can't you take it further?"),
        [Required(lazy_gettext("Write why you can't take it further")), *_WHOLE],
    )
    mail_body = _mail_body()
    would_change = TextBlock(
        lazy_gettext("What would change that?"),
        [Required(lazy_gettext("Write what would make you look at it again")), *_WHOLE],
    )


class NewsForm(AnswerForm):
    id_prefix = "news-"
    kind = UpdateKind.NEWS
    body = TextBlock(
        lazy_gettext("What is new?"),
        [Required(lazy_gettext("Write what is new")), *_WHOLE],
    )
    mail_body = _mail_body()


class CorrectionForm(Form):
    """Other words for what has been said; the kind of line decides whether it says what would change a no."""

    id_prefix = "correct-"
    version = VersionField()
    body = TextBlock(
        lazy_gettext("Answer on the page"),
        [Required(lazy_gettext("Write the answer")), *_PLAIN],
    )
    mail_body = TextBlock(lazy_gettext("Answer in the e-mail"), _PLAIN)
    would_change = TextBlock(
        lazy_gettext("What would change that?"),
        [Required(lazy_gettext("Write what would make you look at it again")), *_PLAIN],
    )
    note = TextBlock(
        lazy_gettext("What do you correct?"),
        [Required(lazy_gettext("Write what you correct")), at_most(NOTE_MAX_CHARACTERS), written_out],
    )

    def wording(self) -> dict[str, Any]:
        return {name: self[name].data for name in ("body", "mail_body", "would_change") if name in self}
