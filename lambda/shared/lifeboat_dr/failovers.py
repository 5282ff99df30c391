"""Which failover or failback is the environment's current one: item `pk = "failover"`, `sk = "current"`; each has its own `sk = <id>`."""

from dataclasses import dataclass

from lifeboat_dr.slot import PK as SLOT_PK
from lifeboat_dr.slot import SK as SLOT_SK
from lifeboat_dr.table import Table

PK = "failover"
CURRENT = "current"
RUNNING = "running"
#: How long after a failback no failover follows by itself (milliseconds): until heartbeats, lag and verdict tell of the new roles.
SETTLING = 300_000


@dataclass(frozen=True)
class Current:
    """What was last begun, the failover that last finished, and when the last failback did (epoch milliseconds)."""

    id: str
    status: str
    last_finished_id: str | None
    last_finished_at: int | None
    last_failback_at: int | None = None


def quiet_until(current: Current | None, anti_flap: int) -> int:
    """Until when no failover may follow by itself.

    The window after a failover goes on over a failback. A failback adds a short one of its own: somebody decided it, and an hour
    without protection would be a worse answer to a region that dies again than moving twice.
    """
    if current is None:
        return 0
    after_failover = 0 if current.last_finished_at is None else current.last_finished_at + anti_flap
    after_failback = 0 if current.last_failback_at is None else current.last_failback_at + min(SETTLING, anti_flap)
    return max(after_failover, after_failback)


@dataclass(frozen=True)
class Failovers:
    """Reading what is current."""

    table: Table

    def current(self) -> Current | None:
        """What was last begun; None before the first."""
        item = self.table.get(PK, CURRENT)
        if item is None:
            return None
        finished, failback = item.get("last_finished_at"), item.get("last_failback_at")
        return Current(
            id=str(item["id"]),
            status=str(item["status"]),
            last_finished_id=item.get("last_finished_id"),
            last_finished_at=None if finished is None else int(finished),
            last_failback_at=None if failback is None else int(failback),
        )

    def abandoned(self, now: int) -> str | None:
        """Id of what is unfinished while nobody works on it, or None."""
        current = self.current()
        if current is None or current.status != RUNNING:
            return None
        slot = self.table.get(SLOT_PK, SLOT_SK) or {}
        return None if int(slot.get("lease_until", 0)) >= now else current.id
