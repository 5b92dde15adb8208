"""The register that the settings ask for."""

from participation.residence.folkeregisteret import Folkeregisteret
from participation.residence.maskinporten import Maskinporten
from participation.residence.register import PopulationRegister
from participation.settings import Settings


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
