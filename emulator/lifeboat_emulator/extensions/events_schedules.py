"""Rules with a schedule fire; moto only keeps them.

A rate counts from the rule's creation, as on AWS. What would have fired while the region was down
is not made up for.
"""

import logging
from datetime import UTC, datetime
from typing import Any

from moto.events.models import EventsBackend, Rule, events_backends

from lifeboat_emulator import regions, ticker
from lifeboat_emulator.extensions import events_bus
from lifeboat_emulator.extensions.events_cron import Cron, rate_seconds

_log = logging.getLogger("lifeboat_emulator.events")
_armed: set[str] = set()


def install() -> None:
    """Wrap creation and deletion of rules."""
    original_put = EventsBackend.put_rule
    original_delete = EventsBackend.delete_rule

    def put_rule(self: EventsBackend, name: str, *others: Any, **named: Any) -> Rule:
        bus = self.event_buses.get("default")
        before = bus.rules.get(name) if bus is not None else None
        rule = original_put(self, name, *others, **named)
        was = None if before is None else before.scheduled_expression
        if rule.event_bus_name == "default" and rule.scheduled_expression != was:
            _disarm(rule.arn)
            if rule.scheduled_expression:
                _arm(rule, rule.scheduled_expression)
        return rule

    def delete_rule(self: EventsBackend, name: str, event_bus_arn: str | None) -> None:
        bus = self.event_buses.get(self._normalize_event_bus_arn(event_bus_arn))
        rule = bus.rules.get(name) if bus is not None else None
        original_delete(self, name, event_bus_arn)
        if rule is not None:
            _disarm(rule.arn)

    setattr(EventsBackend, "put_rule", put_rule)
    setattr(EventsBackend, "delete_rule", delete_rule)


def reset() -> None:
    """Let no schedule fire any more."""
    for arn in list(_armed):
        _disarm(arn)


def arm(name: str, expression: str, fire: ticker.Job) -> None:
    """Have `fire` run under this name of the ticker's when the expression says so."""
    seconds = rate_seconds(expression)
    if seconds is not None:
        ticker.every(name, seconds, fire)
        return
    try:
        cron = Cron.parse(expression)
    except ValueError as error:
        _log.warning("%s never fires: %s", name, error)
        return
    _wait(name, cron, fire, datetime.now(UTC))


def _wait(name: str, cron: Cron, fire: ticker.Job, now: datetime) -> None:
    """Wait for the next time after `now`, of which the emulated world may be far ahead."""
    due = cron.next_after(now)
    if due is None:
        return

    def fire_and_wait() -> None:
        # Armed before it fires: whatever fires may put an end to it.
        _wait(name, cron, fire, max(due, datetime.now(UTC)))
        fire()

    ticker.once(name, (due - now).total_seconds(), fire_and_wait)


def _job(arn: str) -> str:
    return f"schedule of {arn}"


def _disarm(arn: str) -> None:
    ticker.cancel(_job(arn))
    _armed.discard(arn)


def _arm(rule: Rule, expression: str) -> None:
    account, region, name = rule.account_id, rule.region_name, rule.name
    _armed.add(rule.arn)
    arm(_job(rule.arn), expression, lambda: _fire(account, region, name))


def _fire(account: str, region: str, name: str) -> None:
    rule = events_backends[account][region].event_buses["default"].rules.get(name)
    if rule is None or rule.state != "ENABLED" or regions.is_down(region):
        return
    event = events_bus.make(account, region, "aws.events", "Scheduled Event", {}, [rule.arn])
    rule.send_to_targets(event)
