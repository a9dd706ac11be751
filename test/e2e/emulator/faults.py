"""Errors that AWS gives only when it is under load or broken."""

import threading
from dataclasses import dataclass, field
from typing import Any

from emulator.answers import Answer, error_answer
from emulator.call import Call


@dataclass
class Fault:
    """Strikes the next calls of one action that functions make, as often as it says."""

    service: str
    action: str
    error: str
    times: int = 1
    message: str = "Injected by the test."
    status: int = 400
    # TransactionCanceledException says of each item why: "None" or "ThrottlingError", ...
    reasons: list[str] = field(default_factory=list)
    # The call does its work, and only its answer is lost.
    applied: bool = False
    # How long the answer takes.
    delaySeconds: float = 0

    def answer(self, call: Call) -> Answer:
        """What the function gets to see."""
        reasons = [{"Code": reason, "Message": reason} for reason in self.reasons]
        more = {"CancellationReasons": reasons} if reasons else None
        return error_answer(call, self.status, self.error, self.message, more)


class Faults:
    """The faults that are still to strike."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, wanted: dict[str, Any]) -> None:
        """Raises `TypeError` for a field that a fault does not have."""
        with self._lock:
            self._faults.append(Fault(**wanted))

    def clear(self) -> None:
        """Nothing strikes any more."""
        with self._lock:
            self._faults.clear()

    def take(self, call: Call) -> Fault | None:
        """The fault that strikes this call, which has then one time less to strike."""
        with self._lock:
            for fault in self._faults:
                if (fault.service, fault.action) == (call.service, call.action) and fault.times > 0:
                    fault.times -= 1
                    return fault
        return None
