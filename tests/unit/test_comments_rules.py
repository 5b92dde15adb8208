from datetime import UTC, datetime, timedelta

import pytest

from participation.comments.rules import may_edit, may_reply_to
from participation.permissions import Actor
from participation.refusals import Refusal

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "refusal"), [(0, None), (59, None), (60, Refusal.TOO_LATE_TO_EDIT), (61, Refusal.TOO_LATE_TO_EDIT)]
)
def test_a_comment_can_be_changed_for_an_hour(minutes: int, refusal: Refusal | None) -> None:
    now = NOON + timedelta(minutes=minutes)
    assert may_edit(Actor(1), author_id=1, created_at=NOON, now=now) is refusal


def test_nobody_changes_anothers_comment() -> None:
    assert may_edit(Actor(2), author_id=1, created_at=NOON, now=NOON) is Refusal.NOT_YOURS


def test_replies_have_one_level() -> None:
    assert may_reply_to(parent_of_parent=None) is None
    assert may_reply_to(parent_of_parent=7) is Refusal.REPLY_TO_REPLY
