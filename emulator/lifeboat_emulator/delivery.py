"""Hands a message from one AWS service to another: functions, queues, topics, buses, log groups.

The target's own policy decides, as on AWS. Needs the turn; a function is only given the event.
"""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.kms.models import kms_backends
from moto.logs.models import logs_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from lifeboat_emulator import policies, regions
from lifeboat_emulator.functions import queueing


class UndeliverableError(Exception):
    """The target does not take it, now and for ever. `code` is AWS's word for the reason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class UnavailableError(Exception):
    """The target's region is down: later it may take it."""


def deliver(
    arn: str,
    body: str,
    *,
    sender: str | None = None,
    source_arn: str = "",
    attributes: Mapping[str, str] | None = None,
    group_id: str | None = None,
) -> None:
    """Hand `body` to `arn`. With a `sender` (a service) the target's policy must let it."""
    service, region, account, name = _parts(arn)
    if sender is not None:
        check(arn, sender, source_arn)
    elif regions.is_down(region):
        raise UnavailableError(f"{region} is down")
    if service == "lambda":
        _to_function(arn, account, region, body)
    elif service == "sqs":
        _to_queue(name, account, region, body, attributes or {}, group_id)
    elif service == "sns":
        _to_topic(arn, account, region, body, attributes or {})
    elif service == "logs":
        _to_log_group(arn, account, region, body)
    else:
        raise UndeliverableError("UNSUPPORTED_TARGET", f"the emulator sends nothing to {arn}")


def check(arn: str, sender: str, source_arn: str) -> None:
    """Raise when the service `sender` could not deliver to `arn` on behalf of `source_arn`."""
    service, region, account, _ = _parts(arn)
    if regions.is_down(region):
        raise UnavailableError(f"{region} is down")
    lock = _lock_of(service, arn, account, region)
    if lock is None:
        return
    if not policies.allows(lock.policy, lock.action, sender, source_arn):
        raise UndeliverableError(
            "NO_PERMISSIONS", f"the policy of {arn} does not let {sender} in for {source_arn}"
        )
    if lock.key and not _opens(lock.key, account, region, sender, source_arn):
        raise UndeliverableError(
            "NO_PERMISSIONS", f"the key of {arn} does not serve {sender} for {source_arn}"
        )


def _parts(arn: str) -> tuple[str, str, str, str]:
    """Service, region, account and the resource."""
    parts = arn.split(":", 5)
    if len(parts) < 6:
        raise UndeliverableError("INVALID_ARN", f"{arn} is no ARN")
    return parts[2], parts[3], parts[4], parts[5]


@dataclass(frozen=True)
class _Lock:
    """What a target asks of those who want in: its policy for an action, and its key."""

    action: str
    policy: str | Mapping[str, Any] | None
    key: str | None = None


def _lock_of(service: str, arn: str, account: str, region: str) -> _Lock | None:
    """None for what is not there, which is told further on, and for what needs no policy."""
    if service == "lambda":
        function = lambda_backends[account][region].get_function_by_arn(arn)
        if function is not None:
            return _Lock("lambda:InvokeFunction", {"Statement": function.policy.statements})
    if service == "sqs":
        queue = sqs_backends[account][region].queues.get(arn.split(":")[-1])
        if queue is not None:
            key = getattr(queue, "kms_master_key_id", None)
            return _Lock("sqs:SendMessage", queue.policy, key)
    if service == "sns":
        topic = sns_backends[account][region].topics.get(arn)
        if topic is not None:
            return _Lock("sns:Publish", topic.policy, topic.kms_master_key_id)
    return None


def _opens(key: str, account: str, region: str, sender: str, source_arn: str) -> bool:
    """Whether the KMS key encrypts for the service; AWS's own keys do so for none."""
    try:
        policy = kms_backends[account][region].describe_key(key).policy
    except KeyError:
        return False
    return all(
        policies.allows(policy, action, sender, source_arn)
        for action in ("kms:GenerateDataKey", "kms:Decrypt")
    )


def _to_function(arn: str, account: str, region: str, body: str) -> None:
    name, _, qualifier = arn.split(":function:", 1)[-1].partition(":")
    try:
        queueing.accept(account, region, name, body, qualifier or None)
    except Exception as error:
        raise UndeliverableError("RESOURCE_NOT_FOUND", f"{arn} does not exist") from error


def _to_queue(
    name: str,
    account: str,
    region: str,
    body: str,
    attributes: Mapping[str, str],
    group_id: str | None,
) -> None:
    backend = sqs_backends[account][region]
    if name not in backend.queues:
        raise UndeliverableError("RESOURCE_NOT_FOUND", f"the queue {name} does not exist")
    backend.send_message(
        name,
        body,
        message_attributes=_typed(attributes, "DataType", "StringValue"),
        group_id=group_id,
    )


def _to_topic(
    arn: str, account: str, region: str, body: str, attributes: Mapping[str, str]
) -> None:
    backend = sns_backends[account][region]
    if arn not in backend.topics:
        raise UndeliverableError("RESOURCE_NOT_FOUND", f"the topic {arn} does not exist")
    backend.publish(body, arn, message_attributes=_typed(attributes, "Type", "Value"))


def _typed(attributes: Mapping[str, str], kind: str, value: str) -> dict[str, Any]:
    return {name: {kind: "String", value: text} for name, text in attributes.items()}


def _to_log_group(arn: str, account: str, region: str, body: str) -> None:
    group = arn.split(":log-group:", 1)[-1].removesuffix(":*")
    backend = logs_backends[account][region]
    if group not in backend.groups:
        raise UndeliverableError("RESOURCE_NOT_FOUND", f"the log group {group} does not exist")
    stream = str(uuid.uuid4())
    backend.create_log_stream(group, stream)
    event = {"timestamp": int(time.time() * 1000), "message": body}
    backend.put_log_events(group, stream, [event])
