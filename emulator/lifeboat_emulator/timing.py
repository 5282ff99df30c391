"""How long things take that take minutes on AWS. Durations are in seconds."""

import time
from dataclasses import dataclass


@dataclass
class _Timing:
    transition_seconds: float = 1.0


_timing = _Timing()


def configure(*, transition_seconds: float) -> None:
    """Set the length of a managed failover or switchover."""
    _timing.transition_seconds = transition_seconds


def transition_deadline() -> float:
    """When a transition that starts now is over, on `now`'s clock."""
    return now() + _timing.transition_seconds


def now() -> float:
    """A clock that never jumps, in seconds."""
    return time.monotonic()
