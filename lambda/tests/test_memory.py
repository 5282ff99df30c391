"""The table in memory answers as moto's DynamoDB does, call by call, through whole failovers, failbacks and refusals."""

from dataclasses import dataclass
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from lifeboat_dr.slot import Slot
from lifeboat_dr.table import Table
from tests import fakes
from tests.memory import MemoryDynamo
from tests.orchestration import CONTINUE, FAILBACK, LEASE, World


@dataclass
class Twin:
    """Both at once; any difference ends the test."""

    moto: Any
    memory: MemoryDynamo
    calls: int = 0
    refusals: int = 0

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            self.calls += 1
            answers = [_answer(getattr(client, name), arguments) for client in (self.moto, self.memory)]
            assert answers[0] == answers[1], f"{name} {arguments}"
            error = answers[0].get("error")
            if error is not None:
                self.refusals += 1
                told: Any = {"Error": {"Code": error, "Message": ""}, "CancellationReasons": answers[0]["reasons"]}
                raise ClientError(told, name)
            return answers[0]

        return call


def _answer(method: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    try:
        answer = method(**arguments)
    except ClientError as error:
        reasons = [{"Code": reason["Code"]} for reason in error.response.get("CancellationReasons", [])]
        return {"error": error.response["Error"]["Code"], "reasons": reasons}
    return {name: value for name, value in answer.items() if name in ("Item", "Attributes")}


@pytest.fixture
def twin(moto_table: Table) -> Table:
    return Table(cast(Any, Twin(moto_table.client, MemoryDynamo())), moto_table.name)


def test_whole_operations(twin: Table) -> None:
    world = World(twin)
    Slot(twin, LEASE).take("portal:run:42", "apply", world.clock.now())
    assert world.run()["outcome"] == "busy"
    world.clock.sleep(LEASE + 1)
    world.probed()
    world.kill_switch.is_armed = False
    assert world.run()["outcome"] == "refused"
    world.kill_switch.is_armed = True
    world.database.takes = 60_000
    assert world.run(minutes=0.5)["outcome"] == "continues"
    assert world.run(CONTINUE)["outcome"] == "finished"
    world.recovered()
    assert world.run(FAILBACK)["outcome"] == "finished"
    client = cast(Any, twin.client)
    assert client.calls > 60
    assert client.refusals >= 1


def test_worker_that_was_replaced(twin: Table) -> None:
    world = World(twin, fakes.Killer(7))
    with pytest.raises(fakes.Killed):
        world.run()
    world.killer.after = None
    stale = Slot(twin, LEASE).renewal(fakes.lease_of(world.slot()), world.clock.now())
    world.clock.sleep(LEASE + 1)
    world.probed()
    assert world.run()["outcome"] == "finished"
    with pytest.raises(RuntimeError):
        twin.write_together([stale])
