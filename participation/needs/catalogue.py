"""Themes and areas, which needs are sorted under: put out of use, never deleted, since needs point to them."""

import re
import unicodedata
from dataclasses import dataclass

from sqlalchemy import func, select

from participation.audit import service as audit
from participation.audit.models import REINDEXED
from participation.extensions import db
from participation.needs.models import Area, Theme
from participation.permissions import Actor

KEY_MAX_CHARACTERS = 40
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "đ": "d", "ŋ": "n", "ß": "ss"})


@dataclass(frozen=True, kw_only=True)
class ThemeNames:
    nb: str
    nn: str
    en: str


def add_theme(actor: Actor, *, names: ThemeNames) -> Theme:
    """A new theme, last in the list."""
    last = db.session.scalar(select(func.max(Theme.position))) or 0
    theme = Theme(key=_free_key(Theme, names.nb), position=last + 1, active=True, **vars(names))
    db.session.add(theme)
    db.session.flush()
    audit.record("added", actor_id=actor.id, kind="theme", object_id=theme.id, name=names.nb)
    return theme


def rename_theme(actor: Actor, *, theme: Theme, names: ThemeNames) -> None:
    """The key stays as it is, since addresses hold it."""
    before = theme.nb
    theme.nb, theme.nn, theme.en = names.nb, names.nn, names.en
    _index_needs_anew()
    audit.record("renamed", actor_id=actor.id, kind="theme", object_id=theme.id, before=before, name=names.nb)


def add_area(actor: Actor, *, name: str) -> Area:
    area = Area(key=_free_key(Area, name), name=name, active=True)
    db.session.add(area)
    db.session.flush()
    audit.record("added", actor_id=actor.id, kind="area", object_id=area.id, name=name)
    return area


def rename_area(actor: Actor, *, area: Area, name: str) -> None:
    before, area.name = area.name, name
    _index_needs_anew()
    audit.record("renamed", actor_id=actor.id, kind="area", object_id=area.id, before=before, name=name)


def set_in_use(actor: Actor, *, entry: Theme | Area, in_use: bool) -> None:
    """What is out of use can't be chosen for new needs; those that have it keep it."""
    if entry.active == in_use:
        return
    entry.active = in_use
    action = "put_in_use" if in_use else "put_out_of_use"
    audit.record(action, actor_id=actor.id, kind=entry.__tablename__, object_id=entry.id)


def _free_key(table: type[Theme] | type[Area], name: str) -> str:
    key, number = _key(name), 1
    while db.session.scalar(select(table.id).where(table.key == key)) is not None:
        number += 1
        key = f"{_key(name)[: KEY_MAX_CHARACTERS - 4]}-{number}"
    return key


def _key(name: str) -> str:
    """The name as it can stand in an address."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    words = re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode())
    return words.strip("-")[:KEY_MAX_CHARACTERS].strip("-") or "uten-navn"


def _index_needs_anew() -> None:
    """They are found by the names of their theme and area, and may be many: the worker sees to it."""
    audit.mark_undone(REINDEXED)
