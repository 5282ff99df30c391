"""How long things take that take their time on AWS. Durations are in seconds.

The time factor makes everything quicker that the emulator itself times: schedules, periods of
alarms, intervals of health checks, transitions, replication lag. Timestamps stay the real ones, and
functions run at their own speed.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class _Timing:
    transition_seconds: float = 1.0
    factor: float = 1.0
    # When the factor was last set, on both clocks.
    since: float = 0.0
    emulated_since: float = 0.0


_timing = _Timing(since=time.monotonic())
_watchers: list[Callable[[], None]] = []


def configure(*, transition_seconds: float | None = None, factor: float | None = None) -> None:
    """Set the length of a managed failover, and how many times quicker time goes."""
    if transition_seconds is not None:
        _timing.transition_seconds = transition_seconds
    if factor is not None:
        _timing.since, _timing.emulated_since = now(), emulated()
        _timing.factor = factor
        for watcher in _watchers:
            watcher()


def watch(watcher: Callable[[], None]) -> None:
    """Have `watcher` called when time goes at another speed."""
    _watchers.append(watcher)


def factor() -> float:
    """How many seconds of the emulated world pass in one of ours."""
    return _timing.factor


def seconds(emulated: float) -> float:
    """How long to wait here for what takes `emulated` seconds on AWS."""
    return emulated / _timing.factor


def transition_deadline(share: float = 1.0) -> float:
    """When a transition that starts now, and takes `share` of a failover's, is over (`now`)."""
    return now() + seconds(_timing.transition_seconds * share)


def now() -> float:
    """A clock that never jumps, in real seconds."""
    return time.monotonic()


def emulated() -> float:
    """The clock of the emulated world, in its own seconds; it never jumps either."""
    return _timing.emulated_since + (now() - _timing.since) * _timing.factor
