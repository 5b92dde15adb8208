"""Sends people to a provider to sign in, and takes its word for who they are when they come back."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT

from participation.calling import PATIENT, Patience, patient
from participation.oidc.faults import Fault, ProviderFault
from participation.oidc.metadata import Metadata
from participation.oidc.tokens import Claims, read_id_token, read_logout_token
from participation.permissions import Assurance
from participation.settings_providers import ClientAuth, Provider
from participation.signing_key import signing_key

# What we sign of ourselves is used at once; ID-porten takes none that lasts longer than two minutes.
ASSERTION_SECONDS = 100


@dataclass(frozen=True)
class Begun:
    """Where to send the person, and what must be known again when they come back."""

    url: str
    state: str
    nonce: str
    code_verifier: str


@dataclass(frozen=True)
class Arrived:
    """What the provider says of the person, and its word for it."""

    claims: Claims
    id_token: str


class Client:
    """Of one provider, shared by the threads of a process. Calls nobody until it is used."""

    def __init__(self, provider: Provider, *, patience: Patience = PATIENT) -> None:
        """Raises SettingsError when its key can't be used."""
        self.provider = provider
        self.metadata = Metadata(provider.issuer, patience=patience)
        self._patience = patience
        called = f"the private key of {provider.key}"
        self._key = signing_key(provider.private_key, called=called) if provider.private_key else None

    def begin(self, *, redirect_uri: str, language: str, wanted: Assurance | None) -> Begun:
        """Raises ProviderFault when the provider does not answer."""
        nonce, verifier = generate_token(43), generate_token(64)
        more = {"acr_values": self.provider.acr[wanted]} if wanted else {}
        with self._session() as session:
            url, state = session.create_authorization_url(
                self.metadata.endpoint("authorization_endpoint"),
                state=generate_token(43),
                nonce=nonce,
                code_verifier=verifier,
                redirect_uri=redirect_uri,
                ui_locales=language,
                **more,
            )
        return Begun(url, state, nonce, verifier)

    def finish(self, *, code: str, redirect_uri: str, nonce: str, code_verifier: str) -> Arrived:
        """Give the code for the provider's word, and see that it holds. Raises ProviderFault."""
        token = self._token(code=code, redirect_uri=redirect_uri, code_verifier=code_verifier)
        id_token, access_token = token.get("id_token"), token.get("access_token")
        if not isinstance(id_token, str):
            raise ProviderFault(Fault.WORD_INVALID)
        known = str(access_token) if access_token else None
        claims = read_id_token(self.provider, self.metadata, id_token, nonce=nonce, access_token=known)
        return Arrived(claims, id_token)

    def logout_url(self, *, id_token: str, back_to: str, language: str) -> str | None:
        """Where the person is signed out at the provider too; None where it has no such place, or does not answer."""
        try:
            endpoint = self.metadata.endpoint("end_session_endpoint")
        except ProviderFault:
            return None
        if endpoint is None:
            return None
        query = {
            "id_token_hint": id_token,
            "post_logout_redirect_uri": back_to,
            "client_id": self.provider.client_id,
            "ui_locales": language,
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    def read_logout_token(self, token: str) -> tuple[str | None, str | None]:
        """The `sid` and the `sub` that the provider has signed out. Raises ProviderFault."""
        return read_logout_token(self.provider, self.metadata, token)

    def _token(self, **given: str) -> Mapping[str, object]:
        endpoint = self.metadata.endpoint("token_endpoint")
        try:
            with self._session() as session:
                token = session.fetch_token(endpoint, grant_type="authorization_code", allow_redirects=False, **given)
        except OAuthError:
            raise ProviderFault(Fault.PROVIDER_REFUSED) from None
        except (requests.RequestException, AttributeError, RecursionError, TypeError, ValueError):
            # Nobody there, or what is there says no JSON, or other JSON than a token.
            raise ProviderFault(Fault.PROVIDER_SILENT) from None
        return dict(token)

    def _session(self) -> OAuth2Session:
        session = OAuth2Session(
            client_id=self.provider.client_id,
            client_secret=self._key or self.provider.client_secret,
            token_endpoint_auth_method=self.provider.client_auth.value,
            scope=self.provider.scope,
            code_challenge_method="S256",
        )
        patient(session, self._patience)
        if self.provider.client_auth is ClientAuth.PRIVATE_KEY_JWT:
            session.register_client_auth_method(self._own_word())
        return session

    def _own_word(self) -> PrivateKeyJWT:
        """For one call: it is made out to the issuer, and holds for a short while."""
        claims = {"aud": self.provider.issuer, "exp": int(time.time()) + ASSERTION_SECONDS}
        headers = {"kid": self.provider.key_id} if self.provider.key_id else None
        return PrivateKeyJWT(claims=claims, headers=headers)
