"""An operation is a sequence of changes. Whatever fails, repeats or dies between any two: one change of roles, and the right end.

The story behind it: an orchestrator was killed after Aurora had taken the request and before that was recorded; its successor asked again.
"""

from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from failover_orchestrator.context import Context, Wait
from failover_orchestrator.operation import Outcome, Step
from lifeboat_dr.heartbeats import Heartbeat
from lifeboat_dr.slot import Slot, SlotHeld
from lifeboat_dr.table import Table, Write
from lifeboat_dr.topology import ClusterHealth
from tests import fakes
from tests.memory import memory_table
from tests.orchestration import CONTINUE, FAILOVERS, LEASE, SCENARIOS, Scenario

EACH = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.operation.kind.value)
EACH_STEP = pytest.mark.parametrize(
    ("scenario", "name"),
    [
        pytest.param(scenario, step.name, id=f"{scenario.operation.kind.value}-{step.name}")
        for scenario in SCENARIOS
        for step in scenario.operation.steps
    ],
)


def test_failover_goes_well(table: Table) -> None:
    world = FAILOVERS.world(table)
    assert world.run()["outcome"] == "finished"
    world.assert_failed_over_once()
    report = world.record()["report"]
    assert report["data_loss_seconds"] == 4
    assert report["detection_seconds"] == 35
    assert 40 < report["rto_from_trigger_seconds"] < 60
    assert report["rto_seconds"] == report["rto_from_trigger_seconds"] + 35
    assert report["rto_met"] is True
    assert report["rpo_met"] is True
    assert not any("trouble" in subject for subject in world.notices.subjects), "the region that died was asked something"


@EACH
@pytest.mark.parametrize("resume_with", ["asked again", "continued"])
def test_killed_after_any_change(scenario: Scenario, resume_with: str) -> None:
    whole = scenario.world(memory_table())
    whole.run(scenario.command)
    changes = whole.killer.changes
    assert changes > 2 * len(scenario.operation.steps), "each step is recorded before and after"
    for after in range(1, changes + 1):
        world = scenario.world(memory_table(), after)
        with pytest.raises(fakes.Killed):
            world.run(scenario.command)
        world.killer.after = None
        # Before the lease has ended, nobody else gets in: neither a twin nor the portal.
        if "holder" in world.slot():
            assert world.run(scenario.command)["outcome"] == "busy"
        world.clock.sleep(LEASE + 1)
        recorded = world.base.get("failover", "current") is not None
        if recorded and world.record(scenario.id)["status"] == "running":
            with pytest.raises(SlotHeld):
                Slot(world.base, LEASE).take("portal:run:42", "apply", world.clock.now())
        scenario.goes_on(world)
        outcome = world.run(CONTINUE if recorded and resume_with == "continued" else scenario.command)["outcome"]
        assert outcome in {"finished", "finished before", "nothing to do"}, f"killed after change {after}: {outcome}"
        scenario.assert_done_once(world)


def _once(step: Step, before: bool) -> Step:
    """The step, failing the first time: before it did anything, or after it did everything."""
    failures = [True]

    def run(context: Context) -> Outcome:
        if before and failures:
            failures.clear()
            raise fakes.aws_error()
        outcome = step.run(context)
        if failures:
            failures.clear()
            raise fakes.aws_error()
        return outcome

    return Step(step.name, run)


@EACH_STEP
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_every_step_fails_once(table: Table, scenario: Scenario, name: str, before: bool) -> None:
    world = scenario.world(table)
    scenario.with_steps(world, tuple(_once(step, before) if step.name == name else step for step in scenario.operation.steps))
    assert world.run(scenario.command)["outcome"] == "finished"
    scenario.assert_done_once(world)
    assert any(f"{name} meets trouble" in subject for subject in world.notices.subjects)


@EACH_STEP
def test_every_step_repeated(table: Table, scenario: Scenario, name: str) -> None:
    def twice(step: Step) -> Step:
        def run(context: Context) -> Outcome:
            step.run(context)
            return step.run(context)

        return Step(step.name, run)

    world = scenario.world(table)
    scenario.with_steps(world, tuple(twice(step) if step.name == name else step for step in scenario.operation.steps))
    assert world.run(scenario.command)["outcome"] == "finished"
    scenario.assert_done_once(world)


@EACH_STEP
def test_time_runs_out_in_every_step(table: Table, scenario: Scenario, name: str) -> None:
    """Each step finds no time left once: the next worker is called for, and let in at once."""
    patient = {"first": True}

    def slow(step: Step) -> Step:
        def run(context: Context) -> Outcome:
            if patient["first"]:
                patient["first"] = False
                return Wait("told to", 60 * 60_000)
            return step.run(context)

        return Step(step.name, run)

    world = scenario.world(table)
    scenario.with_steps(world, tuple(slow(step) if step.name == name else step for step in scenario.operation.steps))
    assert world.run(scenario.command) == {"outcome": "continues", "failover": scenario.id, "step": name}
    assert [event.detail_type for event in world.bus.sent][-1] == "Failover Continue"
    assert world.run(CONTINUE)["outcome"] == "finished"
    scenario.assert_done_once(world)


