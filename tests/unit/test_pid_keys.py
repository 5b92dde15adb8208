import hashlib
import hmac
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.pid_keys import PidKeys
from participation.settings import Settings, SettingsError
from tests.unit.test_settings import demo, settings

FORMER, NEW = "kZ3v9Qw1Lr8tYb5nXs7dGf2hJm4pCa6u-former", "Wq8xRt2mZk5vBn7cLp3jHd9sFg4aYe6u-new"
NUMBER = "47906701517"


def test_a_digest_is_the_hmac_of_the_number_with_the_keys_secret() -> None:
    expected = hmac.new(NEW.encode(), NUMBER.encode(), hashlib.sha256).hexdigest()
    assert PidKeys.parse(f"2:{NEW}").digests(NUMBER) == [(2, expected)]


def test_a_known_answer_so_that_no_change_of_code_loses_everybodys_account() -> None:
    keys = PidKeys.parse("1:0123456789abcdefghijklmnopqrstuv")
    assert keys.digests(NUMBER) == [(1, "0d7df78f1ccea6a20a4437b9bea5e687190fc20b8aa82f0ce57c2f294330a7ca")]


def test_there_is_a_digest_for_each_key_in_the_order_of_the_setting() -> None:
    both, swapped = PidKeys.parse(f"2:{NEW}, 1:{FORMER}"), PidKeys.parse(f"1:{FORMER},2:{NEW}")
    assert [version for version, _ in both.digests(NUMBER)] == [2, 1]
    assert both.digests(NUMBER) == swapped.digests(NUMBER)[::-1]


def test_through_both_steps_of_a_change_every_two_processes_side_by_side_find_each_others_accounts() -> None:
    steps = [f"1:{FORMER}", f"1:{FORMER},2:{NEW}", f"2:{NEW},1:{FORMER}"]
    for before, after in pairwise(steps):
        one, other = (dict(PidKeys.parse(text).digests(NUMBER)) for text in (before, after))
        writes_first = PidKeys.parse(after).digests(NUMBER)[0]
        assert writes_first in one.items()
        assert one.items() & other.items()


@given(st.text(), st.text())
def test_two_numbers_never_share_a_digest(one: str, other: str) -> None:
    keys = PidKeys.parse(f"1:{FORMER}")
    try:
        same = keys.digests(one) == keys.digests(other)
    except UnicodeEncodeError:
        return
    assert same == (one == other)


@pytest.mark.parametrize(
    "text",
    [
        " ",
        ",",
        FORMER,
        f":{FORMER}",
        f"one:{FORMER}",
        f"0:{FORMER}",
        f"{'9' * 5000}:{FORMER}",
        f"-1:{FORMER}",
        f"1.5:{FORMER}",
        f"²:{FORMER}",
        f"1:{FORMER},",
        f"1:{FORMER},1:{NEW}",
        f"2:{FORMER},1:{FORMER}",
        f"1:{FORMER[:31]}",
        f"1:{'abcdefg' * 10}",
        f"2:{NEW},1:short-and-secret",
    ],
)
def test_keys_that_are_none_are_refused_in_one_line_without_a_secret(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^PID_KEYS") as refused:
        settings(PID_KEYS=text)
    told = str(refused.value)
    assert "\n" not in told
    assert not any(secret in told for secret in (FORMER, NEW, FORMER[:31], "abcdefg", "short-and-secret"))


def test_what_they_look_like_in_a_log_shows_no_secret() -> None:
    keys = PidKeys.parse(f"2:{NEW},1:{FORMER}")
    for text in (repr(keys), str(keys), repr(settings(PID_KEYS=f"2:{NEW},1:{FORMER}"))):
        assert NEW not in text
        assert FORMER not in text
    assert "version=2" in repr(keys)


def test_without_the_setting_there_are_none() -> None:
    assert settings().pid_keys is None
    assert settings(PID_KEYS="").pid_keys is None


def test_a_demo_makes_a_key_once_and_keeps_it_to_itself(tmp_path: Path) -> None:
    first, second, other = (demo(tmp_path / name) for name in ("one", "one", "two"))
    assert _digests(first) == _digests(second) != _digests(other)
    assert (tmp_path / "one" / "demo-pid-key").stat().st_mode & 0o077 == 0
    assert (tmp_path / "one" / "demo-pid-key").read_text() != first.secret_key


def test_a_demo_takes_the_keys_it_is_given(tmp_path: Path) -> None:
    assert _digests(demo(tmp_path, PID_KEYS=f"7:{NEW}"))[0][0] == 7


def _digests(found: Settings) -> list[tuple[int, str]]:
    assert found.pid_keys is not None
    return found.pid_keys.digests(NUMBER)
