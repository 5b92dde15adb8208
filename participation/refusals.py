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
    CLOSED_FOR_SUPPORT = "closed_for_support"
    CLOSED_FOR_COMMENTS = "closed_for_comments"
    REPLY_TO_REPLY = "reply_to_reply"
    NEED_NOT_ACCEPTED = "need_not_accepted"
    ALREADY_LINKED = "already_linked"
    PROJECT_ENDED = "project_ended"
    ALREADY_PUBLIC = "already_public"
    SAME_PHASE = "same_phase"
    OUTCOME_WITHOUT_TEXT = "outcome_without_text"
    GATES_WITHOUT_EVIDENCE = "gates_without_evidence"
    NEEDS_WITHOUT_ANSWER = "needs_without_answer"
    OWN_TEXT = "own_text"
    LINK_SPENT = "link_spent"
    ACCOUNT_CLOSED = "account_closed"
    THEME_OR_AREA_GONE = "theme_or_area_gone"
    NOT_A_PICTURE = "not_a_picture"
    PICTURE_TOO_LARGE = "picture_too_large"


FORBIDDEN = frozenset({Refusal.NOT_ALLOWED, Refusal.NOT_YOURS, Refusal.OWN_TEXT, Refusal.ACCOUNT_CLOSED})


class Refused(Exception):
    """A rule said no. Nothing has been changed that the caller may commit."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason

    @property
    def status(self) -> int:
        """403 when the person may never do it, 409 when it can't be done now."""
        return 403 if self.reason in FORBIDDEN else 409


def ensure(reason: Refusal | None) -> None:
    """Raise Refused unless the rule had nothing against it."""
    if reason is not None:
        raise Refused(reason)
