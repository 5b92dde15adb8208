"""The words for why something is refused, and for roles."""

from flask_babel import lazy_gettext, lazy_pgettext

from participation.permissions import Role
from participation.refusals import Refusal

LABELS = {
    Refusal: {
        Refusal.NOT_ALLOWED: lazy_gettext("You don't have access to this."),
        Refusal.NOT_YOURS: lazy_gettext("Only the one who wrote it can do this."),
        Refusal.WRONG_STATE: lazy_gettext("It can't be done as things stand now. Open the page again and see how it stands."),
        Refusal.CHANGED_MEANWHILE: lazy_gettext("Someone else changed this while you had it open. Open the page again and see how it stands now."),
        Refusal.TOO_LATE_TO_EDIT: lazy_gettext("You can change what you wrote for an hour. After that you can add to it instead."),
        Refusal.REASON_MISSING: lazy_gettext("Say why, so that those it concerns can understand it."),
        Refusal.DATE_OUT_OF_REACH: lazy_gettext("Choose a date to come, within half a year."),
        Refusal.CLOSED_FOR_SUPPORT: lazy_gettext("This need no longer takes support, since it has been decided on."),
        Refusal.CLOSED_FOR_COMMENTS: lazy_gettext("This need no longer takes comments."),
        Refusal.REPLY_TO_REPLY: lazy_gettext("Reply to the first comment instead: replies have one level."),
        Refusal.NEED_NOT_ACCEPTED: lazy_gettext("Answer the need and take it in for further work before a project takes it on."),
        Refusal.ALREADY_LINKED: lazy_gettext("The project and the need are already linked."),
        Refusal.PROJECT_ENDED: lazy_gettext("The project has been stopped."),
        Refusal.ALREADY_PUBLIC: lazy_gettext("The project has been told of to residents, and can no longer be internal."),
        Refusal.SAME_PHASE: lazy_gettext("The project is already in that phase."),
        Refusal.OUTCOME_WITHOUT_TEXT: lazy_gettext("Write in short what changed, and what was done."),
        Refusal.GATES_WITHOUT_EVIDENCE: lazy_gettext("Write what shows that it is new, that it is useful and that it is in use."),
        Refusal.NEEDS_WITHOUT_ANSWER: lazy_gettext("Write what the result means for each of the linked needs."),
        Refusal.OWN_TEXT: lazy_gettext("You have written on this yourself. Someone else must approve and publish it."),
        Refusal.LINK_SPENT: lazy_gettext("This sign-in link has been used, or it is too old. Ask for a new one."),
        Refusal.ACCOUNT_CLOSED: lazy_gettext("This account has been closed."),
        Refusal.THEME_OR_AREA_GONE: lazy_gettext("The theme or the area you chose is no longer in use. Choose another."),
        Refusal.NOT_A_PICTURE: lazy_gettext("We can't read this as a picture. Choose a JPEG, PNG or WebP file."),
        Refusal.PICTURE_TOO_LARGE: lazy_gettext("The picture is too large. Choose one of at most 15 MB and 40 million pixels."),
    },
    Role: {
        Role.RESIDENT: lazy_pgettext("role", "resident"),
        Role.STAFF: lazy_pgettext("role", "employee"),
        Role.CASE_WORKER: lazy_pgettext("role", "case worker"),
        Role.COMMUNICATIONS: lazy_pgettext("role", "communications"),
        Role.MODERATOR: lazy_pgettext("role", "moderator"),
        Role.LEADER: lazy_pgettext("role", "leader"),
        Role.ADMINISTRATOR: lazy_pgettext("role", "administrator"),
    },
}  # fmt: skip
