"""A region that has died, or come back, and an orchestrator to be let loose on it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from failover_orchestrator import failback, failover
from failover_orchestrator.command import Command
from failover_orchestrator.context import Limits, Ports, PrimarySide
from failover_orchestrator.engine import Engine
from failover_orchestrator.ledger import Ledger
from failover_orchestrator.operation import Operation, Step
from failover_orchestrator.record import Facts, Kind
from lifeboat_dr.health import HealthRecord, Verdict
from lifeboat_dr.heartbeats import Heartbeat
from lifeboat_dr.lag import LagPoint
from lifeboat_dr.logs import logger
from lifeboat_dr.marks import Marks
from lifeboat_dr.slot import Slot
from lifeboat_dr.switch import TakeoverSwitch
from lifeboat_dr.table import Item, Table, Write
from tests import fakes

FIRST_FAILED = fakes.START - 35_000
INCIDENT = f"demo-{FIRST_FAILED}"
LEASE = 30_000
AUTOMATIC = Command(INCIDENT, FIRST_FAILED, fakes.START, "health-monitor", dry_run=False, forced=False)
FAILBACK_ID = "failback-drill"
FAILBACK = Command(FAILBACK_ID, fakes.START, fakes.START, "operator@example.net", dry_run=False, forced=False, kind=Kind.FAILBACK)
CONTINUE = Command(None, None, None, "health-monitor", dry_run=False, forced=False)


@dataclass(frozen=True)
class MortalTable(Table):
    """The state table; the process may die after any write to it."""

    killer: fakes.Killer = field(default_factory=fakes.Killer)

    def update(self, write: Write) -> Item:
        item = super().update(write)
        self.killer.changed()
        return item

    def write_together(self, writes: list[Write]) -> None:
        super().write_together(writes)
        self.killer.changed()


@dataclass
class World:
    """Everything around the orchestrator, and what became of it."""

    base: Table
    killer: fakes.Killer = field(default_factory=fakes.Killer)
    limits: Limits = field(default_factory=Limits)
    steps: tuple[Step, ...] = failover.STEPS
    failback_steps: tuple[Step, ...] = failback.STEPS
    dry_run: bool = False

    def __post_init__(self) -> None:
        self.table = MortalTable(self.base.client, self.base.name, self.killer)
        self.clock = fakes.FakeClock()
        self.database = fakes.FakeDatabase(self.clock, self.killer)
        self.heartbeats = fakes.FakeHeartbeats(killer=self.killer)
        # The last row that arrived is four seconds older than the last that was committed.
        self.heartbeats.rows = {96: Heartbeat(96, FIRST_FAILED - 5_000, "us-east-1")}
        Marks(self.base).set(Heartbeat(100, FIRST_FAILED - 1_000, "us-east-1"))
        # The region that died answers nothing: whoever asks it in a failover is found out.
        self.primary = fakes.FakeDatabase(self.clock, error=fakes.aws_error("ServiceUnavailable"))
        self.primary_lag = fakes.FakeLag()
        self.lag = fakes.FakeLag([LagPoint(FIRST_FAILED - 90_000, 800.0)])
        self.metrics = fakes.RecordingMetrics(killer=self.killer)
        self.notices = fakes.RecordingNotices(killer=self.killer)
        self.bus = fakes.RecordingBus(killer=self.killer)
        self.kill_switch = fakes.FakeKillSwitch()
        self.alarm = fakes.FakeAlarm(self.metrics)
        self.health: HealthRecord | None = HealthRecord(Verdict.UNHEALTHY, fakes.START, FIRST_FAILED, fakes.START)

    def engine(self) -> Engine:
        ports = Ports(
            database=self.database,
            heartbeats=self.heartbeats,
            marks=Marks(self.table),
            lag=self.lag,
            health=lambda: self.health,
            kill_switch=self.kill_switch,
            switch=TakeoverSwitch(self.table, self.metrics),
            alarm=self.alarm,
            metrics=self.metrics,
            notices=self.notices,
            bus=self.bus,
            clock=self.clock,
            primary=PrimarySide(self.primary, self.heartbeats, self.primary_lag),
        )
        ledger = Ledger(self.table, Slot(self.table, LEASE))
        return Engine(
            fakes.PLACE,
            ports,
            ledger,
            self.limits,
            logger("test"),
            replace(failover.FAILOVER, steps=self.steps),
            replace(failback.FAILBACK, steps=self.failback_steps),
            self.dry_run,
        )

    def probed(self, verdict: Verdict = Verdict.UNHEALTHY) -> None:
        """The monitor has just probed again."""
        since = self.health.since if self.health and self.health.verdict is verdict else self.clock.now()
        self.health = HealthRecord(verdict, since, FIRST_FAILED, self.clock.now())

    def failed_over(self) -> None:
        """As after a failover of long ago, with the primary region back."""
        TakeoverSwitch(self.base, self.metrics).set(True, "failover:before", 0, self.clock.now())
        self.recovered()

    def recovered(self) -> None:
        """After a failover, the primary region is back and follows."""
        now = self.clock.now()
        self.database.writer, self.database.followers, self.database.asked_at = fakes.WEST, (fakes.EAST,), None
        self.primary.error = None
        self.primary_lag.history = [LagPoint(now - 70_000, 400.0)]
        self.heartbeats.rows[140] = Heartbeat(140, now - 1_000, "us-west-2")
        Marks(self.base).set(self.heartbeats.rows[140])
        self.probed(Verdict.DEGRADED)

    def run(self, command: Command = AUTOMATIC, minutes: float = 10) -> Facts:
        """One invocation with that much time."""
        return self.engine().handle(command, self.clock.now() + int(minutes * 60_000))

    def slot(self) -> Item:
        return self.base.get("slot", "operation") or {}

    def record(self, id_: str = INCIDENT) -> Item:
        item = self.base.get("failover", id_)
        assert item is not None, f"{id_} was never recorded"
        failover: Item = item["failover"]
        return failover

    def assert_failed_over_once(self) -> None:
        assert self.database.promotions == [fakes.WEST]
        assert self.database.topology().writer_arn == fakes.WEST
        assert self.record()["status"] == "finished"
        assert (self.base.get("switch", "standby_takes_over") or {})["thrown"] is True
        assert self.metrics.last("StandbyTakesOver") == 1.0
        assert "holder" not in self.slot()
        assert self.heartbeats.newest("us-west-2") is not None
        assert any("finished" in subject for subject in self.notices.subjects)
        assert self.record()["report"]["lost_heartbeats"] == 4

    def assert_failed_back_once(self) -> None:
        assert self.database.promotions == []
        assert self.database.switchovers == [fakes.EAST]
        assert self.database.topology().writer_arn == fakes.EAST
        assert self.record(FAILBACK_ID)["status"] == "finished"
        assert (self.base.get("switch", "standby_takes_over") or {})["thrown"] is False
        assert self.metrics.last("StandbyTakesOver") == 0.0
        assert "holder" not in self.slot()
        written = self.heartbeats.newest("us-east-1")
        assert written is not None
        assert written.number > 140
        assert any("failback to us-east-1 finished" in subject for subject in self.notices.subjects)
        assert self.record(FAILBACK_ID)["report"]["lossless"] is True


@dataclass(frozen=True)
class Scenario:
    """An operation in a world made for it."""

    command: Command
    operation: Operation
    asking: str
    id: str
    prepare: Callable[[World], None]
    assert_done_once: Callable[[World], None]

    def world(self, table: Table, killed_after: int | None = None, **changes: Any) -> World:
        """The world, dying after that many of the operation's own changes."""
        world = World(table, **changes)
        self.prepare(world)
        world.killer.changes, world.killer.after = 0, killed_after
        return world

    def with_steps(self, world: World, steps: tuple[Step, ...]) -> None:
        """Let the operation go by other steps."""
        if self.operation.kind is Kind.FAILOVER:
            world.steps = steps
        else:
            world.failback_steps = steps

    def asked(self, world: World) -> list[str]:
        """Whom Aurora was asked to make the writer."""
        return world.database.promotions if self.operation.kind is Kind.FAILOVER else world.database.switchovers

    def goes_on(self, world: World) -> None:
        """The monitor has probed again and found what it found before."""
        world.probed(world.health.verdict if world.health else Verdict.UNHEALTHY)


FAILOVERS = Scenario(AUTOMATIC, failover.FAILOVER, "promote", INCIDENT, lambda world: None, World.assert_failed_over_once)
FAILBACKS = Scenario(FAILBACK, failback.FAILBACK, "switch_over", FAILBACK_ID, World.failed_over, World.assert_failed_back_once)
SCENARIOS = (FAILOVERS, FAILBACKS)
