"""Which failover is the environment's current one: item `pk = "failover"`, `sk = "current"`; each failover has its own `sk = <id>`."""

from dataclasses import dataclass

from lifeboat_dr.slot import PK as SLOT_PK
from lifeboat_dr.slot import SK as SLOT_SK
from lifeboat_dr.table import Table

PK = "failover"
CURRENT = "current"
RUNNING = "running"


@dataclass(frozen=True)
class Current:
    """The failover that was last begun, and the one that last finished (epoch milliseconds)."""

    id: str
    status: str
    last_finished_id: str | None
    last_finished_at: int | None


@dataclass(frozen=True)
class Failovers:
    """Reading the current failover."""

    table: Table

    def current(self) -> Current | None:
        """The failover that was last begun; None before the first."""
        item = self.table.get(PK, CURRENT)
        if item is None:
            return None
        finished = item.get("last_finished_at")
        return Current(
            id=str(item["id"]),
            status=str(item["status"]),
            last_finished_id=item.get("last_finished_id"),
            last_finished_at=None if finished is None else int(finished),
        )

    def abandoned(self, now: int) -> str | None:
        """Id of a failover that is unfinished while nobody works on it, or None."""
        current = self.current()
        if current is None or current.status != RUNNING:
            return None
        slot = self.table.get(SLOT_PK, SLOT_SK) or {}
        return None if int(slot.get("lease_until", 0)) >= now else current.id