def _asking_otherwise(scenario: Scenario, step: Step) -> tuple[Step, ...]:
    return tuple(step if known.name == step.name else known for known in scenario.operation.steps)


@EACH
def test_request_whose_answer_was_lost_is_not_repeated(table: Table, scenario: Scenario) -> None:
    """Aurora took the request but does not show it yet: the next worker waits instead of asking again."""
    world = scenario.world(table)
    world.database.shows_after = 8_000
    asking = next(step for step in scenario.operation.steps if step.name == scenario.asking)

    def dies(context: Context) -> Outcome:
        asking.run(context)
        raise fakes.Killed

    scenario.with_steps(world, _asking_otherwise(scenario, Step(scenario.asking, dies)))
    with pytest.raises(fakes.Killed):
        world.run(scenario.command)
    Slot(table, LEASE).hand_over(fakes.lease_of(world.slot()))
    scenario.with_steps(world, scenario.operation.steps)
    assert world.run(CONTINUE)["outcome"] == "finished"
    scenario.assert_done_once(world)


@EACH
def test_request_that_was_never_sent_is_sent(table: Table, scenario: Scenario) -> None:
    """The worker died between recording that it asks and asking."""
    world = scenario.world(table)

    def dies(context: Context) -> Outcome:
        context.note({"asked_at": world.clock.now()})
        raise fakes.Killed

    scenario.with_steps(world, _asking_otherwise(scenario, Step(scenario.asking, dies)))
    with pytest.raises(fakes.Killed):
        world.run(scenario.command)
    scenario.with_steps(world, scenario.operation.steps)
    world.clock.sleep(LEASE + 1)
    assert world.run(CONTINUE)["outcome"] == "finished"
    scenario.assert_done_once(world)


@EACH
def test_slow_worker_cannot_write_after_it_was_replaced(table: Table, scenario: Scenario) -> None:
    """A worker sleeps past its lease, a second one finishes; the first wakes in the middle of its step."""
    world = scenario.world(table)
    asking = next(step for step in scenario.operation.steps if step.name == scenario.asking)

    def sleepy(context: Context) -> Outcome:
        world.clock.sleep(LEASE + 1)
        scenario.with_steps(world, scenario.operation.steps)
        assert world.run(CONTINUE)["outcome"] == "finished"
        return asking.run(context)

    scenario.with_steps(world, _asking_otherwise(scenario, Step(scenario.asking, sleepy)))
    assert world.run(scenario.command)["outcome"] == "replaced"
    scenario.assert_done_once(world)


@EACH
def test_second_worker_of_the_same_operation_finds_it_busy(table: Table, scenario: Scenario) -> None:
    world = scenario.world(table)
    seen: list[object] = []
    world.clock.on_sleep = lambda: seen.append(world.run(scenario.command)["outcome"]) if not seen else None
    assert world.run(scenario.command)["outcome"] == "finished"
    assert seen == ["busy"]
    scenario.assert_done_once(world)
    assert world.run(scenario.command)["outcome"] == "finished before"
    scenario.assert_done_once(world)
    assert not any("not begun" in subject for subject in world.notices.subjects)


def test_failover_that_aurora_gives_up_is_asked_for_again(table: Table) -> None:
    """Not before a minute has passed without any move: a slow answer is not a cancelled one."""
    world = FAILOVERS.world(table)
    world.database.cancels = 1
    assert world.run()["outcome"] == "finished"
    assert world.database.promotions == [fakes.WEST, fakes.WEST]
    promoted = world.record()["steps"]["await_promotion"]
    asked = world.record()["steps"]["promote"]["facts"]["asked_at"]
    assert promoted["facts"]["asked_at"] - asked >= 60_000


def test_failover_that_was_given_up_is_not_asked_for_while_operators_forbid_it(table: Table) -> None:
    world = FAILOVERS.world(table)
    world.database.cancels = 1
    reads: list[int] = []

    def on_read() -> None:
        reads.append(1)
        world.kill_switch.is_armed = len(reads) <= 2

    world.kill_switch.on_read = on_read
    assert world.run(minutes=5)["outcome"] == "continues"
    assert world.database.promotions == [fakes.WEST]


