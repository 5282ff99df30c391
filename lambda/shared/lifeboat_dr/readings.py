"""A reading: one observed value with its source and age. Missing is unknown, never healthy."""

from dataclasses import dataclass
from enum import StrEnum


class Signal(StrEnum):
    """What is observed of the primary region."""

    APPLICATION = "application"
    WRITER = "writer"
    REPLICATION_LAG = "replication_lag"
    HEARTBEAT = "heartbeat"


class Condition(StrEnum):
    """What a reading says."""

    OK = "ok"
    FAILING = "failing"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Reading:
    """One observed value. Times are epoch milliseconds; `observed_at` is None when nothing was seen."""

    signal: Signal
    condition: Condition
    source: str
    detail: str
    observed_at: int | None = None
    value: float | None = None

    def age(self, now: int) -> int | None:
        """Milliseconds since what was seen was true; None when nothing was seen."""
        return None if self.observed_at is None else max(0, now - self.observed_at)


def unknown(signal: Signal, source: str, detail: str) -> Reading:
    """A reading that could not be taken, and why."""
    return Reading(signal, Condition.UNKNOWN, source, detail)
