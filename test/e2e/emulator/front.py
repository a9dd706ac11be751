"""What stands before moto and sees every request first."""

import io
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from emulator.account import Account
from emulator.answers import Answer, access_denied, error_answer
from emulator.authorization import refusal_of
from emulator.call import Call, Signature, read_call, signature_of
from emulator.control import PREFIX, Control
from emulator.iam_policy import ConditionNotPlayed
from emulator.sessions import Session

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


def front_of(account: Account) -> "Front":
    """The whole server."""
    return Front(account, DomainDispatcherApplication(create_backend_app))


class Front:
    """A WSGI application.

    Functions are held to their roles, recorded, and struck by faults. Everybody else, which is the
    test and the deployment, is an administrator and goes straight to moto.
    """

    def __init__(self, account: Account, moto: Any) -> None:
        self._account = account
        self._moto = moto
        self._control = Control(account)
        # moto checks a condition and writes in two steps, so that two calls at once could both win.
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

    def _for_function(self, environ: Environ, signature: Signature, session: Session) -> Answer:
        body = _read_body(environ)
        call = read_call(environ, signature, body)
        answer = self._authorised(environ, session, call)
        self._account.calls.add(session, call, answer.status)
        return answer

    def _authorised(self, environ: Environ, session: Session, call: Call) -> Answer:
        if environ.get("HTTP_X_AMZ_SECURITY_TOKEN") != session.token:
            return error_answer(call, 400, "UnrecognizedClientException", "The token is invalid.")
        try:
            refusal = refusal_of(session, call)
        except ConditionNotPlayed as error:
            return error_answer(call, 501, "NotImplemented", str(error))
        if refusal:
            return access_denied(call, refusal)
        return self._unless_struck(environ, call)

    def _unless_struck(self, environ: Environ, call: Call) -> Answer:
        fault = self._account.faults.take(call)
        if fault is None:
            return self._from_moto(environ, call)
        time.sleep(fault.delaySeconds)
        if fault.applied:
            self._from_moto(environ, call)
        return fault.answer(call)

    def _from_moto(self, environ: Environ, call: Call) -> Answer:
        tokens = self._account.tokens
        with self._turn(call.service):
            if (known := tokens.recall(call)) is not None:
                return known
            answer = _whole_answer(self._moto, environ)
            tokens.remember(call, answer)
            return answer

    def _turn(self, service: str) -> AbstractContextManager[Any]:
        return self._dynamodb if service == "dynamodb" else nullcontext()


def _read_body(environ: Environ) -> bytes:
    """Reads the body and leaves it to be read again."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _whole_answer(application: Any, environ: Environ) -> Answer:
    head: list[Any] = []
    body = b"".join(application(environ, lambda status, headers, *_: head.extend([status, headers])))
    return Answer(int(head[0].split()[0]), list(head[1]), body)
