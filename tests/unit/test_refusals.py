from typing import cast

import pytest

from participation.refusals import Refusal, Refused, ensure
from participation.web.labels import LABELS

NEVER = {Refusal.NOT_ALLOWED, Refusal.NOT_YOURS, Refusal.OWN_TEXT, Refusal.ACCOUNT_CLOSED, Refusal.NOT_ASKED}

AWAY = {Refusal.PICTURES_AWAY}


def test_nothing_against_it_raises_nothing() -> None:
    ensure(None)


@pytest.mark.parametrize("reason", Refusal)
def test_what_the_person_may_never_do_is_403_what_fails_us_503_and_the_rest_409(reason: Refusal) -> None:
    with pytest.raises(Refused) as refused:
        ensure(reason)
    assert refused.value.reason is reason
    assert refused.value.status == (403 if reason in NEVER else 503 if reason in AWAY else 409)


def test_every_refusal_has_words() -> None:
    words = cast(dict[Refusal, str], LABELS[Refusal])
    assert set(words) == set(Refusal)
