"""The permissions of a function's role."""

from dataclasses import replace

from emulator.call import Call
from emulator.iam_policy import Decision, Permission, decide
from emulator.permissions import permissions_for
from emulator.sessions import Session, policies_of

# AWS accepts only TLS. The emulator is plain HTTP on loopback.
_CONTEXT = {"aws:SecureTransport": "true"}


def refusal_of(session: Session, call: Call) -> str | None:
    """AWS's message when the call is denied; None when it is allowed."""
    for permission in permissions_for(call, session.account_id):
        if refusal := _refusal(session, permission):
            return refusal
    return None


def may(session: Session, action: str, resource: str) -> bool:
    """Whether a service may do this on behalf of the role."""
    return _refusal(session, Permission(action, resource)) is None


def _refusal(session: Session, permission: Permission) -> str | None:
    in_context = replace(permission, context={**_CONTEXT, **permission.context})
    decision = decide(policies_of(session.account_id, session.role_name), in_context)
    if decision is Decision.ALLOWED:
        return None
    return (
        f"User: {session.arn} is not authorized to perform: {permission.action} "
        f"on resource: {permission.resource} {decision.value.format(action=permission.action)}"
    )
