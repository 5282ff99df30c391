"""The loop of one invocation: probe, judge, record, act, until the time is up or a newer invocation takes over."""

from collections.abc import Callable
from dataclasses import dataclass, field

from aws_lambda_powertools import Logger

from health_monitor.probes import Probes
from health_monitor.readiness import Readiness
from health_monitor.store import HealthStore, Superseded
from health_monitor.verdict import Assessment, Health, Rules, advance
from lifeboat_dr.aws import AwsError, error_code
from lifeboat_dr.clock import Clock, iso
from lifeboat_dr.database import Database
from lifeboat_dr.events import FAILOVER_CONTINUE, Event, EventBus, EventRefused, region_unhealthy
from lifeboat_dr.failovers import Failovers
from lifeboat_dr.health import Verdict
from lifeboat_dr.metrics import Metric, Metrics
from lifeboat_dr.notices import Notices
from lifeboat_dr.readings import Condition, Reading
from lifeboat_dr.settings import Place
from lifeboat_dr.switch import TakeoverSwitch
from lifeboat_dr.topology import TopologyError

_EXPECTED = (*AwsError, EventRefused, TopologyError)


@dataclass(frozen=True)
class Pace:
    """How often things are done; milliseconds."""

    probe_interval: int = 5_000
    publish_interval: int = 15_000
    trigger_interval: int = 30_000


@dataclass
class Monitor:
    """One invocation of the monitor."""

    place: Place
    run: str
    probes: Probes
    store: HealthStore
    failovers: Failovers
    standby_database: Database
    readiness: Readiness
    switch: TakeoverSwitch
    metrics: Metrics
    notices: Notices
    bus: EventBus
    clock: Clock
    logger: Logger
    rules: Rules = field(default_factory=Rules)
    pace: Pace = field(default_factory=Pace)
    _published_at: int = 0
    _triggered_at: int = 0

    def watch(self, until: int) -> dict[str, object]:
        """Probe until that moment (epoch milliseconds); answers with how it went."""
        health = self.store.claim(self.run)
        probes = 0
        superseded = False
        while self.clock.now() < until:
            started = self.clock.now()
            readings = self.probes.take()
            before, health = health, advance(health, readings, self.clock.now(), self.rules)
            probes += 1
            try:
                self._save(health, readings)
            except Superseded:
                superseded = True
                break
            self._act(before, health, readings)
            rest = min(started + self.pace.probe_interval, until) - self.clock.now()
            self.clock.sleep(rest)
        return {"verdict": health.verdict.value, "probes": probes, "superseded": superseded}

    def _save(self, health: Health, readings: list[Reading]) -> None:
        try:
            self.store.save(self.run, health, readings)
        except AwsError as error:
            # The count goes on in memory: a table that stumbles once must not make the monitor blind.
            self.logger.warning("recording the probe", extra={"error": error_code(error)})

    def _act(self, before: Health, health: Health, readings: list[Reading]) -> None:
        now = self.clock.now()
        changed = health.verdict is not before.verdict
        if changed:
            self._attempt("telling the change", lambda: self._tell(before, health, readings))
        if health.verdict is Verdict.UNHEALTHY and (changed or now - self._triggered_at >= self.pace.trigger_interval):
            self._triggered_at = now
            self._attempt("triggering the failover", lambda: self._trigger(health, now))
        if changed or now - self._published_at >= self.pace.publish_interval:
            self._published_at = now
            self._attempt("publishing metrics", lambda: self._publish(health, readings, now))
            self._attempt("publishing the switch", lambda: self.switch.publish(now))
            self._attempt("looking for an unfinished failover", lambda: self._continue(now))
            if health.assessment is not Assessment.DEAD:
                # Several calls, each of which may take its whole timeout: never while probes that condemn are counted.
                self._attempt("publishing readiness", lambda: self._publish_readiness(now))

    def _attempt(self, doing: str, action: Callable[[], object]) -> None:
        """One thing that fails must not keep the others from being done, nor end the watch."""
        try:
            action()
        except _EXPECTED as error:
            self.logger.exception(doing, extra={"error": error_code(error)})

    def _tell(self, before: Health, health: Health, readings: list[Reading]) -> None:
        self.logger.info("verdict changed", extra={"to": health.verdict.value})
        self.notices.tell(
            f"{self.place.primary_region} is {health.verdict.value}, was {before.verdict.value}",
            {
                "region": self.place.primary_region,
                "verdict": health.verdict.value,
                "previous_verdict": before.verdict.value,
                "at": iso(health.since),
                "readings": {reading.signal.value: f"{reading.condition.value}: {reading.detail}" for reading in readings},
            },
        )

    def _trigger(self, health: Health, now: int) -> None:
        try:
            writer = self.standby_database.topology().writer_region
        except (*AwsError, TopologyError) as error:
            # The orchestrator looks for itself; not knowing here must not hold up the call for it.
            self.logger.warning("reading the topology", extra={"error": error_code(error)})
            writer = self.place.primary_region
        if writer != self.place.primary_region:
            self.logger.info("no failover asked for", extra={"writer_region": writer})
            return
        first = health.first_failed_at or now
        self.bus.send(region_unhealthy(self.place.environment_suffix, self.place.primary_region, first, now))
        self.logger.info("failover asked for", extra={"first_failed": iso(first)})

    def _continue(self, now: int) -> None:
        """Wake a failover whose worker died: it is unfinished and nobody holds its lease."""
        abandoned = self.failovers.abandoned(now)
        if abandoned is not None:
            self.bus.send(
                Event(
                    FAILOVER_CONTINUE,
                    {"environment": self.place.environment_suffix, "failover": abandoned},
                )
            )

    def _publish_readiness(self, now: int) -> None:
        metrics = self.readiness.metrics(now)
        if metrics:
            self.metrics.put(metrics, now)

    def _publish(self, health: Health, readings: list[Reading], now: int) -> None:
        values = [Metric("PrimaryHealthy", 1.0 if health.verdict is Verdict.HEALTHY else 0.0)]
        values.append(Metric("PrimaryUnhealthy", 1.0 if health.verdict is Verdict.UNHEALTHY else 0.0))
        for reading in readings:
            signal = reading.signal.value
            known = reading.condition is not Condition.UNKNOWN
            values.append(Metric("SignalKnown", 1.0 if known else 0.0, signal=signal))
            # Unknown has no value here: an alarm must see missing data, never a zero or a green.
            if known:
                failing = reading.condition is Condition.FAILING
                values.append(Metric("SignalFailing", 1.0 if failing else 0.0, signal=signal))
            age = reading.age(now)
            if age is not None:
                values.append(Metric("SignalAge", age / 1000, "Seconds", signal))
        self.metrics.put(values, now)
