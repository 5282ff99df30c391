"""A statement of a bucket's policy counts only where its conditions hold.

Moto applies every statement: a TLS-only policy then forbids reading and deleting any object. The
emulator's own connections stand for TLS, so `aws:SecureTransport` is true here; a statement under
any other condition is left out, for nothing is known of who asks.
"""

import json
from typing import Any

from moto.s3.models import FakeBucket

_SECURE = {"aws:SecureTransport": "true"}


def install() -> None:
    """Judge by the statements whose conditions hold."""
    original = FakeBucket.get_permission

    def get_permission(self: FakeBucket, action: str, resource: str) -> Any:
        given = self.policy
        if given is None:
            return original(self, action, resource)
        policy = json.loads(given)
        statements = policy["Statement"]
        listed = statements if isinstance(statements, list) else [statements]
        policy["Statement"] = [each for each in listed if _holds(each.get("Condition"))]
        self.policy = json.dumps(policy).encode()
        try:
            return original(self, action, resource)
        finally:
            self.policy = given

    setattr(FakeBucket, "get_permission", get_permission)


def _holds(condition: dict[str, Any] | None) -> bool:
    if not condition:
        return True
    if list(condition) != ["Bool"]:
        return False
    return all(str(condition["Bool"][key]).lower() == _SECURE.get(key) for key in condition["Bool"])
