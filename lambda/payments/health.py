"""Whether this region can serve: does its cluster write and answer, or, as the standby, does it follow closely enough?

A region that was the primary and follows now says no: its name must not be served while it cannot book. Who asks whether the region is
alive, in whatever role, hears yes: the health monitor, whose verdict decides whether one may fail back to it.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from lifeboat_dr.aws import AwsError, error_code
from lifeboat_dr.clock import Clock
from lifeboat_dr.database import Database
from lifeboat_dr.lag import LagHistory, LagPoint, newest
from lifeboat_dr.topology import Topology, TopologyError
from payments.ledger import Ledger, Unavailable

#: Roles change within minutes and lag is told once a minute; RDS limits its readers and CloudWatch bills them, so one answer serves
#: every checker for a while; milliseconds.
_ANSWER_HOLDS = 10_000


@dataclass(frozen=True)
class Health:
    """What `/health` tells. Lag in seconds, null while this region writes or when it is unknown."""

    ok: bool
    role: str
    detail: str
    replication_lag_seconds: float | None = None

    def body(self) -> dict[str, object]:
        """As JSON."""
        told = asdict(self)
        told["status"] = "ok" if told.pop("ok") else "unavailable"
        return told


@dataclass
class HealthCheck:
    """The deep check of one region; `standby` is what the region was built as, `lag_limit` in milliseconds."""

    region: str
    standby: bool
    ledger: Ledger
    database: Database
    lag_from: Callable[[str], LagHistory]
    lag_limit: int
    clock: Clock
    known: Topology | None = None
    known_at: int = 0
    lag: LagPoint | None = None
    lag_at: int | None = None

    def check(self, any_role: bool = False) -> Health:
        """Look now. With `any_role` following closely is well, whatever the region was built as."""
        try:
            topology = self._topology()
        except (*AwsError, TopologyError) as error:
            # Who writes is unknown; whether the database takes writes here is not.
            return self._writing(f"RDS did not answer: {error_code(error)}")
        if topology.writer_region == self.region:
            return self._writing("")
        if not (self.standby or any_role):
            return Health(False, "follower", f"{topology.writer_region} writes; this region cannot book")
        return self._following(topology.writer_region)

    def _topology(self) -> Topology:
        now = self.clock.now()
        if self.known is None or now - self.known_at > _ANSWER_HOLDS:
            self.known, self.known_at = self.database.topology(), now
        return self.known

    def _writing(self, note: str) -> Health:
        try:
            self.ledger.reachable()
        except Unavailable as error:
            self.known = None
            return Health(False, "writer", "; ".join(filter(None, [f"the database does not answer: {error}", note])))
        return Health(True, "writer", note or "the database answers and writes here")

    def _following(self, writer: str) -> Health:
        role = "standby" if self.standby else "follower"
        try:
            point = self._lag(writer)
        except AwsError as error:
            return Health(False, role, f"reading the replication lag: {error_code(error)}")
        if point is None:
            return Health(False, role, "the replication lag is unknown")
        seconds = point.lag / 1000
        within = point.lag <= self.lag_limit
        detail = f"follows {writer}" if within else f"follows {writer}, further behind than {self.lag_limit // 1000} s"
        return Health(within, role, detail, seconds)

    def _lag(self, writer: str) -> LagPoint | None:
        now = self.clock.now()
        if self.lag_at is None or now - self.lag_at > _ANSWER_HOLDS:
            self.lag, self.lag_at = newest(self.lag_from(writer).points(now)), now
        return self.lag
