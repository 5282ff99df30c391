"""A function may do what its role allows, and is refused the rest.

Moto lets everybody do everything. Other callers still may: the emulator checks no credentials, but
it knows those it gave to functions itself.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from moto.core.request import Request
from werkzeug.wrappers import Response

from lifeboat_emulator import application, faults, turn
from lifeboat_emulator.functions import roles

_CREDENTIAL = re.compile(r"Credential=([A-Z0-9]+)/\d+/([a-z0-9-]+)/([a-z0-9-]+)/")
_CBOR_OPERATION = re.compile(r"/operation/(\w+)$")
# IAM's words where they are not the service's own.
_PREFIXES = {"monitoring": "cloudwatch"}
# Nobody needs a permission to be told who he is; object operations have other names than actions.
_FREE = {"sts", "s3"}
# A transaction needs the permissions of its parts.
_PARTS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "Get": "GetItem"}

Content = Mapping[str, Any]


def install() -> None:
    """Look at each request before its turn."""
    application.guard(_check)


def reset() -> None:
    """Forget whose keys are whose."""
    roles.reset()


def _check(environ: Mapping[str, Any]) -> Response | None:
    found = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    identity = None if found is None else roles.identity_of(found[1])
    if found is None or identity is None or found[3] in _FREE:
        return None
    region, service = found[2], found[3]
    raw = environ["wsgi.input"]
    content = _content(environ, raw.getvalue())
    operation = _operation(environ, service, content)
    raw.seek(0)
    prefix = _PREFIXES.get(service, service)
    resource = _resource(service, region, identity.account, content)
    for needed in _needed(operation, content):
        action = f"{prefix}:{needed}"
        with turn.taken():
            allowed = roles.allows(identity, action, resource)
        if not allowed:
            return faults.denied(Request(dict(environ)), identity.arn, action, resource or "*")
    return None


def _content(environ: Mapping[str, Any], body: bytes) -> Content:
    """The parameters, where they are readable: JSON and forms are, CBOR needs no resource."""
    kind = environ.get("CONTENT_TYPE", "")
    if "urlencoded" in kind:
        return {name: values[0] for name, values in parse_qs(body.decode()).items()}
    if "json" in kind and body:
        parsed = json.loads(body)
        return parsed if isinstance(parsed, Mapping) else {}
    return {}


def _operation(environ: Mapping[str, Any], service: str, content: Content) -> str:
    cbor = _CBOR_OPERATION.search(environ.get("PATH_INFO", ""))
    if cbor:
        return cbor[1]
    if "Action" in content:
        return str(content["Action"])
    return faults.operation_name(service, Request(dict(environ)))


def _needed(operation: str, content: Content) -> list[str]:
    if operation not in ("TransactWriteItems", "TransactGetItems"):
        return [operation]
    kinds = {kind for item in content.get("TransactItems", []) for kind in item}
    return sorted(_PARTS.get(kind, "ConditionCheckItem") for kind in kinds)


def _resource(service: str, region: str, account: str, content: Content) -> str | None:
    """The ARN of what the request is about; None where it is about several, or none."""
    named = _RESOURCES.get(service)
    return None if named is None else named(region, account, content)


def _table(region: str, account: str, content: Content) -> str | None:
    items = content.get("TransactItems") or [{"": content}]
    names = {part["TableName"] for item in items for part in item.values() if "TableName" in part}
    name = names.pop() if len(names) == 1 else None
    if name is None or name.startswith("arn:"):
        return name
    return f"arn:aws:dynamodb:{region}:{account}:table/{name}"


def _secret(region: str, account: str, content: Content) -> str | None:
    given = content.get("SecretId")
    # A name is not enough: the ARN ends in letters nobody can know.
    return given if given is None or given.startswith("arn:") else None


def _parameter(region: str, account: str, content: Content) -> str | None:
    name = content.get("Name")
    if name is None or name.startswith("arn:"):
        return name
    return f"arn:aws:ssm:{region}:{account}:parameter/{name.removeprefix('/')}"


def _database(region: str, account: str, content: Content) -> str | None:
    if "GlobalClusterIdentifier" in content:
        return f"arn:aws:rds::{account}:global-cluster:{content['GlobalClusterIdentifier']}"
    if "DBClusterIdentifier" in content:
        return f"arn:aws:rds:{region}:{account}:cluster:{content['DBClusterIdentifier']}"
    return None


_RESOURCES: dict[str, Callable[[str, str, Content], str | None]] = {
    "dynamodb": _table,
    "secretsmanager": _secret,
    "ssm": _parameter,
    "rds": _database,
    "rds-data": lambda region, account, content: content.get("resourceArn"),
    "sns": lambda region, account, content: content.get("TopicArn"),
}
