"""The records as the table holds them. The portal's history is made of them: its tests read the same files, in `tests/records`.

After a change of a record that is meant: `UPDATE_RECORDS=1 pytest tests/test_records.py`, and look at what the portal makes of it.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from failover_orchestrator.context import Context
from failover_orchestrator.failback import STEPS
from failover_orchestrator.operation import Outcome, Step
from lifeboat_dr.health import Verdict
from lifeboat_dr.table import Table, to_item
from tests import fakes
from tests.orchestration import FAILBACK, FAILBACK_ID, FAILBACKS, FAILOVERS, INCIDENT, World

FILES = Path(__file__).parent / "records"


def _failed_over(table: Table) -> tuple[World, str]:
    world = FAILOVERS.world(table)
    world.run()
    return world, INCIDENT


def _refused(table: Table) -> tuple[World, str]:
    world = FAILOVERS.world(table)
    world.kill_switch.is_armed = False
    world.run()
    return world, INCIDENT


def _failed_back(table: Table) -> tuple[World, str]:
    world = FAILBACKS.world(table)
    world.run(FAILBACK)
    return world, FAILBACK_ID


def _given_up(table: Table) -> tuple[World, str]:
    """Aurora dropped the switchover that it had accepted."""
    world = FAILBACKS.world(table)
    world.database.cancels = 1
    world.run(FAILBACK)
    return world, FAILBACK_ID


def _abandoned(table: Table) -> tuple[World, str]:
    """The primary region is called dead anew before the name is released."""
    world = FAILBACKS.world(table)

    def dying(step: Step) -> Step:
        def run(context: Context) -> Outcome:
            world.clock.sleep(1_000)
            world.probed(Verdict.UNHEALTHY)
            world.primary.error = fakes.aws_error("ServiceUnavailable")
            return step.run(context)

        return Step(step.name, run)

    world.failback_steps = tuple(dying(step) if step.name == "release_switch" else step for step in STEPS)
    world.run(FAILBACK)
    return world, FAILBACK_ID


@pytest.mark.parametrize(
    ("name", "status", "make"),
    [
        ("failover", "finished", _failed_over),
        ("failover-refused", "refused", _refused),
        ("failback", "finished", _failed_back),
        ("failback-given-up", "refused", _given_up),
        ("failback-abandoned", "abandoned", _abandoned),
    ],
)
def test_record_is_as_the_portal_reads_it(table: Table, name: str, status: str, make: Callable[[Table], tuple[World, str]]) -> None:
    world, id_ = make(table)
    assert world.record(id_)["status"] == status
    item = to_item(world.base.get("failover", id_) or {})
    file = FILES / f"{name}.json"
    if os.environ.get("UPDATE_RECORDS"):
        file.write_text(json.dumps(item, indent=2, sort_keys=True) + "\n")
    assert json.loads(file.read_text()) == item
