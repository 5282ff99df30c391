"""The health monitor's verdict as it stands in the state table: written by the monitor, read by the orchestrator and the portal."""

from dataclasses import dataclass
from enum import StrEnum

PK, SK = "health", "primary"


class Verdict(StrEnum):
    """What the signals together say of the primary region."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class HealthRecord:
    """The part of the item that others may rely on. Times are epoch milliseconds."""

    verdict: Verdict
    since: int
    first_failed_at: int | None
    probed_at: int


def parse_health(item: dict[str, object] | None) -> HealthRecord | None:
    """The record in an item, or None when the monitor has not written one."""
    if item is None or "verdict" not in item:
        return None
    first = item.get("first_failed_at")
    return HealthRecord(
        verdict=Verdict(str(item["verdict"])),
        since=int(str(item["since"])),
        first_failed_at=None if first is None else int(str(first)),
        probed_at=int(str(item["probed_at"])),
    )
