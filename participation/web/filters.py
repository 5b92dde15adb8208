"""How words, dates and numbers are shown, the same in pages and mails."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache, wraps
from typing import Any, Protocol

from babel.dates import format_date as babel_format_date
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import get_locale, get_translations, gettext
from jinja2 import pass_context, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup

from participation import clock
from participation.web.text import excerpt, gist, linkify, markdown, plain

Labels = Mapping[type[StrEnum], Mapping[Any, Any]]
_LONG = {"en": "d MMMM yyyy"}
_SHORT = {"en": "dd/MM/yyyy"}
_labels: dict[type[StrEnum], Mapping[Any, Any]] = {}
_meanings: dict[type[StrEnum], Mapping[Any, Any]] = {}


def register_labels(labels: Labels) -> None:
    """Teach the `label` filter the words of a feature's enums."""
    _labels.update(labels)


def register_meanings(meanings: Labels) -> None:
    """Teach the `meaning_of` filter a sentence on each of an enum's members."""
    _meanings.update(meanings)


def label(member: StrEnum) -> str:
    """The word people read for an enum's member."""
    return str(_labels[type(member)][member])


def label_of(value: str, enum_name: str) -> str:
    """The same for a value as an event's facts keep it: `facts.phase|label_of("Phase")`."""
    enum = next(kind for kind in _labels if kind.__name__ == enum_name)
    return label(enum(value))


def meaning_of(value: str, enum_name: str) -> str:
    """A sentence on what it means: `facts.phase|meaning_of("Phase")`."""
    enum = next(kind for kind in _meanings if kind.__name__ == enum_name)
    return str(_meanings[enum][enum(value)])


def _local(moment: date | datetime) -> date:
    return moment.astimezone(clock.MUNICIPAL_TIME).date() if isinstance(moment, datetime) else moment


def _parsed(moment: date | datetime | str) -> date | datetime:
    """JSON facts keep dates as text."""
    return date.fromisoformat(moment) if isinstance(moment, str) else moment


def long_date(moment: date | datetime | str) -> str:
    """23. november 2026"""
    locale = get_locale()
    pattern = _LONG.get(locale.language, "d. MMMM yyyy")
    return babel_format_date(_local(_parsed(moment)), pattern, locale=locale)


def short_date(moment: date | datetime | str) -> str:
    """23.11.2026"""
    locale = get_locale()
    return babel_format_date(_local(_parsed(moment)), _SHORT.get(locale.language, "dd.MM.yyyy"), locale=locale)


def date_time(moment: datetime) -> str:
    """23. november 2026 kl. 14.05"""
    local = moment.astimezone(clock.MUNICIPAL_TIME)
    if get_locale().language == "en":
        return f"{long_date(moment)} at {local:%H:%M}"
    return f"{long_date(moment)} kl. {local:%H.%M}"


def clock_time(moment: datetime) -> str:
    """14.05"""
    local = moment.astimezone(clock.MUNICIPAL_TIME)
    return f"{local:%H:%M}" if get_locale().language == "en" else f"{local:%H.%M}"


def number(value: int | float | Decimal) -> str:
    """1 234,5"""
    return _number(value, str(get_locale()))


@lru_cache(maxsize=1024, typed=True)
def _number(value: int | float | Decimal, language: str) -> str:
    plain = value.normalize() if isinstance(value, Decimal) else value
    return format_decimal(plain, locale=language)


class Named(Protocol):
    name: str
    name_hidden: bool
    closed_at: datetime | None


def shown_name(person: Named, hidden: bool = False) -> str:
    """The person's name, unless they hide it here (`hidden`) or everywhere, or have left."""
    if person.closed_at is not None:
        return str(gettext("Former user"))
    return str(gettext("Name hidden")) if hidden or person.name_hidden else person.name


@pass_eval_context
def ngettext(context: EvalContext, singular: str, plural: str, num: int, **words: object) -> str:
    """The template's `ngettext`, with its number shown as numbers are: 1 204, not 1204."""
    text = str(get_translations().ungettext(singular, plural, num))
    return (Markup(text) if context.autoescape else text) % {"num": number(num), **words}  # noqa: S704  our own text


def counted(singular: str, plural: str, num: int) -> str:
    """The same in Python: `ngettext` of the library writes 1204."""
    return str(get_translations().ungettext(singular, plural, num)) % {"num": number(num)}


def said(words: Any, part: str) -> str:
    """A part of what is said of a thing (a result, an event's facts), in the reader's language if translated."""
    return _translation(words).get(part) or str(_part(words, part) or "")


def said_in(words: Any, part: str) -> str:
    """The language that `said` gives the part in."""
    return str(get_locale()) if _translation(words).get(part) else "nb"


def _translation(words: Any) -> dict[str, str]:
    translations = _part(words, "translations") or {}
    found: dict[str, str] = translations.get(str(get_locale()), {})
    return found


def _part(words: Any, part: str) -> Any:
    return words.get(part) if isinstance(words, Mapping) else getattr(words, part)


def _each_time(words: Callable[..., str]) -> Callable[..., str]:
    """A filter that Jinja leaves till the page is shown: of constants it would keep the first visitor's language."""

    @pass_context
    @wraps(words)
    def shown(_context: Context, *arguments: Any, **options: Any) -> str:
        return words(*arguments, **options)

    return shown


def register(app: Flask) -> None:
    app.jinja_env.globals["ngettext"] = ngettext
    app.jinja_env.filters |= {
        "label": _each_time(label),
        "label_of": _each_time(label_of),
        "meaning_of": _each_time(meaning_of),
        "long_date": _each_time(long_date),
        "short_date": _each_time(short_date),
        "datetime": _each_time(date_time),
        "clock_time": _each_time(clock_time),
        "number": _each_time(number),
        "shown_name": _each_time(shown_name),
        "said": _each_time(said),
        "said_in": _each_time(said_in),
        "markdown": markdown,
        "plain": plain,
        "excerpt": excerpt,
        "gist": gist,
        "linkify": linkify,
    }
