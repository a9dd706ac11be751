"""The Invoke API: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"""

import base64
import json
import threading
from typing import Any

from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.core.exceptions import JsonRESTError

from emulator.functions import lambda_model
from emulator.functions.container import Container
from emulator.functions.containers import Containers, TooManyRequests
from emulator.functions.invocation import Invocation
from emulator.functions.logs import log_of, store

# `LogType: Tail` returns the last 4 KB.
_TAIL_BYTES = 4096


class Throttled(JsonRESTError):
    """AWS's error for an invocation beyond the reserved concurrency."""

    code = 429

    def __init__(self, message: str) -> None:
        super().__init__("TooManyRequestsException", message)


class LambdaService:
    """Replaces moto's own invocation, which needs Docker."""

    def __init__(self, containers: Containers) -> None:
        self._containers = containers
        self._invocations: list[Invocation] = []
        lambda_model.patch_moto()
        service = self

        def invoke(
            backend: LambdaBackend, name: str, qualifier: str | None, body: Any, headers: Any, response: Any
        ) -> bytes:
            function = backend.get_function(name, qualifier)
            return service.respond(function, body, request=headers, response=response)

        LambdaBackend.invoke = invoke

    def respond(self, function: LambdaFunction, body: Any, *, request: Any, response: Any) -> bytes:
        """Responds to an Invoke request: sets the headers and returns the payload."""
        event = _event(body)
        match request.get("X-Amz-Invocation-Type", "RequestResponse"):
            case "DryRun":
                return b""
            case "Event":
                response["x-emulator-request-id"] = self.start(function, event).requestId
                return b""
        invocation = self.run(function, event)
        response["x-emulator-request-id"] = invocation.requestId
        response["x-amz-executed-version"] = "$LATEST"
        response["x-amz-log-result"] = _tail(invocation.log)
        if invocation.status != "success":
            response["x-amz-function-error"] = "Unhandled"
        return invocation.payload.encode()

    def run(self, function: LambdaFunction, event: str) -> Invocation:
        """Invokes and waits. Raises `Throttled`."""
        invocation = Invocation(function.function_name, event)
        self._serve(self._take(function), invocation)
        return invocation

    def start(self, function: LambdaFunction, event: str) -> Invocation:
        """Invokes without waiting. Raises `Throttled`; AWS would retry for hours."""
        invocation = Invocation(function.function_name, event)
        container = self._take(function)
        threading.Thread(target=self._serve, args=(container, invocation), daemon=True).start()
        return invocation

    def invocations(self, request_id: str | None) -> list[dict[str, Any]]:
        """One invocation; without an id, all of them in the order of their start."""
        return [it.to_dict() for it in self._invocations if request_id in (None, it.requestId)]

    def _take(self, function: LambdaFunction) -> Container:
        try:
            return self._containers.take(function)
        except TooManyRequests as error:
            raise Throttled(str(error)) from error

    def _serve(self, container: Container, invocation: Invocation) -> None:
        self._invocations.append(invocation)
        try:
            container.serve(invocation)
            invocation.log = log_of(invocation, container)
            store(invocation, container)
        finally:
            self._containers.give_back(container)


def _event(body: Any) -> str:
    text = body.decode() if isinstance(body, bytes) else body or "{}"
    try:
        json.loads(text)
    except ValueError as error:
        message = f"Could not parse request body into json: {error}"
        raise JsonRESTError("InvalidRequestContentException", message) from error
    return text


def _tail(log: str) -> str:
    return base64.b64encode(log.encode()[-_TAIL_BYTES:]).decode()
