"""The small forms on a result's page in the newsroom."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import BooleanField, DateField, TimeField, ValidationError

from participation import clock
from participation.files.rules import ALT_MAX_CHARACTERS, PICTURE_MAX_BYTES
from participation.outcomes.rules import (
    REMARK_MAX_CHARACTERS,
    WITHDRAWAL_REASON_MAX_CHARACTERS,
    Step,
)
from participation.projects.rules import NOTE_MAX_CHARACTERS
from participation.web.forms import (
    Form,
    PictureField,
    Required,
    SubmissionKeyField,
    TextBlock,
    TextLine,
    VersionField,
    at_most,
    written_out,
)


class StepForm(Form):
    version = VersionField()


class SendBackForm(StepForm):
    id_prefix = "back-"
    note = TextBlock(
        lazy_gettext("What do you want changed?"),
        [Required(lazy_gettext("Write what you want changed")), at_most(NOTE_MAX_CHARACTERS)],
    )


class ScheduleForm(StepForm):
    """The day and the minute, on the municipality's clock."""

    id_prefix = "schedule-"
    day = DateField(lazy_gettext("Day"), [Required(lazy_gettext("Choose the day"))])
    at = TimeField(lazy_gettext("Time"), [Required(lazy_gettext("Choose the time"))])

    def validate_at(self, field: TimeField) -> None:
        times = clock.times_on_the_wall(self.day.data, field.data) if self.day.data else 1
        if times == 0:
            raise ValidationError(
                _(
                    "The clocks are put forward that night, and this time does not exist. "
                    "Choose a time before 02:00, or 03:00 or later."
                )
            )
        if times > 1:
            raise ValidationError(
                _(
                    "The clocks are put back that night, and this time comes twice. "
                    "Choose a time before 02:00, or 03:00 or later."
                )
            )

    def publish_at(self) -> datetime:
        return datetime.combine(self.day.data, self.at.data, tzinfo=clock.MUNICIPAL_TIME)


class WithdrawForm(StepForm):
    id_prefix = "withdraw-"
    reason = TextBlock(
        lazy_gettext("Why is it withdrawn?"),
        [
            Required(lazy_gettext("Write why, so that everyone who was told can understand it")),
            at_most(WITHDRAWAL_REASON_MAX_CHARACTERS),
            written_out,
        ],
    )


class RejectForm(StepForm):
    id_prefix = "reject-"
    reason = TextBlock(
        lazy_gettext("Why is it rejected?"),
        [Required(lazy_gettext("Write why, to the one who wrote it")), at_most(NOTE_MAX_CHARACTERS)],
    )


class RemarkForm(Form):
    id_prefix = "remark-"
    submission_key = SubmissionKeyField()
    body = TextBlock(
        lazy_gettext("Say something to those who work on it"),
        [Required(lazy_gettext("Write what you want to say")), at_most(REMARK_MAX_CHARACTERS)],
    )


class PictureForm(StepForm):
    id_prefix = "picture-"
    takes_pictures = True
    picture = PictureField(lazy_gettext("Picture"), max_bytes=PICTURE_MAX_BYTES)
    alt = TextLine(lazy_gettext("What does the picture show?"), [at_most(ALT_MAX_CHARACTERS)])
    remove = BooleanField(lazy_gettext("Take the picture away"))
    has_picture = False

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if not self.remove.data and self.picture.data is None and not self.has_picture:
            self.picture.errors = [_("Choose a picture")]
            return False
        return valid

    def validate_alt(self, field: TextLine) -> None:
        if not field.data and not self.remove.data:
            raise ValidationError(_("Say what the picture shows, for those who can't see it."))


FORM_OF: dict[Step, type[StepForm]] = {
    Step.SEND_BACK: SendBackForm,
    Step.SCHEDULE: ScheduleForm,
    Step.WITHDRAW: WithdrawForm,
}
