"""Answers in the form that each protocol of AWS has for them."""

import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from emulator.call import Call


@dataclass(frozen=True)
class Answer:
    """A whole HTTP answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def send(self, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """As WSGI wants it."""
        start_response(f"{self.status} -", self.headers)
        return [self.body]


def json_answer(status: int, value: Any) -> Answer:
    """For the emulator's own endpoints."""
    body = json.dumps(value).encode()
    return Answer(status, _headers("application/json", body), body)


def error_answer(call: Call, status: int, code: str, message: str, more: Any = None) -> Answer:
    """A service's error, with further members where the error has them."""
    if call.speaks_json:
        members = {"__type": f"com.amazonaws#{code}", "message": message, **(more or {})}
        body = json.dumps(members).encode()
        return Answer(status, _headers("application/x-amz-json-1.0", body), body)
    body = (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(code)}</Code>"
        f"<Message>{escape(message)}</Message></Error></ErrorResponse>"
    ).encode()
    return Answer(status, _headers("text/xml", body), body)


def access_denied(call: Call, message: str) -> Answer:
    """JSON services answer 400 and an exception, the older ones 403 and a code."""
    if call.speaks_json:
        return error_answer(call, 400, "AccessDeniedException", message)
    return error_answer(call, 403, "AccessDenied", message)


def _headers(content_type: str, body: bytes) -> list[tuple[str, str]]:
    return [
        ("content-type", content_type),
        ("content-length", str(len(body))),
        ("x-amzn-requestid", str(uuid.uuid4())),
    ]
