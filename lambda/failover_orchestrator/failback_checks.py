"""The preconditions of a failback. A primary region that does not answer is a no: nobody waits, and nothing is lost by refusing."""

from failover_orchestrator.checks import Check, health_of, kill_switch
from failover_orchestrator.context import Context
from lifeboat_dr.aws import AwsError, error_code
from lifeboat_dr.health import Verdict
from lifeboat_dr.lag import PERIOD_SECONDS, newest


def check_all(context: Context) -> list[Check]:
    """All preconditions. A call to the standby region that fails is raised: it is tried again."""
    place, ports = context.place, context.ports
    return [
        kill_switch(context),
        _application(context),
        _roles(context),
        health_of("standby", ports.database.cluster(place.standby_cluster), place.standby_region),
        _primary(context),
        _lag(context),
    ]


def _application(context: Context) -> Check:
    """The application answers in the primary region: while the standby writes, anything but a dead one leaves the region degraded."""
    source = "health monitor"
    health = context.ports.health()
    if health is None:
        return Check("application", False, "the monitor never recorded a verdict", source, True)
    age = context.ports.clock.now() - health.probed_at
    answers = health.verdict in (Verdict.DEGRADED, Verdict.HEALTHY)
    detail = f"{health.verdict.value}, probed {age // 1000} s ago"
    return Check("application", answers and age <= context.limits.verdict_age, detail, source, True)


def _roles(context: Context) -> Check:
    """The standby writes, the primary region follows, and no change of roles is under way."""
    source = f"RDS in {context.place.standby_region}"
    topology = context.ports.database.topology()
    if topology.member_in(context.place.primary_region) is None:
        return Check("roles", False, f"no member in {context.place.primary_region}", source)
    writer = topology.writer_region
    if topology.moving_to is not None:
        return Check("roles", False, f"{writer} writes, moving to {topology.moving_to}", source)
    return Check("roles", writer == context.place.standby_region, f"{writer} writes", source)


def _primary(context: Context) -> Check:
    """The primary region answers, and its cluster can take over."""
    region = context.place.primary_region
    try:
        return health_of("primary", context.ports.primary.database.cluster(context.place.primary_cluster), region)
    except AwsError as error:
        return Check("primary", False, f"describing the cluster: {error_code(error)}", f"RDS in {region}")


def _lag(context: Context) -> Check:
    """How far the primary region is behind: a switchover waits for it, and writes wait for the switchover."""
    source = f"CloudWatch AuroraGlobalDBReplicationLag in {context.place.primary_region}"
    now, limit = context.ports.clock.now(), context.limits.lag
    try:
        point = newest(context.ports.primary.lag.points(now))
    except AwsError as error:
        return Check("lag", False, f"reading the metric: {error_code(error)}", source, True)
    if point is None or now - point.at - PERIOD_SECONDS * 1000 > context.limits.lag_age:
        return Check("lag", False, "unknown: no data point of the last minutes", source, True)
    return Check("lag", point.lag <= limit, f"{point.lag / 1000:.1f} s, limit {limit // 1000} s", source, True)
