"""How near the needs of a list are to where someone is, and what they are not shown of it."""

from flask_babel import gettext as _

from participation.geography.rules import Point, metres_between
from participation.needs.area_shapes import is_outside
from participation.needs.models import Need
from participation.needs.nearby import without_place
from participation.residents.need_list import Asked
from participation.residents.need_matches import Matches
from participation.web.filters import number

# Where someone is, is known to about a hundred metres.
_LEAST_METRES = 100
_KILOMETRE = 1_000
_WHOLE_FROM_KILOMETRES = 10


def away_from(need: Need, here: Point | None) -> str:
    """For a card; nothing where one of the two has no place."""
    return distance_words(metres_between(here, need.point)) if here and need.point else ""


def distance_words(metres: float) -> str:
    near = max(_LEAST_METRES, round(metres, -2))
    if near < _KILOMETRE:
        return str(_("about %(metres)s m away", metres=number(near)))
    kilometres = metres / _KILOMETRE
    decimals = 1 if kilometres < _WHOLE_FROM_KILOMETRES else 0
    return str(_("%(kilometres)s km away", kilometres=number(round(kilometres, decimals))))


def left_out(wanted: Asked, among: Matches) -> int:
    """How many needs that fit are not in the list of the nearest, since they have no place on the map."""
    return without_place(wanted.filter, among=among.before_distance) if wanted.near else 0


def is_elsewhere(wanted: Asked) -> bool:
    """Whether who asks for the nearest is outside the municipality."""
    return bool(wanted.near and is_outside(wanted.near))
