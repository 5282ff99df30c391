"""The preconditions of a failover: each a question with an answer, its source, and whether force may overrule it.

`failback_checks` has those of the way back.
"""

from dataclasses import dataclass

from failover_orchestrator.context import Context
from lifeboat_dr.failovers import quiet_until
from lifeboat_dr.health import Verdict
from lifeboat_dr.lag import before
from lifeboat_dr.topology import ClusterHealth, Topology


@dataclass(frozen=True)
class Check:
    """One precondition. `overrulable` ones do not hold up what is forced."""

    name: str
    holds: bool
    detail: str
    source: str
    overrulable: bool = False


def check_all(context: Context) -> list[Check]:
    """All preconditions. An AWS call that fails is raised: unknown is neither yes nor no."""
    topology = context.ports.database.topology()
    return [
        kill_switch(context),
        _verdict(context),
        _anti_flap(context),
        _roles(context, topology),
        health_of("standby", context.ports.database.cluster(context.place.standby_cluster), context.place.standby_region),
        _lag(context),
    ]


def standing(checks: list[Check], forced: bool) -> list[Check]:
    """The checks that forbid the operation."""
    return [check for check in checks if not check.holds and not (forced and check.overrulable)]


def kill_switch(context: Context) -> Check:
    """The operators' switch; not even force overrules it."""
    armed = context.ports.kill_switch.armed()
    detail = "armed" if armed else "changes of roles are switched off"
    return Check("kill_switch", armed, detail, "SSM parameter")


def _verdict(context: Context) -> Check:
    """The region is still called dead, by a monitor that is alive: an event may be hours old."""
    source = "health monitor"
    health = context.ports.health()
    if health is None:
        return Check("verdict", False, "the monitor never recorded one", source, True)
    age = context.ports.clock.now() - health.probed_at
    fresh = age <= context.limits.verdict_age
    detail = f"{health.verdict.value}, probed {age // 1000} s ago"
    return Check("verdict", fresh and health.verdict is Verdict.UNHEALTHY, detail, source, True)


def _anti_flap(context: Context) -> Check:
    """The last changes of roles are long enough ago."""
    left = quiet_until(context.before, context.limits.anti_flap) - context.ports.clock.now()
    detail = f"{left // 1000} s left of the window after the last change of roles" if left > 0 else "no change of roles of late"
    return Check("anti_flap", left <= 0, detail, "state table", True)


def _roles(context: Context, topology: Topology) -> Check:
    """The primary region writes, and the standby follows."""
    source = f"RDS in {context.place.standby_region}"
    target = topology.member_in(context.place.standby_region)
    if target is None:
        detail = f"no member in {context.place.standby_region}"
        return Check("roles", False, detail, source)
    writer = topology.writer_region
    return Check("roles", writer == context.place.primary_region, f"{writer} writes", source)


def health_of(name: str, health: ClusterHealth, region: str) -> Check:
    """A region's cluster can take over, or be taken over from."""
    detail = f"{health.status}, {health.available_instances} of {health.instances} instances available"
    return Check(name, health.promotable, detail, f"RDS in {region}")


def _lag(context: Context) -> Check:
    """What a forced failover would lose, judged by the lag just before the failure."""
    source = "CloudWatch AuroraGlobalDBReplicationLag"
    now = context.ports.clock.now()
    point = before(context.ports.lag.points(now), context.record.first_failed_at)
    if point is None:
        return Check("lag", False, "unknown: no data point before the failure", source, True)
    limit = context.limits.lag
    return Check(
        "lag",
        point.lag <= limit,
        f"{point.lag / 1000:.1f} s before the failure, limit {limit // 1000} s",
        source,
        True,
    )
