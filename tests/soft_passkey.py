"""A device that makes and shows passkeys, in software: ES256, no attestation. It also lies, where a test asks it to."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field, replace
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, HAS_KEY = 1 << 0, 1 << 2, 1 << 6


@dataclass(frozen=True)
class SoftPasskey:
    """One passkey; `replace` makes one that differs, such as at another origin."""

    origin: str = "http://localhost"
    rp_id: str = "localhost"
    verifies: bool = True
    """Whether it asks for finger, face or code."""
    counter: int = 0
    """What it says next; it never counts where this is 0."""
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    private_key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def counting(self, counter: int) -> "SoftPasskey":
        return replace(self, counter=counter)

    def make(self, options: str) -> str:
        """What the browser sends when it has been asked to make this passkey."""
        said = json.loads(options)
        data = self._data(HAS_KEY) + bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        attestation = {"fmt": "none", "attStmt": {}, "authData": data + self._public_key()}
        return self._answer(
            {
                "clientDataJSON": self._client_data("webauthn.create", said["challenge"]),
                "attestationObject": cbor2.dumps(attestation),
            }
        )

    def show(self, options: str, **lies: bytes) -> str:
        """What the browser sends when it has been asked to show it; `lies` stand in the place of its parts."""
        client_data = self._client_data("webauthn.get", json.loads(options)["challenge"])
        data = self._data()
        signed = data + hashlib.sha256(client_data).digest()
        signature = self.private_key.sign(signed, ec.ECDSA(SHA256()))
        parts = {"clientDataJSON": client_data, "authenticatorData": data, "signature": signature}
        return self._answer(parts | lies)

    def _data(self, flags: int = 0) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _public_key(self) -> bytes:
        numbers = self.private_key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})

    def _client_data(self, deed: str, challenge: str) -> bytes:
        return json.dumps({"type": deed, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, parts: dict[str, bytes]) -> str:
        name = bytes_to_base64url(self.credential_id)
        response = {key: bytes_to_base64url(part) for key, part in parts.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def challenge_in(options: str) -> bytes:
    said: dict[str, Any] = json.loads(options)
    return base64url_to_bytes(said["challenge"])
