"""Server access logging: any policy is understood, the key format is kept, logs come once an hour.

Moto breaks on a target's policy whose principal is a plain "*" (a TLS-only one), drops
TargetObjectKeyFormat, and writes an object for each request at once: a bucket that logs into itself
then never gets empty. Like AWS's, this delivery is best effort: lines of a bucket that is gone, or
that logs no more, are dropped.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult
from moto.moto_api._internal import mock_random
from moto.s3.models import FakeBucket, S3Backend, s3_backends
from moto.s3.responses import S3Response

from lifeboat_emulator import ticker

_INTERVAL = 3600
_SERVICE = "logging.s3.amazonaws.com"
_PENDING = "lifeboat_access_log"
_MOST_LINES = 10_000


def install() -> None:
    """Replace the permission check and the delivery, and keep the key format."""
    original_serialized = S3Response.serialized

    def serialized(self: S3Response, action_result: ActionResult) -> Any:
        if self.data.get("Action") == "GetBucketLogging":
            _complete(action_result.result, self.backend.get_bucket_logging(self.bucket_name))
        return original_serialized(self, action_result)

    setattr(S3Response, "serialized", serialized)
    setattr(FakeBucket, "_log_permissions_enabled_policy", staticmethod(_may_deliver))
    setattr(S3Backend, "log_incoming_request", _note)
    ticker.every("s3 access logs", _INTERVAL, deliver)


def deliver() -> None:
    """Write what was noted since the last time: one object for each bucket that logs."""
    backend: S3Backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    for bucket in list(backend.buckets.values()):
        lines = bucket.__dict__.pop(_PENDING, [])
        target = backend.buckets.get(bucket.logging.get("TargetBucket", ""))
        if not lines or target is None:
            continue
        moment = datetime.now(UTC).strftime("%Y-%m-%d-%H-%M-%S")
        name = f"{moment}-{mock_random.get_random_hex(16).upper()}"
        key = (bucket.logging.get("TargetPrefix") or "") + name
        backend.put_object(target.name, key, "".join(lines).encode())


def _complete(answer: Any, kept: dict[str, Any]) -> None:
    """Add the format of keys, which moto keeps but does not tell."""
    key_format = kept.get("TargetObjectKeyFormat")
    if key_format:
        told = {kind: each or {} for kind, each in key_format.items()}
        answer["LoggingEnabled"]["TargetObjectKeyFormat"] = told


def _may_deliver(target_bucket: FakeBucket, target_prefix: str | None) -> bool:
    """Whether the target's policy lets the logging service write under the prefix."""
    if not target_bucket.policy:
        return False
    written = f"arn:{target_bucket.partition}:s3:::{target_bucket.name}/{target_prefix or ''}log"
    return any(
        statement.get("Effect") == "Allow"
        and _SERVICE in _services(statement)
        and any(fnmatchcase("s3:PutObject", each) for each in _listed(statement.get("Action")))
        and any(fnmatchcase(written, each) for each in _listed(statement.get("Resource")))
        for statement in _listed(json.loads(target_bucket.policy)["Statement"])
    )


def _services(statement: dict[str, Any]) -> Iterable[str]:
    principal = statement.get("Principal")
    return _listed(principal.get("Service")) if isinstance(principal, dict) else ()


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _note(self: S3Backend, request: Any, bucket_name: str) -> None:
    bucket = self.buckets.get(bucket_name)
    if bucket is None or not bucket.logging:
        return
    lines: list[str] = bucket.__dict__.setdefault(_PENDING, [])
    if len(lines) < _MOST_LINES:
        lines.append(_line(request, bucket_name))


def _line(request: Any, bucket_name: str) -> str:
    """One line of AWS's format; what is known only after the answer is a hyphen."""
    moment = datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
    path = request.path
    kind = "OBJECT" if path.strip("/").removeprefix(bucket_name).strip("/") else "BUCKET"
    agent = request.headers.get("User-Agent", "-")
    return (
        f"{mock_random.get_random_hex(64)} {bucket_name} [{moment}] 127.0.0.1 - "
        f"{mock_random.get_random_hex(16).upper()} REST.{request.method}.{kind} - "
        f'"{request.method} {path} HTTP/1.1" - - - - - - "-" "{agent}" - - SigV4 - AuthHeader - - '
        "- -\n"
    )
