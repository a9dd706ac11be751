"""One invocation and its result."""

import json
import time
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Invocation:
    """The container fills in the fields while it runs."""

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
    # The response of the function or its error, as JSON.
    payload: str = ""
    # The standard output and error of the function, unchanged.
    output: str = ""
    # The output between the lines that Lambda adds.
    log: str = ""

    def start(self) -> None:
        """Starts the time of the time limit, which does not include a cold start."""
        self.startedAtMs = time.time() * 1000

    def end(self, status: str, payload: str) -> None:
        """Sets status and result. Called once."""
        self.durationMs = time.time() * 1000 - self.startedAtMs
        self.status = status
        self.payload = payload

    def fail(self, status: str, error_type: str, message: str) -> None:
        """Ends it with an error message of Lambda itself."""
        message = f"RequestId: {self.requestId} Error: {message}"
        self.end(status, json.dumps({"errorType": error_type, "errorMessage": message}))

    def to_dict(self) -> dict[str, Any]:
        """The fields as the test reads them."""
        return asdict(self)
