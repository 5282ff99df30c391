"""Whether a resource's own policy lets an AWS service use it.

Only what services need of one another: EventBridge that starts a function, SNS that sends to a
queue. A permission that is missing shows here as it does on AWS: nothing arrives.
"""

import fnmatch
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

# Keys of conditions that say where a request comes from.
_SOURCE_ARN = "aws:sourcearn"
_SOURCE_ACCOUNT = ("aws:sourceaccount", "aws:sourceowner")


def allows(
    policy: str | Mapping[str, Any] | None, action: str, service: str, source_arn: str
) -> bool:
    """Whether `service` may do `action` on behalf of `source_arn`, such as a rule or a topic."""
    parsed = json.loads(policy) if isinstance(policy, str) and policy else policy
    if not isinstance(parsed, Mapping):
        return False
    matching = [
        statement
        for statement in _listed(parsed.get("Statement", []))
        if _acts(statement, action)
        and _is_for(statement, service)
        and _holds(statement.get("Condition", {}), source_arn)
    ]
    effects = {statement.get("Effect") for statement in matching}
    return "Allow" in effects and "Deny" not in effects


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _acts(statement: Mapping[str, Any], action: str) -> bool:
    if "Action" not in statement:
        return False
    given = [str(each).lower() for each in _listed(statement["Action"])]
    return any(fnmatch.fnmatchcase(action.lower(), pattern) for pattern in given)


def _is_for(statement: Mapping[str, Any], service: str) -> bool:
    principal = statement.get("Principal")
    if isinstance(principal, Mapping):
        # An account's principals are no services, even if they are all of them: see `_holds`.
        everybody = "*" in _listed(principal.get("AWS", []))
        return everybody or service in _listed(principal.get("Service", []))
    return principal == "*"


def _holds(condition: Mapping[str, Any], source_arn: str) -> bool:
    return all(
        _fits(operator.lower(), key.lower(), [str(each) for each in _listed(wanted)], source_arn)
        for operator, keys in condition.items()
        for key, wanted in keys.items()
    )


def _fits(operator: str, key: str, wanted: list[str], source_arn: str) -> bool:
    if key == "aws:securetransport":
        return operator == "bool" and wanted == ["true"]
    if key == _SOURCE_ARN:
        given = source_arn
    elif key in _SOURCE_ACCOUNT:
        # Services do not send the owner: that is why SNS's own default policy keeps them out.
        given = source_arn.split(":")[4] if key == _SOURCE_ACCOUNT[0] else ""
    else:
        return False
    compare = _COMPARISONS.get(operator)
    return compare is not None and compare(given, wanted)


def _any_equal(given: str, wanted: Iterable[str]) -> bool:
    return given in wanted


def _any_like(given: str, wanted: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(given, pattern) for pattern in wanted)


_COMPARISONS: dict[str, Callable[[str, Iterable[str]], bool]] = {
    "stringequals": _any_equal,
    "stringlike": _any_like,
    "arnequals": _any_like,
    "arnlike": _any_like,
}