@EACH
@pytest.mark.parametrize("stumbles", [1, 2, 3])
def test_table_that_stumbles_costs_seconds_or_a_lease_but_nothing_else(
    table: Table, scenario: Scenario, stumbles: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = scenario.world(table)
    write = Table.write_together
    calls: list[int] = []

    def stumbling(self: Table, writes: list[Write]) -> None:
        calls.append(1)
        if 6 <= len(calls) < 6 + stumbles:
            raise fakes.aws_error("TransactionCanceledException")
        write(self, writes)

    monkeypatch.setattr(Table, "write_together", stumbling)
    if stumbles < 3:
        assert world.run(scenario.command)["outcome"] == "finished"
    else:
        with pytest.raises(ClientError):
            world.run(scenario.command)
        world.clock.sleep(LEASE + 1)
        assert world.run(CONTINUE)["outcome"] == "finished"
    scenario.assert_done_once(world)


@EACH
def test_row_that_the_heartbeat_wrote_first_proves_the_same(table: Table, scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new writer's own heartbeat took the number: no trouble is told, and nothing is written twice."""
    world = scenario.world(table)
    write = world.heartbeats.write

    def overtaken(beat: Heartbeat) -> None:
        world.heartbeats.rows[beat.number] = replace(beat, written_at=1)
        write(beat)

    monkeypatch.setattr(world.heartbeats, "write", overtaken)
    assert world.run(scenario.command)["outcome"] == "finished"
    scenario.assert_done_once(world)
    assert not any("trouble" in subject for subject in world.notices.subjects)


@EACH
def test_call_for_the_next_worker_that_is_lost_is_the_monitors_to_repeat(table: Table, scenario: Scenario) -> None:
    world = scenario.world(table)
    world.database.takes = 120_000
    world.bus.error = fakes.aws_error("ThrottlingException")
    assert world.run(scenario.command, minutes=1)["outcome"] == "continues"
    world.bus.error = None
    assert world.run(CONTINUE)["outcome"] == "finished"
    scenario.assert_done_once(world)


@EACH
def test_new_writer_that_is_not_ready_at_once_is_waited_for(table: Table, scenario: Scenario) -> None:
    """Aurora changes the roles before the cluster is available, and the first writes may be refused."""
    world = scenario.world(table)
    database = world.database if scenario is FAILOVERS else world.primary
    ready = fakes.START + 120_000

    def pass_time() -> None:
        late = world.clock.now() < ready
        if scenario.asked(world):
            database.health = ClusterHealth("upgrading" if late else "available", 2, 2, 1)
        world.heartbeats.error = fakes.aws_error("DatabaseUnavailableException") if world.clock.now() < ready + 20_000 else None

    world.clock.on_sleep = pass_time
    assert world.run(scenario.command)["outcome"] == "finished"
    scenario.assert_done_once(world)
    assert len([subject for subject in world.notices.subjects if "verify_writes meets trouble" in subject]) == 1
    writes = world.record(scenario.id)["steps"]["verify_writes"]
    assert writes["facts"]["first_write_at"] >= ready + 20_000


@EACH
def test_roles_that_change_between_asking_and_looking(table: Table, scenario: Scenario) -> None:
    """Somebody else moves the writer, or takes the member away, after the preconditions held: nothing is asked for."""
    world = scenario.world(table)
    first, *rest = scenario.operation.steps

    def interfered(context: Context) -> Outcome:
        outcome = first.run(context)
        world.database.followers = ()
        return outcome

    scenario.with_steps(world, (Step(first.name, interfered), *rest))
    outcome = world.run(scenario.command)
    assert outcome["outcome"] == "refused"
    assert "no member of the global cluster" in outcome["reason"]
    assert scenario.asked(world) == []


@EACH
def test_move_to_elsewhere_is_waited_for(table: Table, scenario: Scenario) -> None:
    """The global cluster has a third member, and somebody makes that the writer just now."""
    world = scenario.world(table)
    first, *rest = scenario.operation.steps

    def interfered(context: Context) -> Outcome:
        outcome = first.run(context)
        world.database.asked_at, world.database.moving = world.clock.now(), "arn:aws:rds:eu-west-1:123456789012:cluster:third"
        return outcome

    scenario.with_steps(world, (Step(first.name, interfered), *rest))
    assert world.run(scenario.command, minutes=0.5)["outcome"] == "continues"
    assert scenario.asked(world) == []


@EACH
def test_old_row_of_the_new_writer_proves_nothing(table: Table, scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its region wrote once before. A write that fails now is tried again until one is there."""
    world = scenario.world(table)
    region = scenario.operation.target(fakes.PLACE)
    world.heartbeats.rows[50] = Heartbeat(50, 1, region)
    write = world.heartbeats.write
    failures = [True]

    def refused_once(beat: Heartbeat) -> None:
        if failures:
            failures.clear()
            raise fakes.aws_error("DatabaseErrorException")
        write(beat)

    monkeypatch.setattr(world.heartbeats, "write", refused_once)
    assert world.run(scenario.command)["outcome"] == "finished"
    scenario.assert_done_once(world)
    newest = world.heartbeats.newest(region)
    assert newest is not None
    assert newest.number > 100
