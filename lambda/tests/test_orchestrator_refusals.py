"""When a failover must not happen, nothing is changed, people are told once, and a later trigger may try again."""

from dataclasses import replace

import pytest

from failover_orchestrator.context import Limits
from lifeboat_dr.health import HealthRecord, Verdict
from lifeboat_dr.lag import LagPoint
from lifeboat_dr.slot import Slot
from lifeboat_dr.table import Table
from lifeboat_dr.topology import ClusterHealth
from tests import fakes
from tests.orchestration import AUTOMATIC, CONTINUE, FIRST_FAILED, INCIDENT, LEASE, World


def assert_nothing_changed(world: World) -> None:
    assert world.database.promotions == []
    assert world.base.get("switch", "standby_takes_over") is None
    assert world.metrics.put_ == []
    assert "holder" not in world.slot()


def refused(world: World, name: str) -> None:
    outcome = world.run()
    assert outcome["outcome"] == "refused"
    assert name in outcome["reason"]
    assert_nothing_changed(world)
    assert len(world.notices.told) == 1
    # The monitor repeats its call: people are not told again, and nothing else happens.
    assert world.run()["outcome"] == "refused"
    assert len(world.notices.told) == 1
    assert_nothing_changed(world)


def test_kill_switch(table: Table) -> None:
    world = World(table)
    world.kill_switch.is_armed = False
    refused(world, "kill_switch")
    world.kill_switch.is_armed = True
    assert world.run()["outcome"] == "finished"
    world.assert_failed_over_once()
    assert world.record()["attempts"] == 3


def test_kill_switch_thrown_after_the_preconditions(table: Table) -> None:
    """It is read again right before the point of no return."""
    world = World(table)
    reads: list[int] = []

    def on_read() -> None:
        reads.append(1)
        world.kill_switch.is_armed = len(reads) < 2

    world.kill_switch.on_read = on_read
    outcome = world.run()
    assert outcome["outcome"] == "refused"
    assert "kill_switch" in outcome["reason"]
    assert_nothing_changed(world)


def test_kill_switch_that_cannot_be_read_is_waited_for(table: Table) -> None:
    """Not knowing is neither yes nor no: nothing happens until the answer is there."""
    world = World(table)
    world.kill_switch.error = fakes.aws_error()
    assert world.run(minutes=0.5)["outcome"] == "continues"
    assert world.database.promotions == []
    assert len(world.notices.told) == 1
    world.kill_switch.error = None
    assert world.run(CONTINUE)["outcome"] == "finished"
    world.assert_failed_over_once()


@pytest.mark.parametrize(
    "health",
    [
        None,
        HealthRecord(Verdict.HEALTHY, fakes.START, None, fakes.START),
        HealthRecord(Verdict.UNKNOWN, fakes.START, None, fakes.START),
        HealthRecord(Verdict.UNHEALTHY, fakes.START, FIRST_FAILED, fakes.START - 61_000),
    ],
    ids=["never", "healthy again", "unknown", "old"],
)
def test_verdict_that_no_longer_stands(table: Table, health: HealthRecord | None) -> None:
    """An event may lie in a queue for hours before it is delivered."""
    world = World(table)
    world.health = health
    refused(world, "verdict")


def test_lag_beyond_the_limit(table: Table) -> None:
    world = World(table)
    world.lag.history = [LagPoint(FIRST_FAILED - 120_000, 60_001.0)]
    refused(world, "lag")


def test_lag_that_is_unknown(table: Table) -> None:
    world = World(table)
    world.lag.history = []
    refused(world, "lag")


def test_lag_that_grew_because_of_the_failure_does_not_count(table: Table) -> None:
    world = World(table)
    world.lag.history += [LagPoint(FIRST_FAILED - 20_000, 30_000.0), LagPoint(FIRST_FAILED + 10_000, 90_000.0)]
    assert world.run()["outcome"] == "finished"


def test_second_trigger_within_the_anti_flap_window(table: Table) -> None:
    world = World(table, limits=Limits(anti_flap=3_600_000))
    world.run()
    # Failed back by hand; then the region dies once more.
    world.database.writer, world.database.followers = fakes.EAST, (fakes.WEST,)
    later = replace(AUTOMATIC, id="demo-second", first_failed_at=world.clock.now(), triggered_at=world.clock.now())
    world.lag.history = [LagPoint(world.clock.now() - 60_000, 100.0)]
    world.health = HealthRecord(Verdict.UNHEALTHY, world.clock.now(), None, world.clock.now())
    outcome = world.run(later)
    assert outcome["outcome"] == "refused"
    assert outcome["reason"].startswith("anti_flap")
    assert len(world.database.promotions) == 1
    world.clock.sleep(3_600_000)
    later = replace(later, first_failed_at=world.clock.now())
    world.lag.history = [LagPoint(world.clock.now() - 60_000, 100.0)]
    world.health = HealthRecord(Verdict.UNHEALTHY, world.clock.now(), None, world.clock.now())
    assert world.run(replace(later, id="demo-third"))["outcome"] == "finished"
    assert len(world.database.promotions) == 2


