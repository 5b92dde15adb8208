"""The clients of the providers in the settings, made once a process: each keeps what its provider has told."""

from typing import cast

from flask import Flask, current_app

from participation.oidc.client import Client
from participation.settings_providers import Provider

_CLIENTS = "oidc_clients"


def register(app: Flask, providers: tuple[Provider, ...]) -> None:
    """Raises SettingsError when a provider's key can't be used."""
    app.extensions[_CLIENTS] = {provider.key: Client(provider) for provider in providers}


def clients() -> dict[str, Client]:
    """By the key in the settings, in their order."""
    return cast(dict[str, Client], current_app.extensions[_CLIENTS])
