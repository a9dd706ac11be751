"""Sessions of roles: the credentials with which a service acts in a role."""

import json
import threading
from dataclasses import dataclass
from typing import Any

from moto.iam.models import Role, iam_backends

from emulator import iam_policy
from emulator.clients import client


class CannotAssume(Exception):
    """A service may not act in this role."""


@dataclass
class Session:
    """The session of one container of a function."""

    account_id: str
    role_name: str
    name: str
    access_key: str
    secret_key: str
    token: str
    # The current invocation of the container.
    request_id: str = ""

    @property
    def arn(self) -> str:
        """The ARN in AWS's error messages."""
        return f"arn:aws:sts::{self.account_id}:assumed-role/{self.role_name}/{self.name}"


class Sessions:
    """The sessions of all containers, by access key."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def open(self, role_arn: str, service: str, *, name: str, region: str) -> Session:
        """Assumes the role for a service. Raises `CannotAssume` when the role does not trust it."""
        role = trusted_role(role_arn, service)
        response = client("sts", region).assume_role(RoleArn=role_arn, RoleSessionName=name[:64])
        credentials = response["Credentials"]
        session = Session(
            account_id=role.account_id,
            role_name=role.name,
            name=name,
            access_key=credentials["AccessKeyId"],
            secret_key=credentials["SecretAccessKey"],
            token=credentials["SessionToken"],
        )
        with self._lock:
            self._sessions[session.access_key] = session
        return session

    def of(self, access_key: str) -> Session | None:
        """The session of this key; None for the key of an administrator."""
        with self._lock:
            return self._sessions.get(access_key)


def trusted_role(role_arn: str, service: str) -> Role:
    """The role. Raises `CannotAssume` when its trust policy does not allow the service."""
    account_id = role_arn.split(":")[4]
    role = iam_backends[account_id]["aws"].get_role_by_arn(role_arn)
    trust = _document(role.assume_role_policy_document)
    if not any(_trusts(statement, service) for statement in iam_policy.statements_of(trust)):
        raise CannotAssume(f"The role {role_arn} does not trust {service}.")
    return role


def policies_of(account_id: str, role_name: str) -> list[dict[str, Any]]:
    """The current documents of a role's policies, inline and attached."""
    role = iam_backends[account_id]["aws"].get_role(role_name)
    attached = [
        version.document
        for policy in role.managed_policies.values()
        for version in policy.versions
        if version.is_default
    ]
    return [_document(document) for document in [*role.policies.values(), *attached]]


def _document(document: str | dict[str, Any]) -> dict[str, Any]:
    return json.loads(document) if isinstance(document, str) else document


def _trusts(statement: dict[str, Any], service: str) -> bool:
    services = iam_policy.as_list(statement.get("Principal", {}).get("Service"))
    return statement["Effect"] == "Allow" and service in services
