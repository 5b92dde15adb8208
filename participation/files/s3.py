"""Pictures in a bucket of an S3-compatible store: what several machines share, or a municipality already runs."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import structlog
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from participation.files.store import Stored
from participation.refusals import Refusal, Refused
from participation.settings_pictures import S3Settings

# Somebody waits for the page: a store that does not answer is given up soon, after one more try.
CONNECT_TIMEOUT_SECONDS = 2
READ_TIMEOUT_SECONDS = 5
TRIES = 2
CONNECTIONS = 20
FOLDER = "pictures/"
# As many as the store deletes at once.
_DELETED_AT_ONCE = 1000
_NOT_THERE = {"NoSuchKey", "404"}

log = structlog.get_logger()


class S3Store:
    def __init__(self, settings: S3Settings) -> None:
        self._bucket = settings.bucket
        self._client: Any = boto3.session.Session().client(
            "s3",
            endpoint_url=settings.endpoint,
            region_name=settings.region,
            aws_access_key_id=settings.access_key_id,
            aws_secret_access_key=settings.secret_access_key,
            config=Config(
                connect_timeout=CONNECT_TIMEOUT_SECONDS,
                read_timeout=READ_TIMEOUT_SECONDS,
                retries={"total_max_attempts": TRIES, "mode": "standard"},
                max_pool_connections=CONNECTIONS,
                # Most stores but Amazon's own are found by their path, and know no other checksums than the old one.
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def put(self, name: str, data: bytes) -> None:
        with _answering():
            self._client.put_object(Bucket=self._bucket, Key=FOLDER + name, Body=data, ContentType="image/webp")

    def get(self, name: str) -> bytes | None:
        with _answering():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=FOLDER + name)
                return bytes(answer["Body"].read())
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") in _NOT_THERE:
                    return None
                raise

    def delete(self, names: Iterable[str]) -> None:
        gone = [{"Key": FOLDER + name} for name in names]
        for start in range(0, len(gone), _DELETED_AT_ONCE):
            some = {"Objects": gone[start : start + _DELETED_AT_ONCE], "Quiet": True}
            with _answering():
                self._client.delete_objects(Bucket=self._bucket, Delete=some)

    def all(self) -> Iterator[Stored]:
        with _answering():
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=FOLDER):
                for found in page.get("Contents", ()):
                    yield Stored(found["Key"].removeprefix(FOLDER), found["LastModified"])


@contextmanager
def _answering() -> Iterator[None]:
    """What goes wrong on the way there, or is refused there, is nothing that who sent a picture can put right."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        log.warning("picture_store_away", error=type(error).__name__, reason=str(error))
        raise Refused(Refusal.PICTURES_AWAY) from error
