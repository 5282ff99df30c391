"""Marks: each region's newest heartbeat known to be committed, kept in the standby region.

A mark is written after the database acknowledged the row. When the primary region is gone, its mark says how far the application's
data had come, and the promoted cluster says how far it got: the difference is what was lost. It also tells how long ago the primary
last committed anything, without asking a database that cannot be read before it is promoted.
"""

from dataclasses import dataclass

from lifeboat_dr.heartbeats import Heartbeat
from lifeboat_dr.table import ConditionFailed, Table, Write

PK = "heartbeat"


@dataclass(frozen=True)
class Marks:
    """The marks of one environment."""

    table: Table

    def newest(self, region: str) -> Heartbeat | None:
        """The newest mark of a region, or None before its first."""
        item = self.table.get(PK, region)
        if item is None:
            return None
        return Heartbeat(int(item["number"]), int(item["written_at"]), region)

    def set(self, beat: Heartbeat) -> bool:
        """Record a committed heartbeat; answers false when a newer one is recorded already."""
        try:
            self.table.update(
                Write(
                    PK,
                    beat.region,
                    "SET #number = :number, written_at = :written_at",
                    "attribute_not_exists(#number) OR #number < :number",
                    {":number": beat.number, ":written_at": beat.written_at},
                    {"#number": "number"},
                )
            )
        except ConditionFailed:
            return False
        return True
