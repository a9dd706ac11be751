"""HTTP responses in the format of each AWS protocol."""

import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from emulator.call import Call


@dataclass(frozen=True)
class Response:
    """A complete HTTP response."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def send(self, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Sends it by the rules of WSGI."""
        start_response(f"{self.status} -", self.headers)
        return [self.body]


@dataclass(frozen=True)
class ServiceError:
    """An error of an AWS service, with the further members that some errors have."""

    status: int
    code: str
    message: str
    members: dict[str, Any] | None = None


def json_response(status: int, value: Any) -> Response:
    """A response of the emulator's own endpoints."""
    body = json.dumps(value).encode()
    return Response(status, _headers("application/json", body), body)


def error_response(call: Call, error: ServiceError) -> Response:
    """The error in the format of the call's protocol."""
    if call.speaks_json:
        members = {"__type": f"com.amazonaws#{error.code}", "message": error.message, **(error.members or {})}
        body = json.dumps(members).encode()
        return Response(error.status, _headers("application/x-amz-json-1.0", body), body)
    body = (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(error.code)}</Code>"
        f"<Message>{escape(error.message)}</Message></Error></ErrorResponse>"
    ).encode()
    return Response(error.status, _headers("text/xml", body), body)


def access_denied(call: Call, message: str) -> Response:
    """JSON services respond with 400 and an exception, the older ones with 403 and a code."""
    if call.speaks_json:
        return error_response(call, ServiceError(400, "AccessDeniedException", message))
    return error_response(call, ServiceError(403, "AccessDenied", message))


def _headers(content_type: str, body: bytes) -> list[tuple[str, str]]:
    return [
        ("content-type", content_type),
        ("content-length", str(len(body))),
        ("x-amzn-requestid", str(uuid.uuid4())),
    ]
