"""The deployed functions' own code, at the emulator: one command a line in JSON, one answer a line.

Run with the functions' shared folder on the path; arguments: endpoint, region, table.
"""

import json
import sys
import time
from typing import Any

import boto3

from lifeboat_dr.failovers import Failovers, quiet_until
from lifeboat_dr.heartbeats import DataApiHeartbeats, Heartbeat
from lifeboat_dr.kill_switch import SsmKillSwitch
from lifeboat_dr.marks import Marks
from lifeboat_dr.metrics import CloudWatchMetrics
from lifeboat_dr.slot import Lease, Slot, SlotHeld
from lifeboat_dr.switch import SwitchFenced, TakeoverSwitch
from lifeboat_dr.table import ConditionFailed, Table


class Functions:
    """What the functions do to their items."""

    def __init__(self, endpoint: str, region: str, table: str) -> None:
        self._endpoint, self._region = endpoint, region
        self._table = Table(self._client("dynamodb"), table)

    def take(self, holder: str, lease: int) -> Any:
        try:
            taken = Slot(self._table, lease).take(holder, "failover", _now())
        except SlotHeld as held:
            return {"held_by": held.holder}
        return {"token": taken.token}

    def renew(self, holder: str, token: int, lease: int) -> Any:
        slot = Slot(self._table, lease)
        return self._holds(slot.renewal(Lease(holder, token), _now()))

    def release(self, holder: str, token: int) -> Any:
        return self._holds(Slot(self._table, 0).release(Lease(holder, token)))

    def throw(self, thrown: bool, token: int) -> Any:
        try:
            self._switch().set(thrown, "failover:test", token, _now())
        except SwitchFenced:
            return False
        return True

    def thrown(self) -> Any:
        return self._switch().thrown()

    def current(self, anti_flap: int) -> Any:
        current = Failovers(self._table).current()
        return {**(vars(current) if current else {}), "quiet_until": quiet_until(current, anti_flap)}

    def mark(self, region: str) -> Any:
        newest = Marks(self._table).newest(region)
        return None if newest is None else vars(newest)

    def set_mark(self, region: str, number: int, at: int) -> Any:
        return Marks(self._table).set(Heartbeat(number, at, region))

    def beat(self, region: str, cluster: str, secret: str, database: str, number: int) -> Any:
        beats = DataApiHeartbeats(self._client("rds-data", region), cluster, secret, database)
        beats.prepare()
        beats.write(Heartbeat(number, _now(), region))
        return vars(beats.newest() or Heartbeat(0, 0, ""))

    def put(self, item: Any) -> Any:
        self._client("dynamodb").put_item(TableName=self._table.name, Item=item)
        return True

    def armed(self, parameter: str) -> Any:
        return SsmKillSwitch(self._client("ssm"), parameter).armed()

    def _holds(self, write: Any) -> bool:
        try:
            self._table.update(write)
        except ConditionFailed:
            return False
        return True

    def _switch(self) -> TakeoverSwitch:
        return TakeoverSwitch(self._table, CloudWatchMetrics(self._client("cloudwatch"), "moved"))

    def _client(self, service: str, region: str | None = None) -> Any:
        return boto3.client(
            service,
            region_name=region or self._region,
            endpoint_url=self._endpoint,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )


def _now() -> int:
    return time.time_ns() // 1_000_000


functions = Functions(*sys.argv[1:])
for line in sys.stdin:
    command, *arguments = json.loads(line)
    print(json.dumps(getattr(functions, command)(*arguments)), flush=True)
