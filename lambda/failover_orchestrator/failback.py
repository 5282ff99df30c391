"""The steps of a failback, in order: the primary region writes again, and nothing is lost. Each may be run any number of times.

Nobody waits for a failback as one waits for a failover, so it may give way. Until the switchover has taken place it refuses and
has changed nothing; from then until the name is released it may be abandoned, so that a primary region that dies once more does
not find the slot held by a failback to it. Once the name is released only this region is needed, and it always ends.
"""

from failover_orchestrator import roles, writes
from failover_orchestrator.context import Abandoned, Context, Done, Refused, Wait
from failover_orchestrator.failback_checks import check_all
from failover_orchestrator.measure import measure_failback
from failover_orchestrator.operation import Operation, Outcome, Step, preconditions
from failover_orchestrator.record import Kind
from lifeboat_dr.clock import iso
from lifeboat_dr.events import FAILBACK_FINISHED, Event
from lifeboat_dr.health import Verdict
from lifeboat_dr.metrics import Metric


def switch_over(context: Context) -> Outcome:
    """Ask Aurora once for a lossless switchover, in the region that writes now."""
    return roles.ask_once(context, "switch_over", context.place.primary_region, context.ports.database.switch_over)


def await_switchover(context: Context) -> Outcome:
    """Wait until the primary region's cluster is the writer and available."""
    topology = context.ports.database.topology()
    if topology.writer_region != context.place.primary_region:
        if roles.gave_up(context, topology, "switch_over", "await_switchover"):
            raise Refused("switchover: Aurora gave it up, and the roles are as they were")
        return Wait(f"global cluster {topology.status}, {topology.writer_region} still writes")
    _give_way(context)
    health = context.ports.primary.database.cluster(context.place.primary_cluster)
    if not health.promotable or health.writer_instances == 0:
        return Wait(f"primary cluster {health.status}, {health.writer_instances} instances write")
    return Done({"promoted_at": context.ports.clock.now()})


def verify_writes(context: Context) -> Outcome:
    """Prove that the primary takes writes, and that every row of the standby's arrived."""
    _give_way(context)
    place = context.place
    return Done(writes.prove(context, context.ports.primary.heartbeats, place.primary_region, place.standby_region))


def release_switch(context: Context) -> Outcome:
    """Let the name follow the primary's endpoint again."""
    _give_way(context)
    now = context.ports.clock.now()
    context.ports.switch.set(False, f"failback:{context.record.id}", context.token, now)
    return Done({"released_at": now})


def verify_switch(context: Context) -> Outcome:
    """Wait until the alarm behind the DNS switch is quiet; keep feeding it meanwhile."""
    now = context.ports.clock.now()
    released_at = int(context.record.facts("release_switch")["released_at"])
    if not context.ports.alarm.ringing():
        return Done({"confirmed_at": now})
    if now - released_at > context.limits.release_confirmation:
        return Done({"confirmed_at": None})
    context.ports.switch.publish(now)
    return Wait("the alarm of the DNS switch still rings", 5_000)


def report(context: Context) -> Outcome:
    """Measure, tell people, publish, and let the event bus know. Told again if the worker dies in between."""
    now = context.ports.clock.now()
    result = measure_failback(context.record)
    place, ports = context.place, context.ports
    ports.metrics.put([Metric("FailbackDuration", result.duration / 1000, "Seconds")], now)
    facts = {
        "failback": context.record.id,
        "from_region": place.standby_region,
        "to_region": place.primary_region,
        "requested_by": context.record.requested_by,
        "requested": iso(context.record.triggered_at),
        **result.facts(),
    }
    ports.notices.tell(f"failback to {place.primary_region} finished: {result.summary()}", facts)
    ports.bus.send(Event(FAILBACK_FINISHED, {"environment": place.environment_suffix, **facts}))
    return Done(facts)


def _give_way(context: Context) -> None:
    """Abandon a failback to a region that died meanwhile, or that takes no writes for a quarter of an hour."""
    now = context.ports.clock.now()
    region = context.place.primary_region
    since = context.record.step("switch_over").started_at or now
    health = context.ports.health()
    fresh = health is not None and now - health.probed_at <= context.limits.verdict_age
    # A verdict from before the switchover was overruled by whoever forced it.
    if health and fresh and health.verdict is Verdict.UNHEALTHY and health.since > since:
        raise Abandoned(f"{region} is called dead since it writes again; the name still leads to {context.place.standby_region}")
    if now - since > context.limits.failback_patience:
        raise Abandoned(f"{region} writes again but takes no writes; the name still leads to {context.place.standby_region}")


STEPS = (
    preconditions(check_all),
    Step("switch_over", switch_over),
    Step("await_switchover", await_switchover),
    Step("verify_writes", verify_writes),
    Step("release_switch", release_switch),
    Step("verify_switch", verify_switch),
    Step("report", report),
)

FAILBACK = Operation(Kind.FAILBACK, "it was asked for", check_all, STEPS)
