"""The way back: refused while anything is missing, lossless, never in the way of a failover, and then all is as it was."""

from dataclasses import replace

import pytest

from failover_orchestrator.context import Context, Limits
from failover_orchestrator.failback import STEPS
from failover_orchestrator.operation import Outcome, Step
from heartbeat.writer import Beater
from lifeboat_dr.health import HealthRecord, Verdict
from lifeboat_dr.heartbeats import Heartbeat
from lifeboat_dr.lag import LagPoint
from lifeboat_dr.logs import logger
from lifeboat_dr.marks import Marks
from lifeboat_dr.slot import Slot
from lifeboat_dr.table import Table
from lifeboat_dr.topology import ClusterHealth
from tests import fakes
from tests.orchestration import AUTOMATIC, CONTINUE, FAILBACK, FAILBACK_ID, FAILBACKS, LEASE, World

MINUTE = 60_000


@pytest.fixture
def world(table: Table) -> World:
    return FAILBACKS.world(table)


def assert_still_failed_over(world: World) -> None:
    assert world.database.switchovers == []
    assert world.database.topology().writer_arn == fakes.WEST
    assert (world.base.get("switch", "standby_takes_over") or {})["thrown"] is True
    assert "holder" not in world.slot()


def refused(world: World, name: str) -> None:
    outcome = world.run(FAILBACK)
    assert outcome["outcome"] == "refused"
    assert name in outcome["reason"]
    assert_still_failed_over(world)
    assert world.notices.subjects == ["failback to us-east-1 refused"]


def test_all_goes_well(world: World) -> None:
    assert world.run(FAILBACK)["outcome"] == "finished"
    world.assert_failed_back_once()
    report = world.record(FAILBACK_ID)["report"]
    assert report["lost_heartbeats"] == 0
    assert 40 < report["write_pause_seconds"] < 50
    assert report["duration_seconds"] >= report["write_pause_seconds"]
    assert report["dns_switch_confirmed"] is True
    assert world.bus.of("Failback Finished")[0].detail["to_region"] == "us-east-1"
    assert world.metrics.last("FailbackDuration") == report["duration_seconds"]
    assert world.bus.of("Failover Finished") == []


def test_loss_is_told(world: World) -> None:
    """A switchover loses nothing. Should it ever, the report says so."""
    Marks(world.base).set(Heartbeat(142, world.clock.now(), "us-west-2"))
    assert world.run(FAILBACK)["outcome"] == "finished"
    report = world.record(FAILBACK_ID)["report"]
    assert (report["lost_heartbeats"], report["lossless"]) == (2, False)
    assert "2 heartbeats lost" in world.notices.subjects[-1]


def test_kill_switch(world: World) -> None:
    world.kill_switch.is_armed = False
    refused(world, "kill_switch")
    assert world.run(replace(FAILBACK, forced=True))["outcome"] == "refused"
    world.kill_switch.is_armed = True
    assert world.run(FAILBACK)["outcome"] == "finished"
    world.assert_failed_back_once()


def test_primary_region_that_does_not_answer(world: World) -> None:
    """It is a no, not a wait: a failback that waits would hold the slot for as long as the region is gone."""
    world.primary.error = fakes.aws_error("ServiceUnavailable")
    refused(world, "primary: describing the cluster: ServiceUnavailable")


@pytest.mark.parametrize(
    "health", [ClusterHealth("upgrading", 3, 3, 0), ClusterHealth("available", 3, 0, 0)], ids=["status", "no instance"]
)
def test_primary_that_is_not_ready(world: World, health: ClusterHealth) -> None:
    world.primary.health = health
    refused(world, "primary")


def test_standby_that_is_not_well(world: World) -> None:
    world.database.health = ClusterHealth("available", 2, 0, 0)
    refused(world, "standby")


@pytest.mark.parametrize("verdict", [None, Verdict.UNHEALTHY, Verdict.UNKNOWN])
def test_application_that_does_not_answer_in_the_primary_region(world: World, verdict: Verdict | None) -> None:
    world.health = None if verdict is None else HealthRecord(verdict, fakes.START, None, world.clock.now())
    refused(world, "application")


