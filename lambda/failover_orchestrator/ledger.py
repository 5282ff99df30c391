"""Where failovers are recorded: every write holds only while the worker still has the slot."""

from dataclasses import dataclass

from failover_orchestrator.record import Facts, Kind, Record, Status, from_document, to_document
from lifeboat_dr.failovers import CURRENT, PK, Current, Failovers
from lifeboat_dr.slot import Lease, Slot, SlotLost
from lifeboat_dr.table import ConditionFailed, Table, Write


@dataclass(frozen=True)
class Ledger:
    """The failovers of one environment."""

    table: Table
    slot: Slot

    def load(self, id_: str) -> Record | None:
        """The failover as recorded, or None."""
        item = self.table.get(PK, id_)
        return None if item is None else from_document(item["failover"])

    def current(self) -> Current | None:
        """The failover that was last begun."""
        return Failovers(self.table).current()

    def save(self, record: Record, lease: Lease, now: int) -> None:
        """Record a failover under way and keep the lease alive; raises SlotLost."""
        self._write(record, self.slot.renewal(lease, now), {})

    def close(self, record: Record, lease: Lease, now: int) -> None:
        """Record an ended failover and give the slot back, both or neither; raises SlotLost."""
        finished: Facts = {}
        if record.status is Status.FINISHED:
            finished = {":ended_id": record.id, ":ended_at": now}
        self._write(record, self.slot.release(lease), finished)

    def first_dry_run(self, id_: str, outcome: Facts) -> bool:
        """Record a dry run's outcome; answers false when this one was recorded before."""
        try:
            self.table.put_if({"pk": "dry-run", "sk": id_, **outcome}, "attribute_not_exists(pk)", {})
        except ConditionFailed:
            return False
        return True

    def _write(self, record: Record, slot: Write, finished: Facts) -> None:
        names = {"#id": "id", "#status": "status"}
        values = {":id": record.id, ":status": record.status.value}
        what = "last_finished" if record.kind is Kind.FAILOVER else "last_failback"
        last = f", {what}_id = :ended_id, {what}_at = :ended_at"
        try:
            self.table.write_together(
                [
                    slot,
                    Write(
                        PK,
                        record.id,
                        "SET failover = :failover",
                        None,
                        {":failover": to_document(record)},
                    ),
                    Write(
                        PK,
                        CURRENT,
                        "SET #id = :id, #status = :status" + (last if finished else ""),
                        None,
                        {**values, **finished},
                        names,
                    ),
                ]
            )
        except ConditionFailed as error:
            raise SlotLost(f"{record.id}: another worker holds the slot") from error
