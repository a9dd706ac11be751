"""Which AWS APIs the functions called."""

import threading
import time
from dataclasses import asdict, dataclass
from typing import Any

from emulator.call import Call
from emulator.sessions import Session


@dataclass(frozen=True)
class LoggedCall:
    """One try of one call: what an SDK repeats is there as often as it was sent."""

    requestId: str
    functionName: str
    service: str
    action: str
    atMs: float
    status: int


class CallLog:
    """Every call that a function made, in the order in which the calls were answered."""

    def __init__(self) -> None:
        self._calls: list[LoggedCall] = []
        self._lock = threading.Lock()

    def add(self, session: Session, call: Call, status: int) -> None:
        """Notes a call under the invocation that its container is busy with."""
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
        """The calls of one invocation, or all of them."""
        with self._lock:
            return [asdict(call) for call in self._calls if request_id in (None, call.requestId)]
