"""The address register that the settings name, and the one question it is asked."""

from typing import cast

import structlog
from flask import Flask, current_app

from participation.geography.addresses import Address, AddressRegister, RegisterSilent
from participation.settings import Settings

_REGISTER = "address_register"
log = structlog.get_logger()


def register(app: Flask, settings: Settings) -> None:
    """Without an address to ask, addresses are not searched for."""
    url = settings.map.address_search_url
    app.extensions[_REGISTER] = AddressRegister(url, municipality_number=settings.municipality_number) if url else None


def finds_addresses() -> bool:
    return current_app.extensions[_REGISTER] is not None


def find_addresses(asked: str) -> list[Address] | None:
    """None where there is no register, or no answer from it."""
    register = cast(AddressRegister | None, current_app.extensions[_REGISTER])
    try:
        return register.find(asked) if register else None
    except RegisterSilent as silent:
        log.warning("address_register_silent", reason=str(silent))
        return None
