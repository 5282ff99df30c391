"""A failover is a sequence of changes. Whatever fails, repeats or dies between any two: one promotion, and the right end.

The story behind it: an orchestrator was killed after Aurora had taken the request and before that was recorded; its successor asked again.
"""

import pytest
from botocore.exceptions import ClientError

from failover_orchestrator.command import Command
from failover_orchestrator.context import Context, Wait
from failover_orchestrator.steps import STEPS, Outcome, Step
from lifeboat_dr.health import HealthRecord, Verdict
from lifeboat_dr.slot import Slot, SlotHeld
from lifeboat_dr.table import Table, Write
from tests import fakes
from tests.orchestration import AUTOMATIC, CONTINUE, FIRST_FAILED, INCIDENT, LEASE, World

NAMES = [step.name for step in STEPS]


def test_nothing_goes_wrong(table: Table) -> None:
    world = World(table)
    assert world.run()["outcome"] == "finished"
    world.assert_failed_over_once()
    report = world.record()["report"]
    assert report["data_loss_seconds"] == 4
    assert report["detection_seconds"] == 35
    assert 40 < report["rto_from_trigger_seconds"] < 60
    assert report["rto_seconds"] == report["rto_from_trigger_seconds"] + 35
    assert report["rto_met"] is True
    assert report["rpo_met"] is True


def _changes_of_a_whole_failover(table: Table) -> int:
    world = World(table)
    world.run()
    return world.killer.changes


@pytest.mark.parametrize("resume_with", [AUTOMATIC, CONTINUE], ids=["triggered again", "continued"])
def test_killed_after_any_change(table: Table, resume_with: Command) -> None:
    changes = _changes_of_a_whole_failover(table)
    assert changes > 2 * len(STEPS), "each step is recorded before and after"
    for after in range(1, changes + 1):
        _empty(table)
        world = World(table, fakes.Killer(after))
        with pytest.raises(fakes.Killed):
            world.run()
        world.killer.after = None
        # Before the lease has ended, nobody else gets in: neither a twin nor the portal.
        if "holder" in world.slot():
            assert world.run()["outcome"] == "busy"
        world.clock.sleep(LEASE + 1)
        recorded = table.get("failover", "current") is not None
        if recorded and world.record()["status"] == "running":
            with pytest.raises(SlotHeld):
                Slot(table, LEASE).take("portal:run:42", "apply", world.clock.now())
        # While the region is dead, the monitor keeps calling it so.
        world.health = HealthRecord(Verdict.UNHEALTHY, fakes.START, FIRST_FAILED, world.clock.now())
        outcome = world.run(resume_with if recorded else AUTOMATIC)["outcome"]
        assert outcome in {"finished", "finished before", "nothing to do"}, f"killed after change {after}: {outcome}"
        world.assert_failed_over_once()


def _empty(table: Table) -> None:
    for item in table.client.scan(TableName=table.name)["Items"]:
        table.client.delete_item(TableName=table.name, Key={"pk": item["pk"], "sk": item["sk"]})


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


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("name", NAMES)
def test_every_step_fails_once(table: Table, name: str, before: bool) -> None:
    steps = tuple(_once(step, before) if step.name == name else step for step in STEPS)
    world = World(table, steps=steps)
    assert world.run()["outcome"] == "finished"
    world.assert_failed_over_once()
    assert any(f"{name} meets trouble" in subject for subject in world.notices.subjects)


@pytest.mark.parametrize("name", NAMES)
def test_every_step_repeated(table: Table, name: str) -> None:
    def twice(step: Step) -> Step:
        def run(context: Context) -> Outcome:
            step.run(context)
            return step.run(context)

        return Step(step.name, run)

    steps = tuple(twice(step) if step.name == name else step for step in STEPS)
    world = World(table, steps=steps)
    assert world.run()["outcome"] == "finished"
    world.assert_failed_over_once()


@pytest.mark.parametrize("name", NAMES)
def test_time_runs_out_in_every_step(table: Table, name: str) -> None:
    """Each step finds no time left once: the next worker is called for, and let in at once."""
    patient = {"first": True}

    def slow(step: Step) -> Step:
        def run(context: Context) -> Outcome:
            if patient["first"]:
                patient["first"] = False
                return Wait("told to", 60 * 60_000)
            return step.run(context)

        return Step(step.name, run)

    steps = tuple(slow(step) if step.name == name else step for step in STEPS)
    world = World(table, steps=steps)
    assert world.run() == {"outcome": "continues", "failover": INCIDENT, "step": name}
    assert [event.detail_type for event in world.bus.sent][-1] == "Failover Continue"
    assert world.run(CONTINUE)["outcome"] == "finished"
    world.assert_failed_over_once()


