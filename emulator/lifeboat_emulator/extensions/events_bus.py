"""Event buses hand each event to the rules it matches: PutEvents, and what services tell.

Moto builds an event anew for each rule, without AWS's time, and takes schedules and disabled rules
for rules that match everything.
"""

import json
import time
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from moto.events.exceptions import ValidationException
from moto.events.models import EventBus, EventsBackend, Rule, events_backends
from moto.events.utils import EventMessageType

_MOST = 10
_REQUIRED = ("Source", "DetailType", "Detail")


def install() -> None:
    """Replace PutEvents."""
    setattr(EventsBackend, "put_events", _put_events)


def publish(
    account: str,
    region: str,
    source: str,
    detail_type: str,
    detail: Mapping[str, Any],
    resources: Iterable[str] = (),
) -> str:
    """Put an AWS service's own event on the default bus; its id. Needs the turn."""
    event = make(account, region, source, detail_type, detail, resources)
    route(event, events_backends[account][region].event_buses["default"])
    return str(event["id"])


def make(
    account: str,
    region: str,
    source: str,
    detail_type: str,
    detail: Mapping[str, Any],
    resources: Iterable[str] = (),
    at: float | None = None,
) -> EventMessageType:
    """An event as rules and targets see it."""
    moment = datetime.fromtimestamp(time.time() if at is None else at, UTC)
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": source,
        "account": account,
        "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": list(resources),
        "detail": dict(detail),
    }


def route(event: EventMessageType, bus: EventBus) -> None:
    """Hand an event to the rules of a bus that match. Needs the turn."""
    for rule in list(bus.rules.values()):
        if rule.state == "ENABLED" and _matches(rule, event):
            rule.send_to_targets(event)


def _matches(rule: Rule, event: EventMessageType) -> bool:
    # A rule without a pattern is a schedule, and no event is for it.
    return bool(rule.event_pattern.get_pattern()) and rule.event_pattern.matches_event(event)


def _put_events(self: EventsBackend, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if len(events) > _MOST:
        raise ValidationException(
            "1 validation error detected: Value at 'entries' failed to satisfy constraint: "
            f"Member must have length less than or equal to {_MOST}"
        )
    return [_put(self, given) for given in events]


def _put(backend: EventsBackend, given: dict[str, Any]) -> dict[str, Any]:
    for name in _REQUIRED:
        if not given.get(name):
            message = f"Parameter {name} is not valid. Reason: {name} is a required argument."
            return {"ErrorCode": "InvalidArgument", "ErrorMessage": message}
    try:
        detail = json.loads(given["Detail"])
    except ValueError:
        detail = None
    if not isinstance(detail, dict):
        return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    event = make(
        backend.account_id,
        backend.region_name,
        given["Source"],
        given["DetailType"],
        detail,
        given.get("Resources") or (),
        None if given.get("Time") is None else float(given["Time"]),
    )
    bus = backend.describe_event_bus(backend._normalize_event_bus_arn(given.get("EventBusName")))
    route(event, bus)
    return {"EventId": event["id"]}
