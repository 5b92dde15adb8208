"""Why something is refused: one list for all rules, and the exception that carries a reason to the page."""

from enum import StrEnum


class Refusal(StrEnum):
    NOT_ALLOWED = "not_allowed"
    NOT_YOURS = "not_yours"
    WRONG_STATE = "wrong_state"
    CHANGED_MEANWHILE = "changed_meanwhile"
    TOO_LATE_TO_EDIT = "too_late_to_edit"
    REASON_MISSING = "reason_missing"
    DATE_OUT_OF_REACH = "date_out_of_reach"
    ASKED_BEFORE = "asked_before"
    NOTHING_CORRECTED = "nothing_corrected"
    FIELD_UNFILLED = "field_unfilled"
    CLOSED_FOR_SUPPORT = "closed_for_support"
    CLOSED_FOR_COMMENTS = "closed_for_comments"
    REPLY_TO_REPLY = "reply_to_reply"
    NEED_NOT_ACCEPTED = "need_not_accepted"
    ALREADY_LINKED = "already_linked"
    PROJECT_ENDED = "project_ended"
    ALREADY_PUBLIC = "already_public"
    SAME_PHASE = "same_phase"
    NOT_NEW_PRACTICE = "not_new_practice"
    NEXT_STEP_MISSING = "next_step_missing"
    PLAN_OUT_OF_ORDER = "plan_out_of_order"
    DAY_TO_COME = "day_to_come"
    MILESTONE_REACHED = "milestone_reached"
    PROJECT_INTERNAL = "project_internal"
    NOBODY_TO_TELL = "nobody_to_tell"
    NOT_STAFF = "not_staff"
    OUTCOME_WITHOUT_TEXT = "outcome_without_text"
    GATES_WITHOUT_EVIDENCE = "gates_without_evidence"
    NEEDS_WITHOUT_ANSWER = "needs_without_answer"
    OWN_TEXT = "own_text"
    PUBLISH_AT_OUT_OF_REACH = "publish_at_out_of_reach"
    PUBLISHING_FAILED = "publishing_failed"
    PICTURE_WITHOUT_ALT = "picture_without_alt"
    CORRECTION_WAITS = "correction_waits"
    LINK_SPENT = "link_spent"
    ACCOUNT_CLOSED = "account_closed"
    HAS_ROLES = "has_roles"
    ADDRESS_TAKEN = "address_taken"
    EMAIL_TAKEN = "email_taken"
    EMAIL_OF_STAFF = "email_of_staff"
    EMAIL_REPLACED = "email_replaced"
    NO_LETTERS_WAIT = "no_letters_wait"
    LETTERS_TOLD = "letters_told"
    THEME_OR_AREA_GONE = "theme_or_area_gone"
    NO_AREA_OF_OURS = "no_area_of_ours"
    NOT_A_PICTURE = "not_a_picture"
    PICTURE_BROKEN = "picture_broken"
    PICTURE_TOO_LARGE = "picture_too_large"
    PICTURE_TOO_LONG = "picture_too_long"
    PICTURE_TOO_FINE = "picture_too_fine"
    PICTURE_TOO_SMALL = "picture_too_small"
    PICTURE_HOLDS_MORE = "picture_holds_more"
    PICTURE_IN_HEIC = "picture_in_heic"
    PICTURE_MOVES = "picture_moves"
    TOO_MANY_PICTURES = "too_many_pictures"
    PICTURES_IN_DRAFTS = "pictures_in_drafts"
    PICTURES_UNSIGNED = "pictures_unsigned"
    PICTURES_AWAY = "pictures_away"
    TOO_EARLY = "too_early"
    ALREADY_ANSWERED = "already_answered"
    FIGURE_MISSING = "figure_missing"
    FIGURE_TOO_OLD = "figure_too_old"
    NOT_ASKED = "not_asked"
    ANSWERS_CLOSED = "answers_closed"
    NO_CONSENT = "no_consent"
    PASSKEY_NOT_SHOWN = "passkey_not_shown"
    PASSKEY_TOO_LATE = "passkey_too_late"
    PASSKEY_UNKNOWN = "passkey_unknown"
    PASSKEY_KNOWN = "passkey_known"


FORBIDDEN = frozenset(
    {Refusal.NOT_ALLOWED, Refusal.NOT_YOURS, Refusal.OWN_TEXT, Refusal.ACCOUNT_CLOSED, Refusal.NOT_ASKED}
)


# What is wrong is with the file that was chosen.
OF_THE_FILE = frozenset(
    {
        Refusal.NOT_A_PICTURE,
        Refusal.PICTURE_BROKEN,
        Refusal.PICTURE_TOO_LARGE,
        Refusal.PICTURE_TOO_LONG,
        Refusal.PICTURE_TOO_FINE,
        Refusal.PICTURE_TOO_SMALL,
        Refusal.PICTURE_HOLDS_MORE,
        Refusal.PICTURE_IN_HEIC,
        Refusal.PICTURE_MOVES,
    }
)

# What is wrong is with us, or with what we stand on; it may be put right in a while.
AWAY = frozenset({Refusal.PICTURES_AWAY})


class Refused(Exception):
    """A rule said no. Nothing has been changed that the caller may commit."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason

    @property
    def status(self) -> int:
        """403 when the person may never do it, 503 when we can't, 409 when it can't be done now."""
        if self.reason in AWAY:
            return 503
        return 403 if self.reason in FORBIDDEN else 409


def ensure(reason: Refusal | None) -> None:
    """Raise Refused unless the rule had nothing against it."""
    if reason is not None:
        raise Refused(reason)
