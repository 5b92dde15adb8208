"""The needs that words, distance and being one's own leave of all, before the other filters narrow them further."""

from collections.abc import Sequence
from dataclasses import dataclass

from participation.geography.rules import Point
from participation.needs import listing, queries
from participation.needs.models import SUBJECT_KIND, Need
from participation.needs.nearby import NEAREST_MAX, nearest
from participation.needs.queries import NeedFilter
from participation.notifications.queries import subject_ids
from participation.notifications.rules import Reason
from participation.permissions import Actor
from participation.residents.need_list import Asked, Mine
from participation.search.queries import Found
from participation.support.queries import supported_ids


@dataclass(frozen=True)
class Matches:
    numbers: Sequence[int] | None = None
    """The best first; None where nothing but filters narrows the list."""
    before_distance: Sequence[int] | None = None
    """The same without regard to how near they are, those without a place too."""
    found: Found | None = None
    is_cut: bool = False
    """Whether there may be more."""
    is_filtered: bool = False
    """Whether only what fits the filters was sought: of what other filters would leave, nothing is known."""


def matches(wanted: Asked, actor: Actor | None) -> Matches:
    """Where there are more than can be weighed, those are sought that fit the filters too, so that none is left out."""
    own = own_among(wanted, actor)
    made = _by_words(wanted, own) if wanted.text else Matches(own)
    return _by_distance(wanted.near, wanted.filter, made) if wanted.near else made


def _by_words(wanted: Asked, own: Sequence[int] | None) -> Matches:
    found, is_filtered = queries.found_by_text(wanted.text), False
    if not found.all_there_is and (wanted.filter.narrows or own is not None):
        of_mine = [Need.id.in_(own)] if own is not None else []
        found, is_filtered = queries.found_by_text(wanted.text, *queries.fitting(wanted.filter), *of_mine), True
    mine = set(found.ids if own is None else own)
    kept = [number for number in found.ids if number in mine]
    return Matches(kept, found=found, is_cut=not found.all_there_is, is_filtered=is_filtered)


def _by_distance(here: Point, wanted: NeedFilter, made: Matches) -> Matches:
    near, is_filtered = nearest(here, wanted=NeedFilter(), among=made.numbers), made.is_filtered
    is_cut = made.numbers is None and len(near) >= NEAREST_MAX
    if is_cut and wanted.narrows:
        near, is_filtered = nearest(here, wanted=wanted), True
        is_cut = len(near) >= NEAREST_MAX
    numbers = [one.need_id for one in near]
    return Matches(numbers, made.numbers, made.found, is_cut=made.is_cut or is_cut, is_filtered=is_filtered)


def own_among(wanted: Asked, actor: Actor | None) -> Sequence[int] | None:
    """Their own, where these alone are asked for."""
    if wanted.mine is None or actor is None:
        return None
    if wanted.mine is Mine.REPORTED:
        return listing.own_needs(actor.id)
    if wanted.mine is Mine.SUPPORTED:
        return supported_ids(actor.id, limit=listing.FOUND_MAX)
    return subject_ids(actor.id, kind=SUBJECT_KIND, reason=Reason.FOLLOWER)[: listing.FOUND_MAX]
