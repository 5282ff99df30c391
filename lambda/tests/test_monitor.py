"""What the monitor does with a verdict: record it, tell people, publish it, call for a failover, and give way to its successor."""

from dataclasses import dataclass, field

import pytest

from health_monitor.monitor import Monitor
from health_monitor.readiness import Readiness
from health_monitor.store import HealthStore
from lifeboat_dr.failovers import Failovers
from lifeboat_dr.health import Verdict, parse_health
from lifeboat_dr.logs import logger
from lifeboat_dr.readings import Condition, Reading, Signal
from lifeboat_dr.switch import TakeoverSwitch
from lifeboat_dr.table import Table
from lifeboat_dr.topology import ClusterHealth
from tests import fakes
from tests.orchestration import CONTINUE, World
from tests.test_verdict import DEAD, GOOD


@dataclass
class FakeProbes:
    """Readings of the moment, and an application that takes a second to answer."""

    clock: fakes.FakeClock
    conditions: dict[Signal, Condition] = field(default_factory=lambda: dict(GOOD))

    def take(self) -> list[Reading]:
        self.clock.time += 1_000
        return [
            Reading(signal, condition, "test", "told", None if condition is Condition.UNKNOWN else self.clock.now() - 2_000)
            for signal, condition in self.conditions.items()
        ]


@dataclass
class Watch:
    table: Table
    clock: fakes.FakeClock

    def __post_init__(self) -> None:
        self.probes = FakeProbes(self.clock)
        self.database = fakes.FakeDatabase(self.clock)
        self.metrics = fakes.RecordingMetrics()
        self.notices = fakes.RecordingNotices()
        self.bus = fakes.RecordingBus()
        self.kill_switch = fakes.FakeKillSwitch()

    def monitor(self, run: str = "first") -> Monitor:
        return Monitor(
            place=fakes.PLACE,
            run=run,
            probes=self.probes,  # type: ignore[arg-type]
            store=HealthStore(self.table),
            failovers=Failovers(self.table),
            standby_database=self.database,
            readiness=Readiness(fakes.PLACE, self.database, self.kill_switch, Failovers(self.table), 3_600_000, logger("test")),
            switch=TakeoverSwitch(self.table, self.metrics),
            metrics=self.metrics,
            notices=self.notices,
            bus=self.bus,
            clock=self.clock,
            logger=logger("test"),
        )

    def watch(self, seconds: int, run: str = "first") -> dict[str, object]:
        return self.monitor(run).watch(self.clock.now() + seconds * 1000)


@pytest.fixture
def watch(table: Table, clock: fakes.FakeClock) -> Watch:
    return Watch(table, clock)


def test_probes_every_five_seconds_until_the_time_is_up(watch: Watch) -> None:
    assert watch.watch(60) == {"verdict": "healthy", "probes": 12, "superseded": False}
    assert watch.clock.now() == fakes.START + 60_000
    record = parse_health(watch.table.get("health", "primary"))
    assert record is not None
    assert record.verdict is Verdict.HEALTHY
    assert record.probed_at == fakes.START + 56_000


def test_death_is_told_published_and_triggers(watch: Watch) -> None:
    watch.watch(60)
    watch.probes.conditions = dict(DEAD)
    died = watch.clock.now()
    watch.watch(20, "second")
    assert watch.notices.subjects[-1] == "us-east-1 is unhealthy, was healthy"
    assert watch.metrics.last("PrimaryUnhealthy") == 1.0
    assert watch.metrics.last("PrimaryHealthy") == 0.0
    event = watch.bus.sent[0]
    assert event.detail_type == "Region Unhealthy"
    assert event.detail["first_failed_at"] == died + 1_000
    assert event.detail["triggered_at"] == died + 11_000
    assert event.detail["incident"] == f"demo-{died + 1_000}"


def test_streak_goes_on_in_the_next_invocation(watch: Watch) -> None:
    watch.watch(60)
    watch.probes.conditions = dict(DEAD)
    for run in ("a", "b", "c"):
        assert watch.bus.sent == []
        watch.watch(5, run)
    assert len(watch.bus.of("Region Unhealthy")) == 1


def test_call_is_repeated_for_the_same_incident_while_it_lasts(watch: Watch) -> None:
    watch.probes.conditions = dict(DEAD)
    watch.watch(100)
    calls = watch.bus.of("Region Unhealthy")
    assert len(calls) == 3
    assert len({call.detail["incident"] for call in calls}) == 1
    assert len([subject for subject in watch.notices.subjects if "unhealthy" in subject]) == 1


def test_no_call_when_the_standby_writes_already(watch: Watch) -> None:
    watch.database.writer, watch.database.followers = fakes.WEST, (fakes.EAST,)
    watch.probes.conditions = dict(DEAD)
    watch.watch(60)
    assert watch.bus.sent == []
    assert "us-east-1 is unhealthy, was unknown" in watch.notices.subjects


