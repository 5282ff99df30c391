"""What a step may use: the ports, the limits, the record so far. And how a step ends."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from failover_orchestrator.record import Facts, Record
from lifeboat_dr.clock import Clock
from lifeboat_dr.database import Database
from lifeboat_dr.events import EventBus
from lifeboat_dr.failovers import Current
from lifeboat_dr.health import HealthRecord
from lifeboat_dr.heartbeats import HeartbeatStore
from lifeboat_dr.kill_switch import KillSwitch
from lifeboat_dr.lag import LagHistory
from lifeboat_dr.marks import Marks
from lifeboat_dr.metrics import Metrics
from lifeboat_dr.notices import Notices
from lifeboat_dr.settings import Place
from lifeboat_dr.switch import TakeoverSwitch

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient


@dataclass(frozen=True)
class Done:
    """The step is done; `facts` are recorded with it."""

    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True)
class Wait:
    """The step must look again after that time (milliseconds)."""

    reason: str
    milliseconds: int = 3_000


class Refused(RuntimeError):
    """The operation must not go on, and nothing was changed yet."""


class Abandoned(RuntimeError):
    """A failback gives way midway: the roles have changed, the name has not."""


class Alarm(Protocol):
    """The alarm that Route 53's check of the switch hangs on."""

    def ringing(self) -> bool:
        """Whether it is in ALARM."""
        ...


@dataclass(frozen=True)
class CloudWatchAlarm:
    """An alarm of the standby region."""

    client: "CloudWatchClient"
    name: str

    def ringing(self) -> bool:
        """Whether it is in ALARM."""
        answer = self.client.describe_alarms(AlarmNames=[self.name])
        return any(alarm.get("StateValue") == "ALARM" for alarm in answer["MetricAlarms"])


@dataclass(frozen=True)
class Limits:
    """Bounds of a failover and a failback; milliseconds."""

    anti_flap: int = 3_600_000
    lag: int = 60_000
    verdict_age: int = 60_000
    settle: int = 10_000
    cancelled_after: int = 60_000
    switch_confirmation: int = 120_000
    # Quiet takes longer than ringing: the alarm looks at the greatest value of a minute, so one begun thrown stays so to its end.
    release_confirmation: int = 240_000
    lag_age: int = 180_000
    failback_patience: int = 900_000
    rto_target: int = 300_000
    rpo_target: int = 60_000


@dataclass(frozen=True)
class PrimarySide:
    """The primary region. Only a failback may ask it: in a failover it is the one that does not answer."""

    database: Database
    heartbeats: HeartbeatStore
    lag: LagHistory


@dataclass(frozen=True)
class Ports:
    """Everything outside the process; without a word about it, of the standby region."""

    database: Database
    heartbeats: HeartbeatStore
    marks: Marks
    lag: LagHistory
    health: Callable[[], HealthRecord | None]
    kill_switch: KillSwitch
    switch: TakeoverSwitch
    alarm: Alarm
    metrics: Metrics
    notices: Notices
    bus: EventBus
    clock: Clock
    primary: PrimarySide


@dataclass(frozen=True)
class Context:
    """One call of one step."""

    record: Record
    place: Place
    ports: Ports
    limits: Limits
    token: int
    #: What was done before, as it stood when this invocation began.
    before: Current | None
    #: Records a fact of the step under way at once, under the slot: after it returned, the worker still was the holder.
    note: Callable[[Facts], None]
