"""One invocation, and what came of it."""

import json
import time
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Invocation:
    """Filled in as it goes."""

    functionName: str
    event: str
    requestId: str = field(default_factory=lambda: str(uuid.uuid4()))
    containerId: str = ""
    # The first invocation of its container.
    cold: bool = False
    startedAtMs: float = 0
    durationMs: float = 0
    # running, success, error, timeout
    status: str = "running"
    # What the function answered, or its error, as JSON.
    payload: str = ""
    # Everything that the function wrote to its standard output and error, as it wrote it.
    output: str = ""
    # With the lines that Lambda adds.
    log: str = ""

    def start(self) -> None:
        """The clock of the time limit runs from here; a cold start does not count."""
        self.startedAtMs = time.time() * 1000

    def end(self, status: str, payload: str) -> None:
        """Once."""
        self.durationMs = time.time() * 1000 - self.startedAtMs
        self.status = status
        self.payload = payload

    def fail(self, status: str, error_type: str, message: str) -> None:
        """An error that Lambda itself words."""
        message = f"RequestId: {self.requestId} Error: {message}"
        self.end(status, json.dumps({"errorType": error_type, "errorMessage": message}))

    def to_dict(self) -> dict[str, Any]:
        """For the test."""
        return asdict(self)
