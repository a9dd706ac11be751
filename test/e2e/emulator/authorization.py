"""What the role of a function may do."""

from emulator.call import Call
from emulator.iam_policy import Verdict, judge
from emulator.permissions import Permission, permissions_for
from emulator.sessions import Session, policies_of

# The emulator is plain HTTP on loopback, and stands for AWS, which is not.
_ALWAYS_SO = {"aws:SecureTransport": "true"}


def refusal_of(session: Session, call: Call) -> str | None:
    """Why a call is refused, in AWS's words, or nothing when it is allowed."""
    for permission in permissions_for(call, session.account_id):
        if refusal := _refusal(session, permission):
            return refusal
    return None


def may(session: Session, action: str, resource: str) -> bool:
    """For what a service does on behalf of a role."""
    return _refusal(session, Permission(action, resource)) is None


def _refusal(session: Session, permission: Permission) -> str | None:
    verdict = judge(
        policies_of(session.account_id, session.role_name),
        permission.action,
        permission.resource,
        {**_ALWAYS_SO, **permission.context},
    )
    if verdict is Verdict.ALLOWED:
        return None
    return (
        f"User: {session.arn} is not authorized to perform: {permission.action} "
        f"on resource: {permission.resource} {verdict.value.format(action=permission.action)}"
    )
