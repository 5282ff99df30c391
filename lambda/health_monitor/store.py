"""The monitor's state between invocations: item `pk = "health"`, `sk = "primary"` of the state table.

Invocations overlap on purpose, so that a late schedule leaves no gap: the newest claims the item, the older one notices at its next
write and ends.
"""

from dataclasses import dataclass
from typing import Any

from health_monitor.verdict import Assessment, Health
from lifeboat_dr.clock import iso
from lifeboat_dr.health import PK, SK, Verdict
from lifeboat_dr.readings import Reading
from lifeboat_dr.table import ConditionFailed, Item, Table, Write


class Superseded(RuntimeError):
    """A newer invocation has taken over."""


@dataclass(frozen=True)
class HealthStore:
    """Where the monitor keeps its state."""

    table: Table

    def claim(self, run: str) -> Health:
        """Take over from whoever probed before, and answer with the state left behind."""
        item = self.table.update(Write(PK, SK, "SET claimed_by = :run", None, {":run": run}))
        return _health(item)

    def save(self, run: str, health: Health, readings: list[Reading]) -> None:
        """Keep the state after a probe; raises Superseded when another invocation has taken over."""
        item: Item = {
            "pk": PK,
            "sk": SK,
            "claimed_by": run,
            "verdict": health.verdict.value,
            "since": health.since,
            "assessment": health.assessment.value,
            "streak": health.streak,
            "trouble_since": health.trouble_since,
            "first_failed_at": health.first_failed_at,
            "probed_at": health.probed_at,
            "probed": iso(health.probed_at or 0),
            "readings": {reading.signal.value: _told(reading) for reading in readings},
        }
        try:
            self.table.put_if(item, "claimed_by = :run", {":run": run})
        except ConditionFailed as error:
            raise Superseded(f"{run} was superseded") from error


def _health(item: Item) -> Health:
    if "verdict" not in item:
        return Health()
    return Health(
        verdict=Verdict(item["verdict"]),
        since=item["since"],
        assessment=Assessment(item["assessment"]),
        streak=item["streak"],
        trouble_since=item["trouble_since"],
        first_failed_at=item["first_failed_at"],
        probed_at=item["probed_at"],
    )


def _told(reading: Reading) -> dict[str, Any]:
    return {
        "condition": reading.condition.value,
        "source": reading.source,
        "detail": reading.detail,
        "observed_at": reading.observed_at,
        "value": reading.value,
    }
