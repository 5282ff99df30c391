"""Taking the four readings. Each says where it comes from and how old it is; what cannot be read is unknown."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import Executor, wait
from dataclasses import dataclass
from typing import Protocol

from lifeboat_dr.aws import AwsError, error_code
from lifeboat_dr.clock import Clock
from lifeboat_dr.database import Database
from lifeboat_dr.lag import PERIOD_SECONDS, LagHistory, newest
from lifeboat_dr.marks import Marks
from lifeboat_dr.readings import Condition, Reading, Signal, unknown
from lifeboat_dr.topology import TopologyError


@dataclass(frozen=True)
class Limits:
    """Where a value begins to fail, and how old one may be; milliseconds."""

    heartbeat_stale: int = 15_000
    lag_failing: int = 300_000
    lag_unknown_after: int = 180_000
    probe_deadline: int = 4_000


_SCHEME = "https://"


class Endpoint(Protocol):
    """The application's endpoint."""

    def status(self) -> int:
        """HTTP status of one request; raises OSError or HTTPException when there was none."""
        ...


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: one could lead to the other region and make a dead one look alive."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Refuse."""


@dataclass(frozen=True)
class HttpsEndpoint:
    """A URL of the primary region, never the name that fails over. Timeout in seconds."""

    url: str
    timeout: float = 3.0

    def status(self) -> int:
        """HTTP status of one GET request on a new connection, certificate checked."""
        if not self.url.startswith(_SCHEME):
            raise ValueError(f"{self.url} is not an https:// URL")
        opener = urllib.request.build_opener(_StayHere())
        request = urllib.request.Request(self.url, headers={"User-Agent": "lifeboat-health-monitor"})  # noqa: S310
        try:
            with opener.open(request, timeout=self.timeout) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as answer:
            answer.close()
            return int(answer.code)


@dataclass(frozen=True)
class Probes:
    """The four signals of the primary region, taken side by side."""

    endpoint: Endpoint
    primary_database: Database
    primary_cluster: str
    primary_region: str
    lag: LagHistory
    marks: Marks
    clock: Clock
    executor: Executor
    limits: Limits = Limits()

    def take(self) -> list[Reading]:
        """All four readings, within the probe's deadline."""
        takers: dict[Signal, Callable[[], Reading]] = {
            Signal.APPLICATION: self.application,
            Signal.WRITER: self.writer,
            Signal.REPLICATION_LAG: self.replication_lag,
            Signal.HEARTBEAT: self.heartbeat,
        }
        futures = {signal: self.executor.submit(taker) for signal, taker in takers.items()}
        done, _ = wait(futures.values(), timeout=self.limits.probe_deadline / 1000)
        return [future.result() if future in done else self._late(signal) for signal, future in futures.items()]

    def application(self) -> Reading:
        """The application level: does the endpoint answer as Route 53 would accept it (2xx, 3xx)?"""
        source = "HTTPS probe of the primary endpoint"
        at = self.clock.now()
        try:
            status = self.endpoint.status()
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            return Reading(Signal.APPLICATION, Condition.FAILING, source, f"no answer: {reason}", at, 0)
        condition = Condition.OK if 200 <= status < 400 else Condition.FAILING
        return Reading(Signal.APPLICATION, condition, source, f"HTTP {status}", at, status)

    def writer(self) -> Reading:
        """The infrastructure level: what the primary region's RDS says of the writer. No answer is unknown, not dead."""
        source = f"RDS in {self.primary_region}"
        at = self.clock.now()
        try:
            health = self.primary_database.cluster(self.primary_cluster)
        except (*AwsError, TopologyError) as error:
            return unknown(Signal.WRITER, source, f"describing the cluster: {error_code(error)}")
        fit = health.promotable and health.writer_instances > 0
        return Reading(
            Signal.WRITER,
            Condition.OK if fit else Condition.FAILING,
            source,
            f"cluster {health.status}, {health.available_instances} of {health.instances} instances available",
            at,
            health.available_instances,
        )

    def replication_lag(self) -> Reading:
        """How far the standby's storage is behind, in milliseconds."""
        source = "CloudWatch AuroraGlobalDBReplicationLag"
        now = self.clock.now()
        try:
            point = newest(self.lag.points(now))
        except AwsError as error:
            return unknown(Signal.REPLICATION_LAG, source, f"reading the metric: {error_code(error)}")
        if point is None:
            return unknown(Signal.REPLICATION_LAG, source, "no data point")
        observed_at = min(now, point.at + PERIOD_SECONDS * 1000)
        if now - observed_at > self.limits.lag_unknown_after:
            detail = f"newest data point is {(now - observed_at) // 1000} s old"
            return Reading(Signal.REPLICATION_LAG, Condition.UNKNOWN, source, detail, observed_at, point.lag)
        condition = Condition.FAILING if point.lag > self.limits.lag_failing else Condition.OK
        return Reading(Signal.REPLICATION_LAG, condition, source, f"{point.lag:.0f} ms", observed_at, point.lag)

    def heartbeat(self) -> Reading:
        """How long ago the primary's writer last committed a heartbeat, in milliseconds."""
        source = "heartbeat marks in the state table"
        now = self.clock.now()
        try:
            mark = self.marks.newest(self.primary_region)
        except AwsError as error:
            return unknown(Signal.HEARTBEAT, source, f"reading the mark: {error_code(error)}")
        if mark is None:
            return unknown(Signal.HEARTBEAT, source, "no heartbeat was ever marked")
        age = max(0, now - mark.written_at)
        condition = Condition.FAILING if age > self.limits.heartbeat_stale else Condition.OK
        detail = f"number {mark.number}, {age} ms ago"
        return Reading(Signal.HEARTBEAT, condition, source, detail, mark.written_at, age)

    def _late(self, signal: Signal) -> Reading:
        seconds = self.limits.probe_deadline / 1000
        detail = f"no answer within {seconds:.0f} s"
        if signal is Signal.APPLICATION:
            source = "HTTPS probe of the primary endpoint"
            return Reading(signal, Condition.FAILING, source, detail, self.clock.now(), 0)
        return unknown(signal, "probe", detail)