def test_request_whose_answer_was_lost_is_not_repeated(table: Table) -> None:
    """Aurora took the request but does not show it yet: the next worker waits instead of asking again."""
    world = World(table)
    world.database.shows_after = 8_000

    def dies(context: Context) -> Outcome:
        STEPS[1].run(context)
        raise fakes.Killed

    world.steps = (STEPS[0], Step("promote", dies), *STEPS[2:])
    with pytest.raises(fakes.Killed):
        world.run()
    table.client.update_item(
        TableName=table.name,
        Key={"pk": {"S": "slot"}, "sk": {"S": "operation"}},
        UpdateExpression="SET handed_over = :true",
        ExpressionAttributeValues={":true": {"BOOL": True}},
    )
    world.steps = STEPS
    assert world.run(CONTINUE)["outcome"] == "finished"
    world.assert_failed_over_once()


def test_request_that_was_never_sent_is_sent(table: Table) -> None:
    """The worker died between recording that it asks and asking."""
    world = World(table)

    def dies(context: Context) -> Outcome:
        context.note({"asked_at": world.clock.now()})
        raise fakes.Killed

    world.steps = (STEPS[0], Step("promote", dies), *STEPS[2:])
    with pytest.raises(fakes.Killed):
        world.run()
    world.steps = STEPS
    world.clock.sleep(LEASE + 1)
    assert world.run(CONTINUE)["outcome"] == "finished"
    world.assert_failed_over_once()


def test_slow_worker_cannot_write_after_it_was_replaced(table: Table) -> None:
    """A worker sleeps past its lease, a second one finishes; the first wakes in the middle of its step."""
    world = World(table)

    def sleepy(context: Context) -> Outcome:
        world.clock.sleep(LEASE + 1)
        world.steps = STEPS
        assert world.run(CONTINUE)["outcome"] == "finished"
        return STEPS[1].run(context)

    world.steps = (STEPS[0], Step("promote", sleepy), *STEPS[2:])
    assert world.run()["outcome"] == "replaced"
    world.assert_failed_over_once()


def test_second_worker_of_the_same_incident_finds_it_busy(table: Table) -> None:
    world = World(table)
    seen: list[object] = []
    world.clock.on_sleep = lambda: seen.append(World.run(world)["outcome"]) if not seen else None
    assert world.run()["outcome"] == "finished"
    assert seen == ["busy"]
    world.assert_failed_over_once()
    assert world.run()["outcome"] == "finished before"
    world.assert_failed_over_once()


def test_failover_that_aurora_gives_up_is_asked_for_again(table: Table) -> None:
    """Not before a minute has passed without any move: a slow answer is not a cancelled one."""
    world = World(table)
    world.database.cancels = 1
    assert world.run()["outcome"] == "finished"
    assert world.database.promotions == [fakes.WEST, fakes.WEST]
    promoted = world.record()["steps"]["await_promotion"]
    asked = world.record()["steps"]["promote"]["facts"]["asked_at"]
    assert promoted["facts"]["asked_at"] - asked >= 60_000


def test_failover_that_was_given_up_is_not_asked_for_while_operators_forbid_it(table: Table) -> None:
    world = World(table)
    world.database.cancels = 1
    reads: list[int] = []

    def on_read() -> None:
        reads.append(1)
        world.kill_switch.is_armed = len(reads) <= 2

    world.kill_switch.on_read = on_read
    assert world.run(minutes=5)["outcome"] == "continues"
    assert world.database.promotions == [fakes.WEST]


@pytest.mark.parametrize("stumbles", [1, 2, 3])
def test_table_that_stumbles_costs_seconds_or_a_lease_but_no_failover(table: Table, stumbles: int, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(table)
    write = Table.write_together
    calls: list[int] = []

    def stumbling(self: Table, writes: list[Write]) -> None:
        calls.append(1)
        if 6 <= len(calls) < 6 + stumbles:
            raise fakes.aws_error("TransactionCanceledException")
        write(self, writes)

    monkeypatch.setattr(Table, "write_together", stumbling)
    if stumbles < 3:
        assert world.run()["outcome"] == "finished"
    else:
        with pytest.raises(ClientError):
            world.run()
        world.clock.sleep(LEASE + 1)
        assert world.run(CONTINUE)["outcome"] == "finished"
    world.assert_failed_over_once()
