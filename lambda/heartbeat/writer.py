"""The loop of one invocation: a beat a second while this region writes; a look at what has arrived while it follows."""

from dataclasses import dataclass, field

from aws_lambda_powertools import Logger

from lifeboat_dr.aws import AwsError, error_code
from lifeboat_dr.clock import Clock
from lifeboat_dr.database import Database
from lifeboat_dr.heartbeats import Heartbeat, HeartbeatStore
from lifeboat_dr.marks import Marks
from lifeboat_dr.metrics import Metric, Metrics
from lifeboat_dr.topology import TopologyError


@dataclass(frozen=True)
class Pace:
    """How often things are done, and how many rows are kept; milliseconds and rows."""

    beat: int = 1_000
    look: int = 5_000
    keep_rows: int = 3_600


@dataclass
class Beater:
    """The heartbeat of one region. The function runs in both; only the writer's beats."""

    region: str
    regions: tuple[str, ...]
    heartbeats: HeartbeatStore
    marks: Marks
    database: Database
    metrics: Metrics
    clock: Clock
    logger: Logger
    pace: Pace = field(default_factory=Pace)
    _next: int | None = None

    def beat(self, until: int) -> dict[str, object]:
        """Work until that moment (epoch milliseconds); answers with what was done."""
        self._next = None
        written = failed = looks = 0
        while self.clock.now() < until:
            started = self.clock.now()
            if self._writes_here():
                if self._beat():
                    written += 1
                else:
                    failed += 1
                pause = self.pace.beat
            else:
                self._look()
                looks += 1
                pause = self.pace.look
            self.clock.sleep(min(started + pause, until) - self.clock.now())
        return {"region": self.region, "written": written, "failed": failed, "looks": looks}

    def _writes_here(self) -> bool:
        """Whether this region's cluster is the writer. Asked until it is; a failed beat asks anew."""
        if self._next is not None:
            return True
        try:
            return self.database.topology().writer_region == self.region
        except (*AwsError, TopologyError) as error:
            self.logger.warning("reading the topology", extra={"error": error_code(error)})
            return False

    def _beat(self) -> bool:
        try:
            if self._next is None:
                self._next = self._first_number()
            beat = Heartbeat(self._next, self.clock.now(), self.region)
            # A number whose write failed is not used again: it may have been committed all the same.
            self._next += 1
            self.heartbeats.write(beat)
        except AwsError as error:
            self.logger.warning("writing a heartbeat", extra={"error": error_code(error)})
            self._next = None
            return False
        self._mark(beat)
        return True

    def _first_number(self) -> int:
        """A number greater than any ever used, also by the other region and by what a failover lost."""
        self.heartbeats.prepare()
        beats = [self.heartbeats.newest(), *(self.marks.newest(region) for region in self.regions)]
        number = 1 + max((beat.number for beat in beats if beat), default=0)
        self.heartbeats.forget_before(number - self.pace.keep_rows)
        return number

    def _mark(self, beat: Heartbeat) -> None:
        try:
            self.marks.set(beat)
        except AwsError as error:
            # The row is committed; only the proof of it is missing. The next beat brings it.
            self.logger.warning("marking a heartbeat", extra={"error": error_code(error)})

    def _look(self) -> None:
        """Publish how old the newest arrived heartbeat is. Where the cluster cannot be read, nothing: missing is unknown."""
        try:
            newest = self.heartbeats.newest()
            if newest is not None:
                now = self.clock.now()
                age = max(0, now - newest.written_at) / 1000
                self.metrics.put([Metric("ReplicatedHeartbeatAge", age, "Seconds")], now)
        except AwsError as error:
            self.logger.debug("reading heartbeats", extra={"error": error_code(error)})
