"""Where pictures are kept, where that is not the var folder: a bucket of an S3-compatible store."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from participation.settings_addresses import secure_parts
from participation.settings_error import SettingsError

DEFAULT_REGION = "us-east-1"
_NEEDED = (
    "PICTURES_S3_ENDPOINT",
    "PICTURES_S3_BUCKET",
    "PICTURES_S3_ACCESS_KEY_ID",
    "PICTURES_S3_SECRET_ACCESS_KEY",
)
_REGION = "PICTURES_S3_REGION"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True, kw_only=True)
class S3Settings:
    endpoint: str
    bucket: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    region: str = DEFAULT_REGION


def picture_settings(env: Mapping[str, str]) -> S3Settings | None:
    """None where pictures lie in the var folder. Raises SettingsError, without secrets, on half of what is needed."""
    values = {name: env.get(name, "").strip() for name in (*_NEEDED, _REGION)}
    if not any(values.values()):
        return None
    missing = [name for name in _NEEDED if not values[name]]
    if missing:
        raise SettingsError(f"{missing[0]} is missing: pictures in an S3 store need all of {', '.join(_NEEDED)}")
    for name, value in values.items():
        if not (value.isascii() and value.isprintable()) or " " in value:
            raise SettingsError(f"{name} must be plain text without spaces")
    if not _BUCKET.fullmatch(values["PICTURES_S3_BUCKET"]):
        raise SettingsError("PICTURES_S3_BUCKET must be the name of a bucket: small letters, figures, hyphens and dots")
    return S3Settings(
        endpoint=_endpoint(values["PICTURES_S3_ENDPOINT"]),
        bucket=values["PICTURES_S3_BUCKET"],
        access_key_id=values["PICTURES_S3_ACCESS_KEY_ID"],
        secret_access_key=values["PICTURES_S3_SECRET_ACCESS_KEY"],
        region=values[_REGION] or DEFAULT_REGION,
    )


def _endpoint(address: str) -> str:
    """Pictures that are not public go there too."""
    parts = secure_parts(address, by_name=False)
    if parts is None or parts.query or parts.fragment or parts.username:
        raise SettingsError(
            "PICTURES_S3_ENDPOINT must be the https address of the store, without a question mark or a password in it"
        )
    return address.rstrip("/")
