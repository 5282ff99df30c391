"""Asynchronous invocations: events nobody waits for, tried again, given up, and told about.

As Lambda's own queue: an error is tried again after one and after two minutes; a function without
a free slot, or in a region that is down, for as long as the event may be old. Delays are the
emulated world's.
"""

import json
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from lifeboat_emulator import regions, ticker, timing, turn
from lifeboat_emulator.functions import function, running

_log = logging.getLogger("lifeboat_emulator.functions")

_RETRIES = 2
_OLDEST = 21_600.0
_FIRST_WAIT = 60.0
_LONGEST_WAIT = 300.0


@dataclass
class Event:
    """One event on its way to a function."""

    account: str
    region: str
    name: str
    qualifier: str | None
    payload: str
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    accepted: float = field(default_factory=timing.emulated)
    # Times it was run, and times it could not be.
    runs: int = 0
    refusals: int = 0

    @property
    def age(self) -> float:
        """How long it is under way, in emulated seconds."""
        return timing.emulated() - self.accepted


@dataclass(frozen=True)
class Over:
    """An event that is dealt with, and what came of its last run."""

    event: Event
    target: function.Function
    outcome: running.Outcome


_listeners: list[Callable[[Over], None]] = []


def accept(account: str, region: str, name: str, payload: str, qualifier: str | None = None) -> str:
    """Take over an event for a function that exists; its request id. Needs the turn."""
    function.find(account, region, name, qualifier)
    event = Event(account, region, name, qualifier, payload or "{}")
    ticker.offload(lambda: _attempt(event))
    return event.request_id


def when_over(listener: Callable[[Over], None]) -> None:
    """Have `listener` told of each event that succeeded or was given up; it holds the turn."""
    if listener not in _listeners:
        _listeners.append(listener)


def _attempt(event: Event) -> None:
    with turn.taken():
        try:
            target = function.find(event.account, event.region, event.name, event.qualifier)
        except Exception as gone:
            # Whatever moto says then: the function was deleted, and its events with it.
            _log.info("dropping an event for %s: %s", event.name, gone)
            return
        config = target.invoke_config
    outcome = running.run(target, json.loads(event.payload), event.request_id)
    if outcome.status == "succeeded":
        event.runs += 1
        _end(Over(event, target, outcome))
    elif outcome.status == "failed":
        event.runs += 1
        if event.runs > config.get("MaximumRetryAttempts", _RETRIES):
            _end(Over(event, target, outcome))
        else:
            _again(Over(event, target, outcome), _FIRST_WAIT * event.runs)
    else:
        event.refusals += 1
        wait = min(2.0 ** min(event.refusals - 1, 10), _LONGEST_WAIT)
        _again(Over(event, target, outcome), wait)


def _again(over: Over, wait: float) -> None:
    """Try the event once more after a while, unless it is too old by then."""
    event = over.event
    if event.age + wait > over.target.invoke_config.get("MaximumEventAgeInSeconds", _OLDEST):
        _end(over)
        return
    ticker.once(f"event {event.request_id}", wait, lambda: ticker.offload(lambda: _attempt(event)))


def _end(over: Over) -> None:
    if regions.is_down(over.event.region):
        return
    with turn.taken():
        for listener in _listeners:
            listener(over)
