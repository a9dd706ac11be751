"""One call of an AWS API."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

_CREDENTIAL = re.compile(r"Credential=([^/,]+)/[^/]*/([^/]+)/([^/]+)/")


@dataclass(frozen=True)
class Signature:
    """The signer of a request, and the service that it is for."""

    access_key: str
    region: str
    service: str


def signature_of(environ: dict[str, Any]) -> Signature | None:
    """Reads Signature Version 4; None for an unsigned request."""
    match = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    return Signature(*match.groups()) if match else None


@dataclass(frozen=True)
class Call:
    """A call with its parameters, from JSON or from a form."""

    service: str
    action: str
    region: str
    parameters: dict[str, Any]
    speaks_json: bool


def read_call(environ: dict[str, Any], signature: Signature, body: bytes) -> Call:
    """The call of a request. For a REST API the action is method and path."""
    content_type = environ.get("CONTENT_TYPE", "")
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    speaks_json = "json" in content_type
    parameters = _json(body) if speaks_json else dict(parse_qsl(body.decode(errors="replace")))
    path = environ.get("PATH_INFO", "")
    operation = re.search(r"/operation/(\w+)$", path)
    action = (
        target.rpartition(".")[2]
        or parameters.get("Action")
        or (operation.group(1) if operation else f"{environ['REQUEST_METHOD']} {path}")
    )
    return Call(signature.service, action, signature.region, parameters, speaks_json)


def _json(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
