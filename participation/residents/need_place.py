"""The place of a need, as it is chosen in the form: on a map, by an address, or in words."""

from typing import Any

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, lazy_pgettext
from flask_limiter import RateLimitExceeded
from werkzeug.exceptions import BadRequest
from wtforms import HiddenField, ValidationError
from wtforms.widgets import RadioInput

from participation.extensions import limiter
from participation.geography.addresses import ASKED_MAX_CHARACTERS, Address
from participation.geography.outlines import point_within
from participation.geography.rules import Box, Point, metres_between, octant
from participation.geography.service import find_addresses, finds_addresses
from participation.needs.area_shapes import area_at, extent, is_outside, outline_of
from participation.needs.models import Area
from participation.needs.rules import PLACE_MAX_CHARACTERS
from participation.residents.blueprint import residents
from participation.web.access import public
from participation.web.addresses import settings
from participation.web.filters import number
from participation.web.forms import TextLine, at_most
from participation.web.text import cleaned

FIND, REMOVE, TAKE_AREA = "find_address", "remove_place", "take_area"
# The script asks when the map has come to rest; an address is looked up when someone presses the button.
WORDS_ASKED = "120 per minute"
ADDRESSES_ASKED = "20 per minute"
# The register is another's, and not ours to flood: one limit, with scripts and without.
_asked_of_register = limiter.shared_limit(ADDRESSES_ASKED, scope="addresses")
_FEW_METRES = 150
_WINDS = (
    lazy_pgettext("of somewhere", "north"),
    lazy_pgettext("of somewhere", "north-east"),
    lazy_pgettext("of somewhere", "east"),
    lazy_pgettext("of somewhere", "south-east"),
    lazy_pgettext("of somewhere", "south"),
    lazy_pgettext("of somewhere", "south-west"),
    lazy_pgettext("of somewhere", "west"),
    lazy_pgettext("of somewhere", "north-west"),
)


class PointField(HiddenField):
    """A point of the map; what is sent and can't be one is an error of the form, and is not sent again."""

    point: Point | None = None
    is_wrong = False
    anchor = "place-on-map"
    """Where the field is seen, since it is hidden itself."""

    def process_data(self, value: Any) -> None:
        self.point = Point.parse(value)
        self.data = str(self.point) if self.point else ""

    def process_formdata(self, values: list[str]) -> None:
        given = values[0].strip() if values else ""
        self.process_data(given)
        self.is_wrong = bool(given) and self.point is None

    def pre_validate(self, form: Any) -> None:
        if self.is_wrong:
            raise ValidationError(
                _("We could not read the place on the map. Choose it again, or go on without a place on the map.")
            )


class FoundPointField(PointField):
    """A point chosen among those that we have shown: drawn as radio buttons, and anything else is no choice."""

    widget = RadioInput()

    def pre_validate(self, form: Any) -> None:
        """What can't be one is left alone: the place on the map stands as it did."""


class PlaceFields:
    """What a form has where a place can be chosen."""

    place = TextLine(lazy_gettext("Where is it, in your own words?"), [at_most(PLACE_MAX_CHARACTERS)])
    point = PointField()
    # Chosen among the addresses found, where there is no script to put it on the map.
    found_point = FoundPointField()
    address = TextLine(lazy_gettext("Search for an address"))

    area: Any
    addresses: list[Address] | None = None
    """What was found, once someone has searched."""

    @property
    def chosen(self) -> Point | None:
        return self.found_point.point or self.point.point

    @property
    def place_words(self) -> str:
        return where(self.chosen) if self.chosen else ""

    @property
    def has_searched(self) -> bool:
        return FIND in request.form

    @property
    def finds_addresses(self) -> bool:
        return finds_addresses()

    @property
    def extent(self) -> Box:
        return extent()

    @property
    def other_area(self) -> Area | None:
        """The area that the place is in, where another is chosen."""
        found = area_at(self.chosen) if self.chosen and self.area.data else None
        return found if found and found.key in set(dict(self.area.choices)) - {self.area.data} else None

    @property
    def chosen_area(self) -> str:
        return str(dict(self.area.choices).get(self.area.data, ""))

    def validate_point(self, _field: Any) -> None:
        if self.chosen and is_outside(self.chosen):
            raise ValidationError(outside_words())

    def validate_area(self, field: Any) -> None:
        """Chosen, or found from the place."""
        if field.data:
            return
        area = area_at(self.chosen) if self.chosen else None
        if area is not None and area.key in dict(field.choices):
            field.data = area.key
        elif self.chosen:
            raise ValidationError(_("We can't tell which area the place is in. Choose an area"))
        else:
            raise ValidationError(_("Choose an area"))

    def take_step(self) -> bool:
        """Whether a button for the place alone was pressed; then what it asks for is done, and the form shown again."""
        if REMOVE in request.form:
            self.point.process_data(None)
            self.found_point.process_data(None)
            return True
        if TAKE_AREA in request.form:
            other = self.other_area
            self.area.data = other.key if other else self.area.data
            return True
        if FIND in request.form:
            self.point.process_data(str(self.chosen) if self.chosen else None)
            self.addresses = found_addresses(self.address.data)
            return True
        return False


def found_addresses(asked: str) -> list[Address] | None:
    """None where the register does not answer, or this visitor has asked it too often."""
    if not asked.strip():
        return []
    try:
        with _asked_of_register:
            return find_addresses(asked)
    except RateLimitExceeded:
        return None


def outside_words() -> str:
    name = settings().municipality_name
    return str(_("The place is not in %(municipality)s. Move it, or delete it.", municipality=name))


def where(point: Point) -> str:
    """The place in words, for those who don't see the map."""
    area = area_at(point)
    outline = outline_of(area.id) if area else None
    if area is None or outline is None:
        return outside_words() if is_outside(point) else str(_("The place is outside the areas of the municipality."))
    middle = point_within(outline.geometry)
    metres = metres_between(middle, point)
    in_the_middle = _("The place is in the middle of %(area)s.", area=area.name)
    beside = _(
        "The place is in %(area)s, about %(metres)s metres %(wind)s of its middle.",
        area=area.name,
        metres=number(round(metres, -2)),
        wind=str(_WINDS[octant(middle, point)]),
    )
    return str(in_the_middle if metres < _FEW_METRES else beside)


@residents.get("/behov/sted")
@public
@limiter.limit(WORDS_ASKED)
def tell_place() -> ResponseReturnValue:
    """A point in words, and the area it lies in: for the page's script."""
    point = Point.parse(request.args.get("punkt"))
    if point is None:
        raise BadRequest
    area = area_at(point)
    return jsonify(
        words=where(point),
        area=area.key if area else None,
        name=area.name if area else None,
        outside=area is None and is_outside(point),
    )


@residents.get("/behov/sted/adresser")
@public
def list_addresses() -> str:
    """The addresses found, as a part of the form: for the page's script."""
    asked = cleaned(request.args.get("sok", ""))[:ASKED_MAX_CHARACTERS]
    return render_template("residents/found_addresses.html", addresses=found_addresses(asked))
