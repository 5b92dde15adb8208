"""The list of needs with the nearest first."""

from participation.needs.models import Need
from participation.needs.nearby import nearest
from participation.needs.queries import NEEDS_A_PAGE, needs_by_id
from participation.residents.need_list import Asked
from participation.web.pagination import Cursor, Page


def near_page(wanted: Asked, *, after: Cursor | None) -> Page[Need]:
    """One page of the nearest. They are found anew for each page: two hundred of them at most."""
    if wanted.near is None:
        return Page([])
    found = nearest(wanted.near, wanted=wanted.filter)
    left = [one for one in found if after is None or (one.metres, one.need_id) > (after.value, after.id)]
    shown, more = left[:NEEDS_A_PAGE], len(left) > NEEDS_A_PAGE
    last = shown[-1] if more else None
    needs = needs_by_id(one.need_id for one in shown)
    return Page(needs, Cursor(last.metres, last.need_id) if last else None)
