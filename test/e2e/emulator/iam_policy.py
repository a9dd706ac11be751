"""Whether identity-based policies allow an action on a resource.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html: an action
needs a statement that allows it, and no statement that denies it.
"""

import fnmatch
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any


class Decision(Enum):
    """The decision about a permission, with the end of AWS's message."""

    ALLOWED = ""
    NOT_ALLOWED = "because no identity-based policy allows the {action} action"
    DENIED = "with an explicit deny in an identity-based policy"


class UnsupportedCondition(Exception):
    """A policy has a condition that this emulator cannot evaluate."""


@dataclass(frozen=True)
class Permission:
    """An action on a resource, with the condition keys of the permission."""

    action: str
    resource: str
    context: dict[str, str] = field(default_factory=dict)


def decide(policies: Iterable[dict[str, Any]], permission: Permission) -> Decision:
    """The decision of all policies together."""
    effects = {
        statement["Effect"]
        for policy in policies
        for statement in statements_of(policy)
        if _applies(statement, permission)
    }
    if "Deny" in effects:
        return Decision.DENIED
    return Decision.ALLOWED if "Allow" in effects else Decision.NOT_ALLOWED


def statements_of(policy: dict[str, Any]) -> list[dict[str, Any]]:
    """The statements of a policy, which can be one statement without a list."""
    return as_list(policy["Statement"])


def as_list(value: Any) -> list[Any]:
    """A list of one value or of many: policies allow both forms."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _applies(statement: dict[str, Any], permission: Permission) -> bool:
    return (
        _names(_lower(statement), "Action", permission.action.lower())
        and _names(statement, "Resource", permission.resource)
        and all(
            _holds(operator, as_list(values), _value_of(key, permission))
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _lower(statement: dict[str, Any]) -> dict[str, Any]:
    """The statement with its actions in lower case: IAM ignores their case."""
    names = [name for name in ("Action", "NotAction") if name in statement]
    return {**statement, **{name: [it.lower() for it in as_list(statement[name])] for name in names}}


def _names(statement: dict[str, Any], element: str, value: str) -> bool:
    if f"Not{element}" in statement:
        return not _any_matches(as_list(statement[f"Not{element}"]), value)
    return _any_matches(as_list(statement.get(element)), value)


def _any_matches(patterns: Iterable[str], value: str) -> bool:
    return any(_pattern(pattern).match(value) for pattern in patterns)


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    # In a policy only * and ? are wildcards. For fnmatch, brackets would be too.
    return re.compile(fnmatch.translate(pattern.replace("[", "[[]")))


def _value_of(key: str, permission: Permission) -> str:
    if key not in permission.context:
        raise UnsupportedCondition(f"The emulator does not know the condition key {key}.")
    return permission.context[key]


def _holds(operator: str, expected: list[str], actual: str) -> bool:
    match operator:
        case "StringEquals" | "ArnEquals" | "Bool":
            return actual in map(_text, expected)
        case "StringLike" | "ArnLike":
            return _any_matches(expected, actual)
        case "StringNotEquals":
            return actual not in expected
    raise UnsupportedCondition(f"The emulator does not know the condition operator {operator}.")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
