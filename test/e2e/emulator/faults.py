"""Errors that AWS returns only under load or in an outage."""

import threading
from dataclasses import dataclass, field
from typing import Any

from emulator.call import Call
from emulator.responses import Response, ServiceError, error_response


@dataclass
class Fault:
    """Makes the next calls of one action by functions fail, `times` of them."""

    service: str
    action: str
    error: str
    times: int = 1
    message: str = "Injected by the test."
    status: int = 400
    # For TransactionCanceledException, one for each item: "None", "ThrottlingError", ...
    reasons: list[str] = field(default_factory=list)
    # The call takes effect, and only its response is lost.
    applied: bool = False
    # The delay of the response.
    delaySeconds: float = 0

    def response(self, call: Call) -> Response:
        """The response to a call that fails."""
        reasons = [{"Code": reason, "Message": reason} for reason in self.reasons]
        members = {"CancellationReasons": reasons} if reasons else None
        return error_response(call, ServiceError(self.status, self.error, self.message, members))


class Faults:
    """The injected faults."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fields: dict[str, Any]) -> None:
        """Raises `TypeError` for an unknown field."""
        with self._lock:
            self._faults.append(Fault(**fields))

    def clear(self) -> None:
        """Removes all faults."""
        with self._lock:
            self._faults.clear()

    def take(self, call: Call) -> Fault | None:
        """The fault for this call, which then has one call less left; None without one."""
        with self._lock:
            for fault in self._faults:
                if (fault.service, fault.action) == (call.service, call.action) and fault.times > 0:
                    fault.times -= 1
                    return fault
        return None