def test_standby_that_writes_already(table: Table) -> None:
    world = World(table)
    world.database.writer, world.database.followers = fakes.WEST, (fakes.EAST,)
    refused(world, "roles")


def test_no_standby(table: Table) -> None:
    world = World(table)
    world.database.followers = ()
    refused(world, "roles")


@pytest.mark.parametrize(
    "health", [ClusterHealth("upgrading", 2, 2, 0), ClusterHealth("available", 2, 0, 0)], ids=["status", "no instance"]
)
def test_standby_that_is_not_ready(table: Table, health: ClusterHealth) -> None:
    world = World(table)
    world.database.health = health
    refused(world, "standby")


def test_force_overrules_what_may_be_overruled(table: Table) -> None:
    world = World(table)
    world.health, world.lag.history = None, []
    forced = replace(AUTOMATIC, forced=True, requested_by="operator@example.net")
    assert world.run(forced)["outcome"] == "finished"
    world.assert_failed_over_once()


def test_force_does_not_overrule_the_kill_switch(table: Table) -> None:
    world = World(table)
    world.kill_switch.is_armed = False
    assert world.run(replace(AUTOMATIC, forced=True))["outcome"] == "refused"
    assert_nothing_changed(world)


def test_slot_held_by_the_portal(table: Table) -> None:
    world = World(table)
    Slot(table, LEASE).take("portal:run:42", "apply", world.clock.now())
    assert world.run() == {"outcome": "busy", "failover": INCIDENT, "held_by": "portal:run:42"}
    assert world.database.promotions == []
    # A holder that died gives way when its lease ends.
    world.clock.sleep(LEASE + 1)
    world.health = HealthRecord(Verdict.UNHEALTHY, world.clock.now(), FIRST_FAILED, world.clock.now())
    assert world.run()["outcome"] == "finished"


def test_dry_run_changes_nothing_and_tells_once(table: Table) -> None:
    world = World(table, dry_run=True)
    for _ in range(2):
        outcome = world.run()
        assert outcome["outcome"] == "would fail over"
    assert world.notices.subjects == ["dry run: would fail over"]
    assert world.slot() == {}
    assert world.base.get("failover", INCIDENT) is None
    assert_nothing_changed(world)


def test_dry_run_of_one_event_tells_what_forbids_it(table: Table) -> None:
    world = World(table)
    world.lag.history = []
    outcome = world.run(replace(AUTOMATIC, dry_run=True))
    assert outcome["outcome"] == "would refuse"
    assert outcome["checks"]["lag"].startswith("False")
    assert_nothing_changed(world)


def test_continue_without_anything_unfinished(table: Table) -> None:
    assert World(table).run(CONTINUE) == {"outcome": "nothing to do"}


def test_late_failover_is_told_once_and_goes_on(table: Table) -> None:
    world = World(table)
    world.database.takes = 400_000
    assert world.run(minutes=15)["outcome"] == "finished"
    assert len([subject for subject in world.notices.subjects if "late" in subject]) == 1
    assert world.record()["report"]["rto_met"] is False


def test_switch_that_cannot_be_confirmed_is_told_loudly(table: Table) -> None:
    world = World(table)
    world.alarm.broken = True
    assert world.run(minutes=15)["outcome"] == "finished"
    report = world.record()["report"]
    assert report["dns_switch_confirmed"] is False
    assert report["rto_met"] is False
    assert "NOT CONFIRMED" in world.notices.subjects[-1]


def test_loss_that_cannot_be_measured_is_unknown(table: Table) -> None:
    world = World(table)
    world.heartbeats.rows = {}
    assert world.run()["outcome"] == "finished"
    assert world.record()["report"]["data_loss_seconds"] is None
    assert world.record()["report"]["rpo_met"] is None
    assert world.metrics.last("FailoverDataLoss") is None


def test_people_who_cannot_be_told_do_not_stop_a_refusal(table: Table) -> None:
    world = World(table)
    world.kill_switch.is_armed = False
    world.notices.error = fakes.aws_error()
    assert world.run()["outcome"] == "refused"
