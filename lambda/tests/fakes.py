"""Stand-ins behind the functions' ports. They accept what AWS would refuse, so that a test sees what was asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from botocore.exceptions import ClientError

from lifeboat_dr.events import Event
from lifeboat_dr.heartbeats import Heartbeat
from lifeboat_dr.lag import LagPoint
from lifeboat_dr.metrics import Metric
from lifeboat_dr.settings import Place
from lifeboat_dr.slot import Lease
from lifeboat_dr.table import Item
from lifeboat_dr.topology import ClusterHealth, Topology

START = 1_768_467_600_000
EAST = "arn:aws:rds:us-east-1:123456789012:cluster:aurora-cluster-primary-demo"
WEST = "arn:aws:rds:us-west-2:123456789012:cluster:aurora-cluster-secondary-demo"

PLACE = Place(
    environment_suffix="demo",
    primary_region="us-east-1",
    standby_region="us-west-2",
    state_table="dynamodb-dr-state-demo",
    global_cluster="aurora-global-demo",
    primary_cluster="aurora-cluster-primary-demo",
    standby_cluster="aurora-cluster-secondary-demo",
    alert_topic_arn="arn:aws:sns:us-west-2:123456789012:sns-alerts-secondary-demo",
)


def aws_error(code: str = "InternalFailure") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "told to"}}, "Operation")


def lease_of(slot: Item) -> Lease:
    """The lease of whoever holds the slot."""
    return Lease(slot["holder"], slot["fencing_token"])


class Killed(BaseException):
    """The process died here. No handler of the code may catch it."""


@dataclass
class Killer:
    """Kills the process after its n-th change of the world; counts them all."""

    after: int | None = None
    changes: int = 0

    def changed(self) -> None:
        self.changes += 1
        if self.changes == self.after:
            raise Killed


@dataclass
class FakeClock:
    time: int = START
    on_sleep: Callable[[], None] | None = None

    def now(self) -> int:
        return self.time

    def sleep(self, milliseconds: int) -> None:
        self.time += max(0, milliseconds)
        if self.on_sleep is not None:
            self.on_sleep()


@dataclass
class FakeDatabase:
    """A global database whose roles change some time after that was asked for."""

    clock: FakeClock
    killer: Killer = field(default_factory=Killer)
    takes: int = 40_000
    shows_after: int = 0
    writer: str = EAST
    followers: tuple[str, ...] = (WEST,)
    health: ClusterHealth = field(default_factory=lambda: ClusterHealth("available", 2, 2, 1))
    asked_at: int | None = None
    moving: str = WEST
    promotions: list[str] = field(default_factory=list)
    switchovers: list[str] = field(default_factory=list)
    error: ClientError | None = None
    #: How many of the requests Aurora accepts and then gives up.
    cancels: int = 0

    def topology(self) -> Topology:
        if self.error is not None:
            raise self.error
        now = self.clock.now()
        if self.asked_at is not None and now >= self.asked_at + self.takes:
            if self.writer != self.moving:
                self.writer, self.followers = self.moving, (self.writer,)
            self.asked_at = None
        moving = self.moving if self.asked_at is not None and now >= self.asked_at + self.shows_after else None
        return Topology("available" if moving is None else "failing-over", self.writer, self.followers, moving)

    def cluster(self, identifier: str) -> ClusterHealth:
        if self.error is not None:
            raise self.error
        return self.health

    def fail_over(self, target_arn: str) -> None:
        self.promotions.append(target_arn)
        self._move(target_arn, len(self.promotions))

    def switch_over(self, target_arn: str) -> None:
        self.switchovers.append(target_arn)
        self._move(target_arn, len(self.switchovers))

    def _move(self, target_arn: str, times: int) -> None:
        self.moving = target_arn
        self.asked_at = self.clock.now() if times > self.cancels else None
        self.killer.changed()


@dataclass
class FakeHeartbeats:
    rows: dict[int, Heartbeat] = field(default_factory=dict)
    killer: Killer = field(default_factory=Killer)
    error: ClientError | None = None
    prepared: int = 0

    def prepare(self) -> None:
        self._fail()
        self.prepared += 1

    def write(self, beat: Heartbeat) -> None:
        self._fail()
        if beat.number in self.rows:
            raise aws_error("DatabaseErrorException")
        self.rows[beat.number] = beat
        self.killer.changed()

    def newest(self, region: str | None = None) -> Heartbeat | None:
        self._fail()
        rows = [beat for beat in self.rows.values() if region in (None, beat.region)]
        return max(rows, key=lambda beat: beat.number, default=None)

    def forget_before(self, number: int) -> None:
        self.rows = {key: beat for key, beat in self.rows.items() if key >= number}

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error


@dataclass
class FakeLag:
    history: list[LagPoint] = field(default_factory=list)
    error: ClientError | None = None

    def points(self, now: int) -> list[LagPoint]:
        if self.error is not None:
            raise self.error
        return self.history


@dataclass
class RecordingMetrics:
    put_: list[tuple[int, Metric]] = field(default_factory=list)
    killer: Killer = field(default_factory=Killer)
    error: ClientError | None = None

    def put(self, metrics: list[Metric], at: int) -> None:
        if self.error is not None:
            raise self.error
        self.put_ += [(at, metric) for metric in metrics]
        self.killer.changed()

    def last(self, name: str, signal: str | None = None) -> float | None:
        values = [metric.value for _, metric in self.put_ if (metric.name, metric.signal) == (name, signal)]
        return values[-1] if values else None


@dataclass
class RecordingNotices:
    told: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    killer: Killer = field(default_factory=Killer)
    error: ClientError | None = None

    def tell(self, subject: str, facts: Mapping[str, object]) -> None:
        if self.error is not None:
            raise self.error
        self.told.append((subject, facts))
        self.killer.changed()

    @property
    def subjects(self) -> list[str]:
        return [subject for subject, _ in self.told]


@dataclass
class RecordingBus:
    sent: list[Event] = field(default_factory=list)
    killer: Killer = field(default_factory=Killer)
    error: ClientError | None = None

    def send(self, event: Event) -> None:
        if self.error is not None:
            raise self.error
        self.sent.append(event)
        self.killer.changed()

    def of(self, detail_type: str) -> list[Event]:
        return [event for event in self.sent if event.detail_type == detail_type]


@dataclass
class FakeKillSwitch:
    is_armed: bool = True
    error: ClientError | None = None
    on_read: Callable[[], None] | None = None
    reads: int = 0

    def armed(self) -> bool:
        self.reads += 1
        if self.on_read is not None:
            self.on_read()
        if self.error is not None:
            raise self.error
        return self.is_armed


@dataclass
class FakeAlarm:
    """Rings while the switch's metric is published as thrown."""

    metrics: RecordingMetrics
    broken: bool = False
    stuck: bool = False

    def ringing(self) -> bool:
        return self.stuck or (not self.broken and self.metrics.last("StandbyTakesOver") == 1.0)
