"""Why a provider's word is not taken."""

from enum import StrEnum


class Fault(StrEnum):
    """What is noted of a sign-in that came to nothing; the person is told in fewer words."""

    PROVIDER_SILENT = "provider_silent"
    PROVIDER_REFUSED = "provider_refused"
    NOT_BEGUN_HERE = "not_begun_here"
    WORD_INVALID = "word_invalid"
    ASSURANCE_TOO_LOW = "assurance_too_low"
    NUMBER_INVALID = "number_invalid"
    WITHOUT_IDENTITY = "without_identity"


class ProviderFault(Exception):
    """Nobody is signed in. Holds nothing that the provider said."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault
