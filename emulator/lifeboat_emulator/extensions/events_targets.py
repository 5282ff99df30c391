"""The targets of a rule get their events: functions, queues, topics, log groups, other buses.

What a target does not take goes to the target's dead-letter queue: at once when it never will,
after the retries when its region is down. Moto knows fewer targets, no retries, no dead letters.
"""

import logging
from dataclasses import dataclass
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.events.models import Rule, events_backends
from moto.events.utils import EventMessageType

from lifeboat_emulator import delivery, regions, ticker, timing
from lifeboat_emulator.extensions import events_bus, events_input

_log = logging.getLogger("lifeboat_emulator.events")

_SERVICE = "events.amazonaws.com"
_RETRIES = 185
_OLDEST = 86_400.0
_LONGEST_WAIT = 300.0


@dataclass
class _Sending:
    """One event on its way to one target."""

    rule: Rule
    target: dict[str, Any]
    event: EventMessageType
    body: str
    began: float
    retries: int = 0

    @property
    def age(self) -> float:
        """In emulated seconds."""
        return timing.emulated() - self.began


def install() -> None:
    """Replace what moto does for a rule that matches."""
    setattr(Rule, "send_to_targets", _send_to_targets)


def _send_to_targets(self: Rule, original_event: EventMessageType) -> None:
    _count(self, "TriggeredRules")
    for target in list(self.targets):
        body = events_input.for_target(target, original_event, self.arn)
        _send(_Sending(self, target, original_event, body, timing.emulated()))


def _send(sending: _Sending) -> None:
    """Try once. Needs the turn."""
    if regions.is_down(sending.rule.region_name):
        _again(sending)
        return
    _count(sending.rule, "Invocations")
    try:
        _deliver(sending)
    except delivery.UnavailableError:
        _again(sending)
    except delivery.UndeliverableError as error:
        _give_up(sending, error.code, str(error))


def _deliver(sending: _Sending) -> None:
    arn = str(sending.target["Arn"])
    if ":event-bus/" in arn:
        _pass_on(arn, sending.event)
        return
    group = (sending.target.get("SqsParameters") or {}).get("MessageGroupId")
    delivery.deliver(
        arn, sending.body, sender=_SERVICE, source_arn=sending.rule.arn, group_id=group
    )


def _pass_on(arn: str, event: EventMessageType) -> None:
    _, _, _, region, account, resource = arn.split(":", 5)
    if regions.is_down(region):
        raise delivery.UnavailableError(f"{region} is down")
    bus = events_backends[account][region].event_buses.get(resource.removeprefix("event-bus/"))
    if bus is None:
        raise delivery.UndeliverableError("RESOURCE_NOT_FOUND", f"the bus {arn} does not exist")
    events_bus.route(event, bus)


def _again(sending: _Sending) -> None:
    """Once more after a while, as often and as long as the target's policy says."""
    policy = sending.target.get("RetryPolicy") or {}
    wait = min(2.0 ** min(sending.retries, 10), _LONGEST_WAIT)
    if sending.retries >= policy.get("MaximumRetryAttempts", _RETRIES):
        exhausted = "MaximumRetryAttempts"
    elif sending.age + wait > policy.get("MaximumEventAgeInSeconds", _OLDEST):
        exhausted = "MaximumEventAgeInSeconds"
    else:
        exhausted = ""
    if exhausted:
        _give_up(sending, "SDK_CLIENT_ERROR", "the target's region did not answer", exhausted)
        return
    sending.retries += 1
    ticker.once(f"event {sending.event['id']} to {id(sending)}", wait, lambda: _send(sending))


def _give_up(sending: _Sending, code: str, message: str, condition: str = "") -> None:
    rule, target = sending.rule, sending.target
    _log.warning("rule %s could not reach %s: %s", rule.name, target["Arn"], message)
    _count(rule, "FailedInvocations")
    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    if not queue:
        return
    attributes = {
        "RULE_ARN": rule.arn,
        "TARGET_ARN": target["Arn"],
        "ERROR_CODE": code,
        "ERROR_MESSAGE": message,
        "RETRY_ATTEMPTS": str(sending.retries),
    }
    if condition:
        attributes["EXHAUSTED_RETRY_CONDITION"] = condition
    try:
        delivery.deliver(
            queue, sending.body, sender=_SERVICE, source_arn=rule.arn, attributes=attributes
        )
        _count(rule, "InvocationsSentToDlq")
    except (delivery.UndeliverableError, delivery.UnavailableError) as error:
        _log.warning("rule %s lost an event: %s", rule.name, error)
        _count(rule, "InvocationsFailedToBeSentToDlq")


def _count(rule: Rule, name: str) -> None:
    dimensions = [{"Name": "RuleName", "Value": rule.name}]
    cloudwatch_backends[rule.account_id][rule.region_name].put_metric_data(
        "AWS/Events",
        [{"MetricName": name, "Value": 1.0, "Unit": "Count", "Dimensions": dimensions}],
    )
