"""What a function's role allows it: its policies, read for the requests the function sends.

The action is checked, and the resource where the request names one. Conditions are taken for met
where they allow and for not met where they deny: what they depend on is not known here.
"""

import fnmatch
import json
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

from moto.iam.models import IAMBackend, iam_backends


class Identity(NamedTuple):
    """Whose access key it is."""

    account: str
    role: str
    function: str

    @property
    def arn(self) -> str:
        """As AWS tells it in refusals."""
        name = self.role.rsplit("/", 1)[-1]
        return f"arn:aws:sts::{self.account}:assumed-role/{name}/{self.function}"


_lock = threading.Lock()
_keys: dict[str, Identity] = {}


def remember(access_key: str, identity: Identity) -> None:
    """Take this access key for a function's from now on."""
    with _lock:
        _keys[access_key] = identity


def identity_of(access_key: str) -> Identity | None:
    """The function an access key was given to; None for everybody else's."""
    return _keys.get(access_key)


def reset() -> None:
    """Forget all keys."""
    with _lock:
        _keys.clear()


def allows(identity: Identity, action: str, resource: str | None) -> bool:
    """Whether the role lets its function do `action`. Needs the turn."""
    allowed = False
    for statement in _statements(identity):
        if not _names(statement, "Action", action.lower(), fold=True):
            continue
        if resource is not None and not _names(statement, "Resource", resource, fold=False):
            continue
        if statement.get("Effect") == "Allow":
            allowed = True
        elif not statement.get("Condition"):
            return False
    return allowed


def _names(statement: dict[str, Any], part: str, wanted: str, *, fold: bool) -> bool:
    given = statement.get(part, [])
    patterns = [given] if isinstance(given, str) else given
    return any(fnmatch.fnmatchcase(wanted, each.lower() if fold else each) for each in patterns)


def _statements(identity: Identity) -> Iterator[dict[str, Any]]:
    backend: IAMBackend = iam_backends[identity.account]["aws"]
    role = next((each for each in backend.roles.values() if each.arn == identity.role), None)
    if role is None:
        return
    documents = [
        *role.policies.values(),
        *(
            version.document
            for policy in role.managed_policies.values()
            for version in policy.versions
            if version.is_default
        ),
    ]
    for document in documents:
        parsed = json.loads(document) if isinstance(document, str) else document
        statements = parsed["Statement"]
        yield from statements if isinstance(statements, list) else [statements]
