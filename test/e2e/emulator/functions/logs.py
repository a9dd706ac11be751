"""The log that Lambda writes for a function, with the permissions of the function's role."""

import json
import time
from datetime import UTC, datetime

from emulator.authorization import may
from emulator.clients import client
from emulator.functions.container import Container
from emulator.functions.invocation import Invocation


def log_of(invocation: Invocation, container: Container) -> str:
    """The output of the function between the lines that Lambda adds."""
    lines = [_start(invocation, container), invocation.output.rstrip("\n"), _report(invocation, container)]
    return "\n".join(filter(None, lines)) + "\n"


def store(invocation: Invocation, container: Container) -> None:
    """Writes the log to the log group. Without the permission, the log stays empty, without an error."""
    configuration = container.configuration
    group, region = configuration.log_group, configuration.region
    group_arn = f"arn:aws:logs:{region}:{configuration.account_id}:log-group:{group}"
    stream = f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{container.id}"
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    if not all(may(container.session, it, f"{group_arn}:log-stream:{stream}") for it in actions):
        return
    logs = client("logs", region)
    if not _exists(logs, group):
        if not may(container.session, "logs:CreateLogGroup", f"{group_arn}:log-stream:"):
            return
        logs.create_log_group(logGroupName=group)
    if container.served == 1:
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": line} for line in invocation.log.splitlines() if line]
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)


def _exists(logs: object, group: str) -> bool:
    found = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    return any(it["logGroupName"] == group for it in found)


def _start(invocation: Invocation, container: Container) -> str:
    if container.configuration.logs_json:
        return _platform("start", {"requestId": invocation.requestId, "version": "$LATEST"})
    return f"START RequestId: {invocation.requestId} Version: $LATEST"


def _report(invocation: Invocation, container: Container) -> str:
    duration = round(invocation.durationMs, 2)
    used, size = container.memory_used_mb(), container.configuration.memory_mb
    if container.configuration.logs_json:
        metrics = {"durationMs": duration, "memorySizeMB": size, "maxMemoryUsedMB": used}
        record = {"requestId": invocation.requestId, "status": invocation.status, "metrics": metrics}
        return _platform("report", record)
    return (
        f"END RequestId: {invocation.requestId}\n"
        f"REPORT RequestId: {invocation.requestId}\tDuration: {duration} ms\t"
        f"Memory Size: {size} MB\tMax Memory Used: {used} MB"
    )


def _platform(kind: str, record: dict[str, object]) -> str:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"time": now, "type": f"platform.{kind}", "record": record})
