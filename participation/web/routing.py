"""How numbers stand in addresses."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from participation.web.pagination import ID_MAX


class IdConverter(IntegerConverter):
    """The number of a row: one that no database could hold is an address that does not exist."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, min=1, max=ID_MAX)


def register(app: Flask) -> None:
    app.url_map.converters["id"] = IdConverter
