"""What the service asks of a population register, whoever runs it.

Another register, such as a municipality's own copy, is a class with this one method, and a branch in `service`.
"""

from typing import Protocol

from participation.residence.rules import Residence


class RegisterUnavailable(Exception):
    """The register could not be asked or did not answer as it should.

    It says what went wrong for the log, never of whom or with what: no number, no address, no secret. Nobody is to be
    refused by it as one who lives elsewhere; they can try again.
    """


class PopulationRegister(Protocol):
    def residence(self, number: str) -> Residence:
        """Where the person with that national identity number is registered.

        Costs one to four calls over the network, and up to half a minute at worst, so it is asked once a sign-in and
        never with a transaction open. Raises RegisterUnavailable. Keeps, logs and raises nothing of the person.
        """
        ...
