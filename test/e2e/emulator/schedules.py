"""EventBridge Scheduler. The test fires schedules; no clock does."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.iam.models import Role
from moto.scheduler.models import Schedule, scheduler_backends

from emulator.clients import client
from emulator.functions.lambda_service import LambdaService
from emulator.iam_policy import Decision, Permission, decide
from emulator.sessions import CannotAssume, policies_of, trusted_role


class CannotFire(Exception):
    """A schedule could not invoke its target. The message also says where the event is."""


class Scheduler:
    """Invokes the functions of schedules, with the permissions of the schedule's role."""

    def __init__(self, functions: LambdaService) -> None:
        self._functions = functions

    def fire(self, name: str) -> dict[str, str]:
        """Invokes the function once, without waiting, and returns the id of the invocation.

        Raises `CannotFire` when the role does not allow it. Scheduler would retry. The emulator sends
        the event to the dead-letter queue at once, if the role allows that.
        """
        schedule = _schedule(name)
        if schedule.state != "ENABLED":
            raise CannotFire(f"The schedule {name} is {schedule.state}.")
        target, event = schedule.target, _event(schedule)
        role = _role(target["RoleArn"])
        if refusal := _refusal(role, Permission("lambda:InvokeFunction", target["Arn"])):
            raise CannotFire(f"{refusal} {_send_dead_letter(role, target, event)}")
        _, _, _, region, account_id, *_ = target["Arn"].split(":")
        function = lambda_backends[account_id][region].get_function(target["Arn"])
        return {"requestId": self._functions.start(function, event).requestId}


def _schedule(name: str) -> Schedule:
    for account in scheduler_backends.values():
        for backend in account.values():
            for group in backend.schedule_groups.values():
                if name in group.schedules:
                    return group.schedules[name]
    raise CannotFire(f"There is no schedule {name}.")


def _role(role_arn: str) -> Role:
    try:
        return trusted_role(role_arn, "scheduler.amazonaws.com")
    except CannotAssume as error:
        raise CannotFire(str(error)) from error


def _refusal(role: Role, permission: Permission) -> str | None:
    if decide(policies_of(role.account_id, role.name), permission) is Decision.ALLOWED:
        return None
    return f"The role {role.arn} does not allow {permission.action} on {permission.resource}."


def _send_dead_letter(role: Role, target: dict[str, Any], event: str) -> str:
    """https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html"""
    queue_arn = target.get("DeadLetterConfig", {}).get("Arn")
    if queue_arn is None:
        return "There is no dead-letter queue."
    _, _, _, region, _, name = queue_arn.split(":")
    sqs = client("sqs", region)
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    refusals = [_refusal(role, Permission("sqs:SendMessage", queue_arn))]
    if key := attributes.get("KmsMasterKeyId"):
        key_arn = client("kms", region).describe_key(KeyId=key)["KeyMetadata"]["Arn"]
        via = {"kms:ViaService": f"sqs.{region}.amazonaws.com"}
        actions = ("kms:GenerateDataKey", "kms:Decrypt")
        refusals += [_refusal(role, Permission(it, key_arn, via)) for it in actions]
    if any(refusals):
        return f"The event is lost: {next(filter(None, refusals))}"
    sqs.send_message(QueueUrl=url, MessageBody=event)
    return "The event went to the dead-letter queue."


def _event(schedule: Schedule) -> str:
    """https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html"""
    attributes: dict[str, Any] = {
        "<aws.scheduler.schedule-arn>": schedule.arn,
        "<aws.scheduler.scheduled-time>": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:00Z}",
        "<aws.scheduler.execution-id>": str(uuid.uuid4()),
        "<aws.scheduler.attempt-number>": "1",
    }
    event = schedule.target.get("Input") or json.dumps({})
    for placeholder, value in attributes.items():
        event = event.replace(placeholder, value)
    return event
