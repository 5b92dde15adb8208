"""Where maps and addresses come from, as the environment says it."""

import pytest

from participation.settings_error import SettingsError
from participation.settings_map import map_settings

TILES = "https://cache.kartverket.no/v1/wmts/1.0.0/topo/default/webmercator/{z}/{y}/{x}.png"


def test_without_a_word_there_are_no_tiles_and_no_addresses() -> None:
    settings = map_settings({})
    assert (settings.tiles_url, settings.tiles_origin, settings.address_search_url) == (None, "", None)


def test_the_browser_is_let_load_from_the_very_origin_of_the_tiles() -> None:
    settings = map_settings({"MAP_TILES_URL": TILES, "ADDRESS_SEARCH_URL": "https://ws.geonorge.no/adresser/v1/sok"})
    assert settings.tiles_origin == "https://cache.kartverket.no"
    assert settings.address_search_url == "https://ws.geonorge.no/adresser/v1"


@pytest.mark.parametrize(
    "environment",
    [
        {"MAP_TILES_URL": "https://cache.kartverket.no/tile.png"},
        {"MAP_TILES_URL": TILES.replace("https", "http")},
        {"MAP_TILES_URL": TILES.replace("cache", "user:secret@cache")},
        {"MAP_TILES_URL": TILES.replace("cache.kartverket.no", "*")},
        {"MAP_TILES_URL": TILES.replace("cache.kartverket.no", "a.no; script-src b.no")},
        {"MAP_TILES_URL": "//cache.kartverket.no/{z}/{x}/{y}"},
        {"ADDRESS_SEARCH_URL": "ftp://ws.geonorge.no"},
        {"ADDRESS_SEARCH_URL": "http://ws.geonorge.no/adresser/v1"},
        {"MAP_ATTRIBUTION": "en\nto"},
    ],
)
def test_what_could_not_be_used_safely_stops_the_start(environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        map_settings(environment)
