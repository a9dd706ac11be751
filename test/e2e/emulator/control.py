"""The emulator's own endpoints under /emulator/. The tests call them."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from emulator.responses import Response, json_response

if TYPE_CHECKING:
    from emulator.account import Account

PREFIX = "/emulator/"


class Control:
    """
    GET    /emulator/calls[?requestId=ID]     the calls of functions
    GET    /emulator/invocations[?requestId=ID]
    POST   /emulator/faults                   the fields of `Fault`
    DELETE /emulator/faults
    DELETE /emulator/containers               the next invocation is a cold start
    POST   /emulator/schedules/NAME           fires a schedule once
    """

    def __init__(self, account: "Account") -> None:
        self._account = account
        self._endpoints: dict[tuple[str, str], Callable[[str, Any], Any]] = {
            ("GET", "calls"): lambda request_id, _body: account.calls.of(request_id),
            ("GET", "invocations"): lambda request_id, _body: account.functions.invocations(request_id),
            ("POST", "faults"): lambda _query, body: account.faults.add(body),
            ("DELETE", "faults"): lambda _query, _body: account.faults.clear(),
            ("DELETE", "containers"): lambda _query, _body: account.containers.stop_all(),
        }

    def __call__(self, environ: dict[str, Any]) -> Response:
        method = environ["REQUEST_METHOD"]
        name, _, rest = environ["PATH_INFO"].removeprefix(PREFIX).partition("/")
        request_id = parse_qs(environ.get("QUERY_STRING", "")).get("requestId", [None])[0]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        try:
            if (method, name) == ("POST", "schedules"):
                return json_response(200, self._account.scheduler.fire(unquote(rest)))
            endpoint = self._endpoints.get((method, name))
            if endpoint is None:
                return json_response(404, {"error": f"There is no {method} {PREFIX}{name}."})
            return json_response(200, endpoint(request_id, json.loads(body or b"null")))
        except Exception as error:  # The test needs the message of every error.
            return json_response(400, {"error": f"{type(error).__name__}: {error}"})
