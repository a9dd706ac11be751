"""Receives every request before moto does."""

import io
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from emulator.account import Account
from emulator.authorization import refusal_of
from emulator.call import Call, Signature, read_call, signature_of
from emulator.control import PREFIX, Control
from emulator.iam_policy import UnsupportedCondition
from emulator.responses import Response, ServiceError, access_denied, error_response
from emulator.sessions import Session

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


def gateway_of(account: Account) -> "Gateway":
    """The complete server of one account."""
    return Gateway(account, DomainDispatcherApplication(create_backend_app))


class Gateway:
    """A WSGI application.

    It checks the calls of functions against their roles, records them, and injects faults. All other
    requests come from the test or the deployment: they go to moto with an administrator's permissions.
    """

    def __init__(self, account: Account, moto: Any) -> None:
        self._account = account
        self._moto = moto
        self._control = Control(account)
        # moto checks a condition and writes in two steps: of two calls at the same time, both could succeed.
        self._dynamodb = threading.RLock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith(PREFIX):
            return self._control(environ).send(start_response)
        signature = signature_of(environ)
        session = self._account.sessions.of(signature.access_key) if signature else None
        if signature and session:
            return self._for_function(environ, signature, session).send(start_response)
        with self._turn(signature.service if signature else ""):
            return self._moto(environ, start_response)

    def _for_function(self, environ: Environ, signature: Signature, session: Session) -> Response:
        body = _read_body(environ)
        call = read_call(environ, signature, body)
        response = self._authorized(environ, session, call)
        self._account.calls.add(session, call, response.status)
        return response

    def _authorized(self, environ: Environ, session: Session, call: Call) -> Response:
        if environ.get("HTTP_X_AMZ_SECURITY_TOKEN") != session.token:
            return error_response(call, ServiceError(400, "UnrecognizedClientException", "The token is invalid."))
        try:
            refusal = refusal_of(session, call)
        except UnsupportedCondition as error:
            return error_response(call, ServiceError(501, "NotImplemented", str(error)))
        if refusal:
            return access_denied(call, refusal)
        return self._with_fault(environ, call)

    def _with_fault(self, environ: Environ, call: Call) -> Response:
        fault = self._account.faults.take(call)
        if fault is None:
            return self._from_moto(environ, call)
        time.sleep(fault.delaySeconds)
        if fault.applied:
            self._from_moto(environ, call)
        return fault.response(call)

    def _from_moto(self, environ: Environ, call: Call) -> Response:
        tokens = self._account.tokens
        with self._turn(call.service):
            if (known := tokens.response_to_repeat(call)) is not None:
                return known
            response = _complete_response(self._moto, environ)
            tokens.record(call, response)
            return response

    def _turn(self, service: str) -> AbstractContextManager[Any]:
        """Lets only one call to DynamoDB run at a time."""
        return self._dynamodb if service == "dynamodb" else nullcontext()


def _read_body(environ: Environ) -> bytes:
    """Reads the body, and resets it so that moto can read it again."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _complete_response(application: Any, environ: Environ) -> Response:
    head: list[Any] = []
    body = b"".join(application(environ, lambda status, headers, *_: head.extend([status, headers])))
    return Response(int(head[0].split()[0]), list(head[1]), body)
