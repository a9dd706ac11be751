"""One container of a function: a process that serves one invocation at a time."""

import io
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
import zipfile
from pathlib import Path

from emulator.functions.configuration import Configuration
from emulator.functions.invocation import Invocation
from emulator.functions.runtime import Runtime
from emulator.functions.runtime_api import Result, RuntimeApi
from emulator.sessions import Session

# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
_INIT_SECONDS = 10
# How often a silent process is polled.
_POLL_SECONDS = 0.05


class Container:
    """Frozen between invocations, as on AWS: its timers and open requests stop."""

    def __init__(self, configuration: Configuration, code: bytes, runtime: Runtime, session: Session) -> None:
        self.id = uuid.uuid4().hex
        self.configuration = configuration
        self.session = session
        self.served = 0
        self._folder = Path(tempfile.mkdtemp(prefix="function-"))
        self._output = self._folder / "output"
        self._api = RuntimeApi(configuration.arn)
        self._process = self._start(code, runtime)

    @property
    def alive(self) -> bool:
        """Whether it can serve another invocation."""
        return self._process.poll() is None

    def serve(self, invocation: Invocation) -> None:
        """Runs one invocation until it succeeds, fails or times out."""
        invocation.containerId = self.id
        invocation.cold = self.served == 0
        self.session.request_id = invocation.requestId
        self.served += 1
        # The output of a cold start belongs to the first invocation, as in Lambda's log.
        written = 0 if invocation.cold else self._output.stat().st_size
        if invocation.cold and not self._is_started(invocation):
            self.stop()
        else:
            self._run(invocation)
        with self._output.open("rb") as output:
            output.seek(written)
            invocation.output = output.read().decode(errors="replace")

    def memory_used_mb(self) -> int:
        """The peak memory of the process; 0 on systems without /proc."""
        status = Path(f"/proc/{self._process.pid}/status")
        lines = status.read_text().splitlines() if status.exists() else []
        peaks = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
        return int(peaks[0]) // 1024 if peaks else 0

    def stop(self) -> None:
        """Kills the process. Its output stays until `remove`."""
        if self.alive:
            self._process.kill()
        self._process.wait()

    def remove(self) -> None:
        """Kills the process and deletes its files."""
        self.stop()
        self._api.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, code: bytes, runtime: Runtime) -> subprocess.Popen[bytes]:
        task = self._folder / "task"
        zipfile.ZipFile(io.BytesIO(code)).extractall(task)
        with self._output.open("ab") as output:
            return subprocess.Popen(
                [runtime.node, runtime.client, self.configuration.handler],
                cwd=task,
                env=self._environment(task, runtime),
                stdout=output,
                stderr=output,
            )

    def _environment(self, task: Path, runtime: Runtime) -> dict[str, str]:
        """https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"""
        configuration, session = self.configuration, self.session
        return {
            "PATH": os.environ["PATH"],
            "TZ": ":UTC",
            "LANG": "en_US.UTF-8",
            **dict(configuration.variables),
            **dict(configuration.log_levels),
            "_HANDLER": configuration.handler,
            "LAMBDA_TASK_ROOT": str(task),
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{configuration.runtime}",
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
            "AWS_LAMBDA_FUNCTION_NAME": configuration.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration.memory_mb),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_FORMAT": configuration.log_format,
            "AWS_LAMBDA_LOG_GROUP_NAME": configuration.log_group,
            "AWS_LAMBDA_LOG_STREAM_NAME": self.id,
            "AWS_REGION": configuration.region,
            "AWS_DEFAULT_REGION": configuration.region,
            "AWS_ACCESS_KEY_ID": session.access_key,
            "AWS_SECRET_ACCESS_KEY": session.secret_key,
            "AWS_SESSION_TOKEN": session.token,
            "AWS_ENDPOINT_URL": runtime.url,
        }

    def _is_started(self, invocation: Invocation) -> bool:
        """Waits until the client requests work. If it does not, the invocation fails."""
        invocation.start()
        until = time.time() + _INIT_SECONDS
        while not self._api.waiting.wait(_POLL_SECONDS):
            if (result := self._api.result_within(0)) is not None:
                invocation.end("error", result.body)
                return False
            if not self.alive:
                invocation.fail("error", "Runtime.ExitError", self._exit())
                return False
            if time.time() > until:
                seconds = f"{_INIT_SECONDS}.00 seconds"
                invocation.fail("timeout", "Sandbox.Timedout", f"Task timed out after {seconds}")
                return False
        return True

    def _run(self, invocation: Invocation) -> None:
        seconds = self.configuration.timeout_seconds
        self._process.send_signal(signal.SIGCONT)
        invocation.start()
        deadline = time.time() + seconds
        self._api.give(invocation, deadline)
        result = self._result_by(deadline)
        if result is not None:
            invocation.end("error" if result.failed else "success", result.body)
            self._freeze(deadline)
        elif self.alive:
            self.stop()
            message = f"Task timed out after {seconds}.00 seconds"
            invocation.fail("timeout", "Sandbox.Timedout", message)
        else:
            invocation.fail("error", "Runtime.ExitError", self._exit())

    def _result_by(self, deadline: float) -> Result | None:
        """The result that the client reports before the time limit; None without one."""
        while True:
            was_alive = self.alive
            left = deadline - time.time()
            if (result := self._api.result_within(min(_POLL_SECONDS, left))) is not None:
                return result
            if not was_alive or left <= 0:
                return None

    def _freeze(self, deadline: float) -> None:
        """Freezes the process once the client requests work: until then it may run after its response."""
        while self.alive and not self._api.waiting.wait(_POLL_SECONDS):
            if time.time() > deadline:
                self.stop()
                return
        if self.alive:
            self._process.send_signal(signal.SIGSTOP)

    def _exit(self) -> str:
        status = self._process.returncode
        if status == 0:
            return "Runtime exited without providing a reason"
        how = f"exit status {status}" if status > 0 else f"signal: {signal.Signals(-status).name}"
        return f"Runtime exited with error: {how}"