def test_verdict_that_is_old(world: World) -> None:
    world.clock.sleep(61_000)
    refused(world, "application")


@pytest.mark.parametrize("lag", [60_001.0, None, "old", "error"])
def test_lag(world: World, lag: float | str | None) -> None:
    if lag == "error":
        world.primary_lag.error = fakes.aws_error()
    elif lag == "old":
        world.primary_lag.history = [LagPoint(world.clock.now() - 241_000, 100.0)]
    else:
        world.primary_lag.history = [LagPoint(world.clock.now() - MINUTE, lag)] if isinstance(lag, float) else []
    refused(world, "lag")
    assert world.run(replace(FAILBACK, forced=True))["outcome"] == "finished"
    world.assert_failed_back_once()


def test_primary_that_writes_already(world: World) -> None:
    world.database.writer, world.database.followers = fakes.EAST, (fakes.WEST,)
    outcome = world.run(FAILBACK)
    assert outcome["reason"].startswith("roles")
    assert world.database.switchovers == []


def test_roles_that_are_changing(world: World) -> None:
    world.database.asked_at, world.database.moving = world.clock.now(), fakes.EAST
    assert "moving to" in world.run(FAILBACK)["reason"]
    assert world.database.switchovers == []


def test_no_member_in_the_primary_region(world: World) -> None:
    world.database.followers = ()
    refused(world, "roles")


def test_dry_run_changes_nothing(world: World) -> None:
    outcome = world.run(replace(FAILBACK, dry_run=True))
    assert outcome["outcome"] == "would fail back"
    assert set(outcome["checks"]) == {"kill_switch", "application", "roles", "standby", "primary", "lag"}
    assert world.base.get("failover", FAILBACK_ID) is None
    assert_still_failed_over(world)


def test_slot_held_by_the_portal_is_told(world: World) -> None:
    """Nobody repeats the request: who asked must know."""
    Slot(world.base, LEASE).take("portal:run:42", "apply", world.clock.now())
    assert world.run(FAILBACK)["outcome"] == "busy"
    assert world.notices.subjects == ["failback not begun: portal:run:42 is at work; ask again"]


def test_switchover_that_aurora_gives_up_is_refused(world: World) -> None:
    """Nobody waits for it, and the standby serves: nothing is asked for twice."""
    world.database.cancels = 1
    outcome = world.run(FAILBACK)
    assert outcome["outcome"] == "refused"
    assert "gave it up" in outcome["reason"]
    assert world.database.switchovers == [fakes.EAST]
    assert (world.base.get("switch", "standby_takes_over") or {})["thrown"] is True
    assert "holder" not in world.slot()


def _region_dies_before(world: World, name: str) -> None:
    """The primary region is called dead anew just before that step."""

    def dying(step: Step) -> Step:
        def run(context: Context) -> Outcome:
            world.clock.sleep(1_000)
            world.probed(Verdict.UNHEALTHY)
            world.primary.error = fakes.aws_error("ServiceUnavailable")
            return step.run(context)

        return Step(step.name, run)

    world.failback_steps = tuple(dying(step) if step.name == name else step for step in STEPS)


@pytest.mark.parametrize("name", ["verify_writes", "release_switch"])
def test_region_that_dies_again_before_the_name_is_released(world: World, name: str) -> None:
    """The failback gives way: the slot is free for a failover, and the name never left the standby."""
    _region_dies_before(world, name)
    outcome = world.run(FAILBACK)
    assert outcome["outcome"] == "abandoned"
    assert (world.base.get("switch", "standby_takes_over") or {})["thrown"] is True
    assert "holder" not in world.slot()
    assert world.notices.subjects[-1] == "failback to us-east-1 abandoned"
    world.lag.history = [LagPoint(world.clock.now() - 70_000, 100.0)]
    world.database.takes = 40_000
    again = replace(AUTOMATIC, id="demo-again", first_failed_at=world.clock.now(), triggered_at=world.clock.now())
    assert world.run(again)["outcome"] == "finished"
    assert world.database.promotions == [fakes.WEST]
    assert world.database.topology().writer_arn == fakes.WEST


