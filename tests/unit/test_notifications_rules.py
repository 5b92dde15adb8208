from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.notifications.rules import Reason, retry_after


@pytest.mark.parametrize(("attempts", "minutes"), [(0, 1), (1, 2), (2, 4), (5, 32), (6, 60), (7, 60)])
def test_the_wait_doubles_from_a_minute_to_an_hour(attempts: int, minutes: int) -> None:
    assert retry_after(attempts) == timedelta(minutes=minutes)


@given(st.integers(0, 10**9))
def test_however_often_it_failed_it_is_tried_again_within_the_hour(attempts: int) -> None:
    assert timedelta(minutes=1) <= retry_after(attempts) <= timedelta(hours=1)


def test_the_reasons_stand_in_the_order_of_their_weight() -> None:
    assert list(Reason) == [Reason.AUTHOR, Reason.SUPPORTER, Reason.COMMENTER, Reason.FOLLOWER]
