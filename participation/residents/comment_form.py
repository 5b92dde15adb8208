"""The form a comment is written in."""

from flask_babel import lazy_gettext
from wtforms import IntegerField
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import HiddenInput

from participation.comments.rules import COMMENT_MAX_CHARACTERS
from participation.web.forms import Form, Required, SubmissionKeyField, TextBlock, at_most
from participation.web.pagination import ID_MAX


class CommentForm(Form):
    body = TextBlock(
        lazy_gettext("Your comment"),
        [Required(lazy_gettext("Write a comment")), at_most(COMMENT_MAX_CHARACTERS)],
    )
    parent_id = IntegerField(
        widget=HiddenInput(),
        validators=[
            Optional(),
            NumberRange(1, ID_MAX, message=lazy_gettext("The comment you reply to isn't here any more")),
        ],
    )
    submission_key = SubmissionKeyField()


class CommentEditForm(Form):
    body = TextBlock(
        lazy_gettext("Your comment"),
        [Required(lazy_gettext("Write a comment")), at_most(COMMENT_MAX_CHARACTERS)],
    )
