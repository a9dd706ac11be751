"""The Runtime API, which Lambda offers to the runtime client of one container.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from typing import Any

from emulator.functions.invocation import Invocation


@dataclass(frozen=True)
class Result:
    """A report of the client: a response, or an error of the function or of its start."""

    failed: bool
    body: str


class RuntimeApi:
    """Gives the client one invocation at a time."""

    def __init__(self, function_arn: str) -> None:
        self._function_arn = function_arn
        self._work: Queue[tuple[Invocation, float] | None] = Queue()
        self._results: Queue[Result] = Queue()
        # The client requests work, so its last invocation has ended.
        self.waiting = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """The value of AWS_LAMBDA_RUNTIME_API."""
        return f"127.0.0.1:{self._server.server_port}"

    def give(self, invocation: Invocation, deadline: float) -> None:
        """Gives the client an invocation. `deadline` is in seconds since the epoch."""
        self.waiting.clear()
        self._work.put((invocation, deadline))

    def result_within(self, seconds: float) -> Result | None:
        """The report of the client; None if there is none within this time."""
        try:
            return self._results.get(timeout=max(seconds, 0))
        except Empty:
            return None

    def report(self, path: str, body: str) -> None:
        """Receives a report of the client."""
        self._results.put(Result(failed=not path.endswith("/response"), body=body))

    def next_work(self) -> tuple[dict[str, str], bytes] | None:
        """Waits for the next invocation; None after `close`."""
        self.waiting.set()
        work = self._work.get()
        if work is None:
            return None
        invocation, deadline = work
        return {
            "Lambda-Runtime-Aws-Request-Id": invocation.requestId,
            "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": self._function_arn,
            "Lambda-Runtime-Trace-Id": f"Root=1-{int(time.time()):08x}-{'0' * 24};Sampled=0",
        }, invocation.event.encode()

    def close(self) -> None:
        """Stops the server."""
        self._work.put(None)
        self._server.shutdown()
        self._server.server_close()


def _handler_for(api: RuntimeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            work = api.next_work()
            if work is None:
                self.close_connection = True
            else:
                self._respond(200, *work)

        def do_POST(self) -> None:
            body = self._body().decode()
            self._respond(202, {}, b'{"status":"OK"}')
            api.report(self.path, body)

        def log_message(self, *_: Any) -> None:
            """Logs nothing: the invocations contain all that the requests do."""

        def _respond(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _body(self) -> bytes:
            length = self.headers.get("Content-Length")
            return self._chunks() if length is None else self.rfile.read(int(length))

        def _chunks(self) -> bytes:
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

    return Handler
