"""Whether identity-based policies allow an action on a resource.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html: nothing
is allowed unless a statement allows it, and a statement that denies always wins.
"""

import fnmatch
import re
from collections.abc import Iterable
from enum import Enum
from functools import cache
from typing import Any


class Verdict(Enum):
    """Each with the words in which AWS explains it."""

    ALLOWED = ""
    NOT_ALLOWED = "because no identity-based policy allows the {action} action"
    DENIED = "with an explicit deny in an identity-based policy"


class ConditionNotPlayed(Exception):
    """A policy has a condition that this emulator cannot judge: better an error than a guess."""


def judge(policies: Iterable[dict[str, Any]], action: str, resource: str, context: dict[str, str]) -> Verdict:
    """What the policies together say."""
    effects = {
        statement["Effect"]
        for policy in policies
        for statement in statements_of(policy)
        if _applies(statement, action, resource, context)
    }
    if "Deny" in effects:
        return Verdict.DENIED
    return Verdict.ALLOWED if "Allow" in effects else Verdict.NOT_ALLOWED


def statements_of(policy: dict[str, Any]) -> list[dict[str, Any]]:
    """A policy may hold one statement without a list around it."""
    return listed(policy["Statement"])


def listed(value: Any) -> list[Any]:
    """A value where JSON allows one or a list of them."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _applies(statement: dict[str, Any], action: str, resource: str, context: dict[str, str]) -> bool:
    return (
        _names(statement, "Action", action.lower(), str.lower)
        and _names(statement, "Resource", resource, str)
        and all(
            _holds(operator, key, listed(values), context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _names(statement: dict[str, Any], element: str, value: str, normal: Any) -> bool:
    if f"Not{element}" in statement:
        return not _any_matches(map(normal, listed(statement[f"Not{element}"])), value)
    return _any_matches(map(normal, listed(statement.get(element))), value)


def _any_matches(patterns: Iterable[str], value: str) -> bool:
    return any(_pattern(pattern).match(value) for pattern in patterns)


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    # In a policy only * and ? are special; fnmatch would also take brackets for a choice.
    return re.compile(fnmatch.translate(pattern.replace("[", "[[]")))


def _holds(operator: str, key: str, values: list[str], context: dict[str, str]) -> bool:
    if key not in context:
        raise ConditionNotPlayed(f"The condition key {key} is not played.")
    match operator:
        case "StringEquals" | "ArnEquals" | "Bool":
            return context[key] in map(_text, values)
        case "StringLike" | "ArnLike":
            return _any_matches(values, context[key])
        case "StringNotEquals":
            return context[key] not in values
    raise ConditionNotPlayed(f"The condition operator {operator} is not played.")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
