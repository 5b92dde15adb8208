"""The register that the settings ask for, and the one question it is asked: when somebody's number is at hand."""

from typing import cast

import structlog
from flask import Flask, current_app

from participation.residence.folkeregisteret import Folkeregisteret
from participation.residence.maskinporten import Maskinporten
from participation.residence.register import PopulationRegister, RegisterUnavailable
from participation.residence.rules import Residence
from participation.settings import Settings

_REGISTER = "population_register"
log = structlog.get_logger()


def register_for(settings: Settings) -> PopulationRegister | None:
    """None where residence is not asked for. Made once a process, since it keeps its token.

    Calls nobody yet. Raises SettingsError when Maskinporten's key can't be used.
    """
    if settings.residence is None:
        return None
    return Folkeregisteret(
        settings.residence,
        municipality_number=settings.municipality_number,
        maskinporten=Maskinporten(settings.residence.maskinporten),
    )


def register(app: Flask, settings: Settings) -> None:
    """Raises SettingsError when the register can't be asked by the settings."""
    app.extensions[_REGISTER] = register_for(settings)


def lives_here(number: str | None) -> bool | None:
    """None where nobody is asked, where there is no answer, and where nothing may be derived from it."""
    asked = cast(PopulationRegister | None, current_app.extensions[_REGISTER])
    if asked is None or number is None:
        return None
    try:
        residence = asked.residence(number)
    except RegisterUnavailable as unavailable:
        log.warning("population_register_unavailable", reason=str(unavailable))
        return None
    return {Residence.HERE: True, Residence.ELSEWHERE: False}.get(residence)
