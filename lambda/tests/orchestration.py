"""A region that has died, and an orchestrator to be let loose on it."""

from dataclasses import dataclass, field

from failover_orchestrator.command import Command
from failover_orchestrator.context import Limits, Ports
from failover_orchestrator.engine import Engine
from failover_orchestrator.ledger import Ledger
from failover_orchestrator.record import Facts
from failover_orchestrator.steps import STEPS, Step
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
    steps: tuple[Step, ...] = STEPS
    dry_run: bool = False

    def __post_init__(self) -> None:
        self.table = MortalTable(self.base.client, self.base.name, self.killer)
        self.clock = fakes.FakeClock()
        self.database = fakes.FakeDatabase(self.clock, self.killer)
        self.heartbeats = fakes.FakeHeartbeats(killer=self.killer)
        # The last row that arrived is four seconds older than the last that was committed.
        self.heartbeats.rows = {96: Heartbeat(96, FIRST_FAILED - 5_000, "us-east-1")}
        Marks(self.base).set(Heartbeat(100, FIRST_FAILED - 1_000, "us-east-1"))
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
        )
        ledger = Ledger(self.table, Slot(self.table, LEASE))
        return Engine(fakes.PLACE, ports, ledger, self.limits, logger("test"), self.steps, self.dry_run)

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