def test_topology_that_cannot_be_read_does_not_hold_up_the_call(watch: Watch) -> None:
    watch.database.error = fakes.aws_error()
    watch.probes.conditions = dict(DEAD)
    watch.watch(20)
    assert len(watch.bus.of("Region Unhealthy")) == 1


def test_unknown_has_no_value_to_take_for_green(watch: Watch) -> None:
    watch.probes.conditions = {**GOOD, Signal.HEARTBEAT: Condition.UNKNOWN}
    watch.watch(10)
    assert watch.metrics.last("SignalKnown", "heartbeat") == 0.0
    assert watch.metrics.last("SignalFailing", "heartbeat") is None
    assert watch.metrics.last("SignalAge", "heartbeat") is None
    assert watch.metrics.last("SignalKnown", "application") == 1.0
    assert watch.metrics.last("SignalAge", "application") == 2.0


def test_switch_is_kept_alive(watch: Watch) -> None:
    watch.watch(10)
    assert watch.metrics.last("StandbyTakesOver") == 0.0
    TakeoverSwitch(watch.table, fakes.RecordingMetrics()).set(True, "failover:x", 1, fakes.START)
    watch.watch(60, "second")
    values = [at for at, metric in watch.metrics.put_ if metric.name == "StandbyTakesOver" and metric.value == 1.0]
    assert len(values) >= 4


def test_abandoned_failover_is_woken(watch: Watch) -> None:
    world = World(watch.table, fakes.Killer(5))
    with pytest.raises(fakes.Killed):
        world.run()
    watch.watch(10)
    assert watch.bus.of("Failover Continue") == [], "its lease has not ended"
    watch.watch(60, "second")
    assert watch.bus.of("Failover Continue") != []


def test_newer_invocation_takes_over(watch: Watch) -> None:
    def claim() -> None:
        HealthStore(watch.table).claim("newer")

    watch.clock.on_sleep = claim
    summary = watch.watch(60)
    assert summary["superseded"] is True
    assert summary["probes"] == 2


def test_table_that_stumbles_does_not_make_the_monitor_blind(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> None:
        raise fakes.aws_error("InternalServerError")

    watch.probes.conditions = dict(DEAD)
    monkeypatch.setattr(Table, "put_if", stumble)
    assert watch.watch(20)["verdict"] == "unhealthy"
    assert len(watch.bus.of("Region Unhealthy")) == 1


def test_one_thing_that_fails_does_not_keep_the_others(watch: Watch) -> None:
    watch.probes.conditions = dict(DEAD)
    watch.notices.error = fakes.aws_error()
    watch.metrics.error = fakes.aws_error()
    watch.watch(20)
    assert len(watch.bus.of("Region Unhealthy")) == 1


def readiness(watch: Watch) -> list[float | None]:
    return [watch.metrics.last(name) for name in ("StandbyReady", "FailoverArmed", "FailoverSettled")]


def test_readiness_is_published(watch: Watch) -> None:
    watch.watch(10)
    assert readiness(watch) == [1.0, 1.0, 1.0]
    watch.kill_switch.is_armed = False
    watch.database.health = ClusterHealth("available", 2, 0, 0)
    watch.watch(20, "second")
    assert readiness(watch) == [0.0, 0.0, 1.0]


def test_standby_that_writes_is_no_standby(watch: Watch) -> None:
    watch.database.writer, watch.database.followers = fakes.WEST, (fakes.EAST,)
    watch.watch(10)
    assert readiness(watch)[0] == 0.0


def test_readiness_that_cannot_be_known_has_no_value(watch: Watch) -> None:
    watch.database.error = fakes.aws_error()
    watch.kill_switch.error = fakes.aws_error("ParameterNotFound")
    watch.watch(10)
    assert readiness(watch) == [None, None, 1.0]


def test_settled_is_what_the_orchestrator_will_find(watch: Watch) -> None:
    world = World(watch.table)
    world.clock = watch.clock
    world.database.takes = 100_000
    world.database.clock = watch.clock
    assert world.run(minutes=1)["outcome"] == "continues"
    watch.watch(10)
    assert readiness(watch)[2] == 0.0, "a failover is unfinished"
    assert world.run(CONTINUE)["outcome"] == "finished"
    watch.watch(20, "second")
    assert readiness(watch)[2] == 0.0, "the window is not over"
    watch.clock.sleep(3_600_000)
    watch.watch(20, "third")
    assert readiness(watch)[2] == 1.0


def test_nothing_holds_up_the_counting_of_a_dead_region(watch: Watch) -> None:
    """While probes that condemn are counted, readiness is not asked for: its calls may hang until their timeouts."""
    watch.watch(60)
    asked = watch.kill_switch.reads
    watch.probes.conditions = dict(DEAD)
    watch.watch(11, "second")
    assert watch.kill_switch.reads == asked
