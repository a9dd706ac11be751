"""boto3 clients of the emulator itself.

A CloudFormation resource handler is a client of its service's public API. The handlers here are
too, so they rest on what AWS documents and not on moto's insides.
"""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

_connection = {"url": ""}


def connect(url: str) -> None:
    """Says where the emulator listens."""
    _connection["url"] = url


@cache
def client(service: str, region: str) -> Any:
    """A client with an administrator's rights, for as long as the emulator runs."""
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=_connection["url"],
        aws_access_key_id="administrator",
        aws_secret_access_key="administrator",
        config=Config(retries={"total_max_attempts": 1}),
    )
