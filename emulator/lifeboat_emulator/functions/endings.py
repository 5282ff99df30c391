"""Where the end of an asynchronous invocation is told: dead-letter queue and destinations."""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lifeboat_emulator import delivery
from lifeboat_emulator.functions import queueing, records
from lifeboat_emulator.functions.queueing import Over

_log = logging.getLogger("lifeboat_emulator.functions")


def install() -> None:
    """Listen to the queue."""
    queueing.when_over(_tell)


def _tell(over: Over) -> None:
    succeeded = over.outcome.status == "succeeded"
    if not succeeded and over.target.dead_letter_target is not None:
        _send(over, over.target.dead_letter_target, over.event.payload, _why(over))
    wanted = over.target.invoke_config.get("DestinationConfig") or {}
    chosen = wanted.get("OnSuccess" if succeeded else "OnFailure") or {}
    if chosen.get("Destination"):
        _send(over, chosen["Destination"], json.dumps(_record(over)), {})


def _send(over: Over, arn: str, body: str, attributes: Mapping[str, str]) -> None:
    """A destination that takes nothing shows in a metric alone, as on AWS."""
    try:
        delivery.deliver(arn, body, attributes=attributes)
    except (delivery.UndeliverableError, delivery.UnavailableError) as error:
        _log.warning("%s could not tell %s: %s", over.target.name, arn, error)
        name = "DeadLetterErrors" if attributes else "DestinationDeliveryFailures"
        records.metrics(over.target, **{name: 1})


def _why(over: Over) -> dict[str, str]:
    return {
        "RequestID": over.event.request_id,
        "ErrorCode": "429" if over.outcome.status == "throttled" else "200",
        "ErrorMessage": (over.outcome.error or "the function could not be run")[:1024],
    }


def _record(over: Over) -> dict[str, Any]:
    """What a destination gets."""
    outcome, event = over.outcome, over.event
    condition = {"succeeded": "Success", "failed": "RetriesExhausted"}
    record: dict[str, Any] = {
        "version": "1.0",
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "requestContext": {
            "requestId": event.request_id,
            "functionArn": f"{over.target.arn}:{over.target.version}",
            "condition": condition.get(outcome.status, "EventAgeExceeded"),
            "approximateInvokeCount": event.runs,
        },
        "requestPayload": json.loads(event.payload),
    }
    if event.runs:
        context = {"statusCode": 200, "executedVersion": over.target.version}
        if outcome.status != "succeeded":
            context["functionError"] = "Unhandled"
        record |= {"responseContext": context, "responsePayload": json.loads(outcome.payload)}
    return record
