"""The preconditions of a failover: each a question with an answer, its source, and whether force may overrule it."""

from dataclasses import dataclass

from failover_orchestrator.context import Context
from lifeboat_dr.health import Verdict
from lifeboat_dr.lag import before
from lifeboat_dr.topology import Topology


@dataclass(frozen=True)
class Check:
    """One precondition. `overrulable` ones do not hold up a forced failover."""

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
        _standby(context),
        _lag(context),
    ]


def standing(checks: list[Check], forced: bool) -> list[Check]:
    """The checks that forbid the failover."""
    return [check for check in checks if not check.holds and not (forced and check.overrulable)]


def kill_switch(context: Context) -> Check:
    """The operators' switch; not even force overrules it."""
    armed = context.ports.kill_switch.armed()
    detail = "armed" if armed else "failovers are switched off"
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
    """The last change of roles is long enough ago."""
    source = "state table"
    if context.last_finished_at is None:
        return Check("anti_flap", True, "no failover before", source, True)
    ago = context.ports.clock.now() - context.last_finished_at
    window = context.limits.anti_flap
    return Check(
        "anti_flap",
        ago >= window,
        f"last failover {ago // 1000} s ago, window {window // 1000} s",
        source,
        True,
    )


def _roles(context: Context, topology: Topology) -> Check:
    """The primary region writes, and the standby follows."""
    source = f"RDS in {context.place.standby_region}"
    target = topology.member_in(context.place.standby_region)
    if target is None:
        detail = f"no member in {context.place.standby_region}"
        return Check("roles", False, detail, source)
    writer = topology.writer_region
    return Check("roles", writer == context.place.primary_region, f"{writer} writes", source)


def _standby(context: Context) -> Check:
    """The standby's cluster can take over."""
    health = context.ports.database.cluster(context.place.standby_cluster)
    return Check(
        "standby",
        health.promotable,
        f"{health.status}, {health.available_instances} of {health.instances} instances available",
        f"RDS in {context.place.standby_region}",
    )


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
