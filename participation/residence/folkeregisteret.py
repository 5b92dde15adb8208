"""Folkeregisteret, asked through KS Fiks.

KS mirrors Skatteetaten's services ("Folkeregister", developers.fiks.ks.no): the path names a role, which says on what
legal basis and for which particulars the municipality may ask; the token is Maskinporten's; two headers name the
integration. One person is asked for as a list of one (`personer/bulkoppslag`), since that is the lookup that takes
the number in the body: in an address it would stand in the logs on the way.
"""

from typing import Any

from participation.calling import Patience
from participation.residence.answer import NotAnAnswer, current_addresses
from participation.residence.asking import PATIENT, Asking
from participation.residence.maskinporten import Maskinporten
from participation.residence.register import RegisterUnavailable
from participation.residence.rules import CurrentAddress, Residence, municipalities_that_count, residence
from participation.settings_residence import ResidenceSettings

_LOOKUP = "{url}/folkeregister/api/v1/{role_id}/v1/personer/bulkoppslag?part=bostedsadresse"
_UNAUTHORIZED = 401


class Folkeregisteret:
    """A PopulationRegister, shared by the threads of a process."""

    def __init__(
        self,
        settings: ResidenceSettings,
        *,
        municipality_number: str,
        maskinporten: Maskinporten,
        patience: Patience = PATIENT,
    ) -> None:
        self._address = _LOOKUP.format(url=settings.url, role_id=settings.role_id)
        self._headers = {
            "IntegrasjonId": settings.integration_id,
            "IntegrasjonPassord": settings.integration_password,
        }
        self._counting = municipalities_that_count(municipality_number)
        self._maskinporten = maskinporten
        self._asking = Asking("Folkeregisteret", patience)

    def residence(self, number: str) -> Residence:
        return residence(self._addresses(number), counting=self._counting)

    def _addresses(self, number: str) -> list[CurrentAddress]:
        status, answer = self._look_up(number)
        if status != 200:
            raise RegisterUnavailable(f"Folkeregisteret answered {status}")
        try:
            return current_addresses(answer, number)
        except NotAnAnswer:
            pass
        raise RegisterUnavailable("Folkeregisteret answered in a form that is not documented")

    def _look_up(self, number: str) -> tuple[int, Any]:
        """With a new token, once, when the one at hand is refused: it may have been withdrawn before its time."""
        token = self._maskinporten.token()
        status, answer = self._ask(number, token)
        if status == _UNAUTHORIZED:
            status, answer = self._ask(number, self._maskinporten.token(instead_of=token))
        return status, answer

    def _ask(self, number: str, token: str) -> tuple[int, Any]:
        question = {"foedselsEllerDNummer": [number]}
        return self._asking.ask("POST", self._address, token=token, headers=self._headers, json=question)
