"""Where the maps get their pictures from, and where addresses are looked up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from participation.settings_addresses import secure_parts
from participation.settings_error import SettingsError

KARTVERKET = "© Kartverket"
_ORIGIN = re.compile(r"[a-z0-9.-]+(:\d{1,5})?|\[[0-9a-f:]+\](:\d{1,5})?")
_PLACES = ("{z}", "{x}", "{y}")


@dataclass(frozen=True, kw_only=True)
class MapSettings:
    tiles_url: str | None = None
    """The address of a tile, with {z}, {x} and {y} in it; none where the map is drawn from the areas alone."""
    tiles_attribution: str = KARTVERKET
    address_search_url: str | None = None
    """Of Kartverket's address service, or one that speaks as it does; none where addresses are not looked up."""

    @property
    def tiles_origin(self) -> str:
        """What the browser must be let load pictures from; empty where there are none."""
        parts = urlsplit(self.tiles_url or "")
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def map_settings(env: Mapping[str, str]) -> MapSettings:
    """Raises SettingsError, in a sentence for the operator, on an address that can't be used."""
    tiles, search = env.get("MAP_TILES_URL", "").strip(), env.get("ADDRESS_SEARCH_URL", "").strip()
    if tiles:
        _check("MAP_TILES_URL", tiles)
        if not all(place in tiles for place in _PLACES):
            raise SettingsError("MAP_TILES_URL must have {z}, {x} and {y} in it, where the numbers of a tile go")
    if search:
        _check("ADDRESS_SEARCH_URL", search)
    return MapSettings(
        tiles_url=tiles or None,
        tiles_attribution=_attribution(env),
        address_search_url=search.removesuffix("/sok").rstrip("/") or None,
    )


def _attribution(env: Mapping[str, str]) -> str:
    words = env.get("MAP_ATTRIBUTION", "").strip() or KARTVERKET
    if len(words) > 100 or not words.isprintable():
        raise SettingsError("MAP_ATTRIBUTION must be a short line of text: who made the map")
    return words


def _check(name: str, address: str) -> None:
    """It must also be an origin that can stand in a Content-Security-Policy as it is."""
    parts = secure_parts(address)
    is_plain_text = address.isprintable() and not set(address) & set(" \"'<>;,\\")
    if parts is None or not is_plain_text or not _ORIGIN.fullmatch(parts.netloc):
        raise SettingsError(f"{name} must be an https address without a password in it")
