"""What a failover or failback took and what it lost. Pure: from the record alone.

RTO runs from the first failed probe until the standby both took a write and had the name. Data loss is the time between the last
heartbeat the old writer committed and the last one that arrived; both stand on the old writer's clock, so no clocks are compared.
"""

from dataclasses import dataclass

from failover_orchestrator.context import Limits
from failover_orchestrator.record import Facts, Record


@dataclass(frozen=True)
class Result:
    """The measurement; milliseconds. `data_loss` is None when it could not be measured: unknown, never zero."""

    rto: int
    rto_from_trigger: int
    detection: int
    promotion: int
    data_loss: int | None
    lost_heartbeats: int | None
    switch_confirmed: bool
    rto_met: bool
    rpo_met: bool | None

    def facts(self) -> Facts:
        """The measurement for the report; seconds."""
        return {
            "rto_seconds": self.rto / 1000,
            "rto_from_trigger_seconds": self.rto_from_trigger / 1000,
            "detection_seconds": self.detection / 1000,
            "promotion_seconds": self.promotion / 1000,
            "data_loss_seconds": None if self.data_loss is None else self.data_loss / 1000,
            "lost_heartbeats": self.lost_heartbeats,
            "dns_switch_confirmed": self.switch_confirmed,
            "rto_met": self.rto_met,
            "rpo_met": self.rpo_met,
        }

    def summary(self) -> str:
        """One line for people."""
        loss = "unknown" if self.data_loss is None else f"{self.data_loss / 1000:.0f} s"
        dns = "" if self.switch_confirmed else ", DNS SWITCH NOT CONFIRMED"
        return f"RTO {self.rto / 1000:.0f} s, data loss {loss}{dns}"


def measure(record: Record, limits: Limits) -> Result:
    """The measurement of a failover whose steps before the report are done."""
    writes = record.facts("verify_writes")
    confirmed = record.facts("verify_switch").get("confirmed_at")
    ended = max(writes["first_write_at"], confirmed or record.facts("throw_switch")["thrown_at"])
    rto = ended - record.first_failed_at
    loss, lost = _loss(writes)
    return Result(
        rto=rto,
        rto_from_trigger=ended - record.triggered_at,
        detection=record.triggered_at - record.first_failed_at,
        promotion=record.facts("await_promotion")["promoted_at"] - (record.step("promote").started_at or record.begun_at),
        data_loss=loss,
        lost_heartbeats=lost,
        switch_confirmed=confirmed is not None,
        rto_met=confirmed is not None and rto <= limits.rto_target,
        rpo_met=None if loss is None else loss <= limits.rpo_target,
    )


@dataclass(frozen=True)
class FailbackResult:
    """The measurement of a failback; milliseconds. `lost_heartbeats` is None when it could not be measured."""

    duration: int
    write_pause: int
    lost_heartbeats: int | None
    switch_confirmed: bool

    def facts(self) -> Facts:
        """The measurement for the report; seconds."""
        return {
            "duration_seconds": self.duration / 1000,
            "write_pause_seconds": self.write_pause / 1000,
            "lost_heartbeats": self.lost_heartbeats,
            "lossless": None if self.lost_heartbeats is None else self.lost_heartbeats == 0,
            "dns_switch_confirmed": self.switch_confirmed,
        }

    def summary(self) -> str:
        """One line for people."""
        lost = "loss unknown" if self.lost_heartbeats is None else f"{self.lost_heartbeats} heartbeats lost"
        dns = "" if self.switch_confirmed else ", DNS SWITCH NOT CONFIRMED"
        return f"{self.duration / 1000:.0f} s, writes paused for {self.write_pause / 1000:.0f} s at most, {lost}{dns}"


def measure_failback(record: Record) -> FailbackResult:
    """The measurement of a failback whose steps before the report are done."""
    writes = record.facts("verify_writes")
    confirmed = record.facts("verify_switch").get("confirmed_at")
    ended = max(writes["first_write_at"], confirmed or record.facts("release_switch")["released_at"])
    asked = record.facts("switch_over").get("asked_at") or record.step("switch_over").started_at or record.begun_at
    return FailbackResult(
        duration=ended - record.triggered_at,
        write_pause=writes["first_write_at"] - asked,
        lost_heartbeats=_loss(writes)[1],
        switch_confirmed=confirmed is not None,
    )


def _loss(writes: Facts) -> tuple[int | None, int | None]:
    committed, arrived = writes["committed_number"], writes["arrived_number"]
    if committed is None or arrived is None:
        return None, None
    # A mark follows its row, so the database may hold one row more than is marked: then nothing was lost.
    loss = max(0, writes["committed_at"] - writes["arrived_at"])
    return loss, max(0, committed - arrived)
