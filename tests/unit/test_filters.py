from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

import pytest
from flask import Flask
from flask_babel import Babel, force_locale, get_locale
from flask_babel.speaklater import LazyString

from participation.web.filters import (
    Labels,
    date_time,
    long_date,
    number,
    register,
    register_labels,
    register_meanings,
    short_date,
)

DAY = date(2026, 11, 3)
# A quarter past midnight in Oslo, the day before in UTC.
MOMENT = datetime(2026, 5, 16, 22, 15, tzinfo=UTC)


class Fruit(StrEnum):
    APPLE = "apple"


@pytest.fixture(autouse=True)
def app() -> Iterator[Flask]:
    app = Flask("words")
    Babel(app)
    with app.app_context():
        yield app


@pytest.mark.parametrize(
    ("language", "shown"), [("nb", "3. november 2026"), ("nn", "3. november 2026"), ("en", "3 November 2026")]
)
def test_a_long_date(language: str, shown: str) -> None:
    with force_locale(language):
        assert long_date(DAY) == shown
        assert long_date("2026-11-03") == shown


@pytest.mark.parametrize(("language", "shown"), [("nb", "03.11.2026"), ("nn", "03.11.2026"), ("en", "03/11/2026")])
def test_a_short_date(language: str, shown: str) -> None:
    with force_locale(language):
        assert short_date(DAY) == shown


@pytest.mark.parametrize(
    ("language", "shown"),
    [("nb", "17. mai 2026 kl. 00.15"), ("nn", "17. mai 2026 kl. 00.15"), ("en", "17 May 2026 at 00:15")],
)
def test_a_moment_is_shown_by_the_clock_in_oslo(language: str, shown: str) -> None:
    with force_locale(language):
        assert date_time(MOMENT) == shown
        assert long_date(MOMENT) == shown.replace(" kl. 00.15", "").replace(" at 00:15", "")


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_numbers_in_norwegian_have_a_no_break_space_and_a_decimal_comma(language: str) -> None:
    with force_locale(language):
        assert number(1234) == "1\xa0234"
        assert number(1234.5) == "1\xa0234,5"
        assert number(Decimal("1000.00")) == "1\xa0000"
        assert number(Decimal("0.50")) == "0,5"


def test_numbers_in_english() -> None:
    with force_locale("en"):
        assert number(Decimal("1234567.50")) == "1,234,567.5"


@pytest.mark.parametrize(
    "constant", ['"apple"|label_of("Fruit")', '"apple"|meaning_of("Fruit")', '"2026-05-17"|long_date', "1204.5|number"]
)
def test_a_page_is_in_each_visitors_own_language_also_where_it_shows_what_never_changes(
    app: Flask, constant: str
) -> None:
    words: Labels = {Fruit: {Fruit.APPLE: LazyString(lambda: str(get_locale()))}}
    register_labels(words)
    register_meanings(words)
    register(app)
    page = app.jinja_env.from_string("{{ " + constant + " }}")
    with force_locale("en"):
        first = page.render()
    with force_locale("nb"):
        assert page.render() != first
