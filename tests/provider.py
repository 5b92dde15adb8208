"""The sign-in providers for the tests: the certified oidc-provider, set up like ID-porten and like Entra ID."""

import http.client
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import RSAKey

from tests.journeys.processes import Process, free_port
from tests.journeys.waiting import wait_until
from tests.left_out import leave_out

ROOT = Path(__file__).parents[1]
PROGRAMS = Path(sys.executable).parent
PROGRAM = ROOT / "scripts" / "sign_in_provider" / "server.mjs"
START_SECONDS = 30
KEY_BITS = 2048

IDPORTEN = "idporten"
ENTRA = "entra"
ASTRID, BJORN, LINA = "10915596784", "13527248013", "47906701517"
"""Synthetic national identity numbers of the residents who always have the same; Lina's is a D-number."""

Registration = dict[str, Any]
"""A client as the provider's configuration names it (scripts/sign_in_provider/clients.mjs)."""


def new_key() -> RSAKey:
    """A client's own key, with the thumbprint that is its kid."""
    key = RSAKey.generate_key(KEY_BITS, private=True)
    key.ensure_kid()
    return key


def with_key(client_id: str, key: RSAKey, **registered: Any) -> Registration:
    """A client that shows by a signed assertion who it is; `site_url=` gives it the addresses of our service."""
    return {"client_id": client_id, "jwks": {"keys": [key.as_dict(private=False)]}, **registered}


def with_secret(client_id: str, secret: str, **registered: Any) -> Registration:
    """A client that shows by a password who it is."""
    return {"client_id": client_id, "client_secret": secret, **registered}


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One of the running providers."""

    profile: str
    port: int

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def set_roles(self, person: str, *roles: str) -> None:
        """What the directory says of one of its people (`"cecilie"`) from the next sign-in on."""
        self._control("POST", "roles", {"person": person, "roles": roles})

    def rotate_keys(self, *, keep: bool = True) -> str:
        """Sign with a new key from now on, and publish the former ones too or not; returns the new key's kid."""
        kids: list[str] = self._control("POST", "keys", {"keep": keep})["kids"]
        return kids[0]

    def token_requests(self) -> list[dict[str, Any]]:
        """How tokens were asked for: client_id, client_auth (the method), code_verifier (was it there), status."""
        requests: list[dict[str, Any]] = self._control("GET", "token-requests")
        return requests

    def answers(self) -> bool:
        try:
            return _ask(self.port, "GET", "/.well-known/openid-configuration")[0] == http.HTTPStatus.OK
        except OSError:
            return False

    def _control(self, method: str, order: str, given: object = None) -> Any:
        status, text = _ask(self.port, method, f"/control/{order}", json.dumps(given) if given else None)
        assert status == http.HTTPStatus.OK, text
        return json.loads(text)


def _ask(port: int, method: str, path: str, body: str | None = None) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def node() -> str:
    """The machine's own Node.js, and else the one that make installs."""
    found = shutil.which("node", path=f"{os.environ['PATH']}{os.pathsep}{PROGRAMS}")
    if found is None:
        leave_out("node is missing")
    if not (ROOT / "node_modules" / "oidc-provider").is_dir():
        leave_out("npm's oidc-provider is missing (make install)")
    return found


@contextmanager
def running_providers(
    clients: Mapping[str, Sequence[Registration]], folder: Path, *, control: bool = True
) -> Iterator[dict[str, Provider]]:
    """A provider for each profile in `clients`, with those who may send people there; one process serves them all."""
    providers = {profile: Provider(profile=profile, port=free_port()) for profile in clients}
    config = folder / "provider-clients.json"
    config.write_text(json.dumps(clients))
    command = [node(), str(PROGRAM), "--clients", str(config), *(["--control"] if control else [])]
    for provider in providers.values():
        command += ["--profile", f"{provider.profile}={provider.port}"]
    process = Process(command, env={"PATH": os.environ["PATH"]}, cwd=ROOT, log=folder / "provider.log")
    try:
        _wait_for(process, providers)
        yield providers
    finally:
        process.stop()


def _wait_for(process: Process, providers: Mapping[str, Provider]) -> None:
    wait_until(
        lambda: process.has_ended or all(provider.answers() for provider in providers.values()),
        within_seconds=START_SECONDS,
        what=lambda: f"the sign-in providers to answer\n{process.log_tail()}",
    )
    assert not process.has_ended, process.log_tail()
