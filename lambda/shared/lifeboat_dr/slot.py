"""The operation slot: at most one holder changes the environment. Functions and the portal honour the same item.

The item is `pk = "slot"`, `sk = "operation"`: `holder` (who), `purpose`, `fencing_token` (only ever grows), `lease_until`
(epoch milliseconds), and two marks. `unfinished` says that the holder's work must be brought to its end before anybody else changes
anything: after its lease only the same holder may take the slot again. `handed_over` lets the same holder's next worker in at once.
Whoever takes the slot gets a greater token and makes every later write depend on it, so that a worker that was only slow cannot write
after it was replaced.
"""

from dataclasses import dataclass

from lifeboat_dr.table import ConditionFailed, Table, Write

PK, SK = "slot", "operation"

_OURS = "holder = :holder AND fencing_token = :token"
_FREE = (
    "attribute_not_exists(holder)"
    " OR (holder = :holder AND (lease_until < :now OR attribute_exists(handed_over)))"
    " OR (lease_until < :now AND attribute_not_exists(unfinished))"
)


class SlotHeld(RuntimeError):
    """Somebody else holds the slot."""

    def __init__(self, holder: str, lease_until: int) -> None:
        super().__init__(f"the operation slot is held by {holder}")
        self.holder = holder
        self.lease_until = lease_until


class SlotLost(RuntimeError):
    """Another worker took the slot: this one must stop without writing."""


@dataclass(frozen=True)
class Lease:
    """The slot as held: who, and under which token."""

    holder: str
    token: int


@dataclass(frozen=True)
class Slot:
    """The slot of one environment."""

    table: Table
    lease_milliseconds: int

    def take(self, holder: str, purpose: str, now: int) -> Lease:
        """Take the slot if it is free for this holder; raises SlotHeld."""
        try:
            item = self.table.update(
                Write(
                    PK,
                    SK,
                    "SET holder = :holder, purpose = :purpose, lease_until = :until, taken_at = :now"
                    " REMOVE handed_over ADD fencing_token :one",
                    _FREE,
                    {
                        ":holder": holder,
                        ":purpose": purpose,
                        ":until": now + self.lease_milliseconds,
                        ":now": now,
                        ":one": 1,
                    },
                )
            )
        except ConditionFailed as error:
            held = self.table.get(PK, SK) or {}
            raise SlotHeld(str(held.get("holder")), int(held.get("lease_until", now))) from error
        return Lease(holder, int(item["fencing_token"]))

    def renewal(self, lease: Lease, now: int) -> Write:
        """The write that keeps the lease alive and says that the work is unfinished; it fails when the slot was lost."""
        return Write(
            PK,
            SK,
            "SET lease_until = :until, unfinished = :true",
            _OURS,
            {**_identity(lease), ":until": now + self.lease_milliseconds, ":true": True},
        )

    def release(self, lease: Lease) -> Write:
        """The write that gives the slot back; the token stays, so that the next one is greater."""
        return Write(
            PK,
            SK,
            "REMOVE holder, purpose, lease_until, taken_at, handed_over, unfinished",
            _OURS,
            _identity(lease),
        )

    def hand_over(self, lease: Lease) -> None:
        """Let the same holder's next worker in before the lease ends; nothing happens when the slot was lost."""
        try:
            self.table.update(
                Write(
                    PK,
                    SK,
                    "SET handed_over = :true",
                    _OURS,
                    {**_identity(lease), ":true": True},
                )
            )
        except ConditionFailed:
            return


def _identity(lease: Lease) -> dict[str, object]:
    return {":holder": lease.holder, ":token": lease.token}