def test_region_that_dies_again_after_the_name_was_released(world: World) -> None:
    """Only the standby region is needed by then: the failback ends, and a failover can follow."""
    _region_dies_before(world, "verify_switch")
    assert world.run(FAILBACK)["outcome"] == "finished"
    world.assert_failed_back_once()


def test_event_of_a_dead_region_brings_an_unfinished_failback_to_its_end(world: World) -> None:
    """The monitor calls for a failover while a failback is unfinished: it gives way, and the next call is heard."""
    _region_dies_before(world, "verify_writes")
    world.killer.after = 12
    with pytest.raises(fakes.Killed):
        world.run(FAILBACK)
    assert world.database.switchovers == [fakes.EAST]
    world.killer.after = None
    world.clock.sleep(LEASE + 1)
    world.probed(Verdict.UNHEALTHY)
    assert world.run(AUTOMATIC)["outcome"] == "abandoned"
    assert "holder" not in world.slot()


def test_primary_that_never_takes_writes_is_not_waited_for_for_ever(world: World) -> None:
    world.primary.health = ClusterHealth("available", 3, 3, 0)
    outcomes = [world.run(FAILBACK, minutes=5)["outcome"]]
    while outcomes[-1] == "continues":
        outcomes.append(world.run(CONTINUE, minutes=5)["outcome"])
    assert outcomes[-1] == "abandoned"
    assert len(outcomes) == 4
    assert len([subject for subject in world.notices.subjects if "late" in subject]) == 1


def test_switch_that_cannot_be_confirmed_is_told_loudly(world: World) -> None:
    world.alarm.stuck = True
    assert world.run(FAILBACK, minutes=15)["outcome"] == "finished"
    assert world.record(FAILBACK_ID)["report"]["dns_switch_confirmed"] is False
    assert "NOT CONFIRMED" in world.notices.subjects[-1]


def _dies_again(world: World) -> str:
    now = world.clock.now()
    world.lag.history = [LagPoint(now - MINUTE, 100.0)]
    world.health = HealthRecord(Verdict.UNHEALTHY, now, now, now)
    return str(world.run(replace(AUTOMATIC, id=f"demo-{now}", first_failed_at=now, triggered_at=now))["outcome"])


def test_failover_after_a_failback(world: World) -> None:
    """No automatic one until the new roles have settled; afterwards the region is protected again."""
    assert world.run(FAILBACK)["outcome"] == "finished"
    assert _dies_again(world) == "refused"
    assert world.database.promotions == []
    world.clock.sleep(5 * MINUTE)
    assert _dies_again(world) == "finished"
    assert world.database.promotions == [fakes.WEST]


def test_window_of_a_failover_goes_on_over_a_failback(table: Table) -> None:
    world = World(table, limits=Limits(anti_flap=60 * MINUTE))
    assert world.run()["outcome"] == "finished"
    world.recovered()
    assert world.run(FAILBACK)["outcome"] == "finished"
    world.clock.sleep(10 * MINUTE)
    assert _dies_again(world) == "refused"
    world.clock.sleep(50 * MINUTE)
    assert _dies_again(world) == "finished"


def test_heartbeats_come_back_by_themselves(table: Table) -> None:
    """The standby's stops when its writes are refused, the primary's goes on behind every number that was used."""
    world = World(table)
    assert world.run()["outcome"] == "finished"
    world.recovered()
    assert world.run(FAILBACK)["outcome"] == "finished"

    def beater(region: str) -> Beater:
        regions = ("us-east-1", "us-west-2")
        return Beater(region, regions, world.heartbeats, Marks(table), world.database, world.metrics, world.clock, logger("test"))

    assert beater("us-west-2").beat(world.clock.now() + 5_000)["written"] == 0
    before = world.heartbeats.newest()
    assert before is not None
    assert beater("us-east-1").beat(world.clock.now() + 3_000)["written"] == 3
    mark = Marks(table).newest("us-east-1")
    assert mark is not None
    assert mark.number == before.number + 3
    assert world.clock.now() - mark.written_at <= 1_000
