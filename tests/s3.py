"""A real S3-compatible server for the tests."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import requests
from botocore.config import Config
from moto.server import ThreadedMotoServer

from participation.settings_pictures import S3Settings

BUCKET = "bilder"


@contextmanager
def s3_server() -> Iterator[S3Settings]:
    """The settings of a bucket in it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings = S3Settings(
        endpoint=f"http://{host}:{port}", bucket=BUCKET, access_key_id="a-key", secret_access_key="a-secret"
    )
    try:
        # What such servers hold is shared by all of the process.
        requests.post(f"{settings.endpoint}/moto-api/reset", timeout=10).raise_for_status()
        client(settings).create_bucket(Bucket=BUCKET)
        yield settings
    finally:
        server.stop()


def client(settings: S3Settings) -> Any:
    return boto3.session.Session().client(
        "s3",
        endpoint_url=settings.endpoint,
        region_name=settings.region,
        aws_access_key_id=settings.access_key_id,
        aws_secret_access_key=settings.secret_access_key,
        config=Config(s3={"addressing_style": "path"}),
    )
