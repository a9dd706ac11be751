"""The calls of functions to AWS APIs."""

import threading
import time
from dataclasses import asdict, dataclass
from typing import Any

from emulator.call import Call
from emulator.sessions import Session


@dataclass(frozen=True)
class LoggedCall:
    """One attempt of a call: each retry of an SDK is an entry of its own."""

    requestId: str
    functionName: str
    service: str
    action: str
    atMs: float
    status: int


class CallLog:
    """All calls of functions, in the order of their responses."""

    def __init__(self) -> None:
        self._calls: list[LoggedCall] = []
        self._lock = threading.Lock()

    def add(self, session: Session, call: Call, status: int) -> None:
        """Records a call under the current invocation of its container."""
        logged = LoggedCall(
            requestId=session.request_id,
            functionName=session.name,
            service=call.service,
            action=call.action,
            atMs=time.time() * 1000,
            status=status,
        )
        with self._lock:
            self._calls.append(logged)

    def of(self, request_id: str | None) -> list[dict[str, Any]]:
        """The calls of one invocation; without an id, all calls."""
        with self._lock:
            return [asdict(call) for call in self._calls if request_id in (None, call.requestId)]
