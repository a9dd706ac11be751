"""boto3 clients of the emulator itself.

CloudFormation creates resources through the public API of each service. The resources of this
emulator do the same, so they depend on documented AWS APIs and not on moto's internals.
"""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

_connection = {"url": ""}


def connect(url: str) -> None:
    """Sets the URL of the emulator."""
    _connection["url"] = url


@cache
def client(service: str, region: str) -> Any:
    """A client with the permissions of an administrator."""
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=_connection["url"],
        aws_access_key_id="administrator",
        aws_secret_access_key="administrator",
        config=Config(retries={"total_max_attempts": 1}),
    )
