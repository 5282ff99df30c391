"""The steps of a failover, in order. Each may be run any number of times and comes to the same end.

Forward only. Before `promote` has asked, nothing is changed and a step may refuse; from then on there is no way back, only on.
"""

from failover_orchestrator import checks, roles, writes
from failover_orchestrator.context import Context, Done, Wait
from failover_orchestrator.measure import measure
from failover_orchestrator.operation import Operation, Outcome, Step, preconditions
from failover_orchestrator.record import Kind
from lifeboat_dr.clock import iso
from lifeboat_dr.events import FAILOVER_FINISHED, Event
from lifeboat_dr.metrics import Metric
from lifeboat_dr.topology import Topology


def promote(context: Context) -> Outcome:
    """Ask Aurora once to make the standby the writer, from the standby's region; may lose data."""
    return roles.ask_once(context, "promote", context.place.standby_region, context.ports.database.fail_over)


def throw_switch(context: Context) -> Outcome:
    """Point the name at the standby: while Aurora promotes, so that both minutes run side by side."""
    now = context.ports.clock.now()
    context.ports.switch.set(True, f"failover:{context.record.id}", context.token, now)
    return Done({"thrown_at": now})


def await_promotion(context: Context) -> Outcome:
    """Wait until the standby's cluster is the writer and available."""
    topology = context.ports.database.topology()
    if topology.writer_region != context.place.standby_region:
        _ask_again_if_cancelled(context, topology)
        return Wait(f"global cluster {topology.status}, {topology.writer_region} still writes")
    health = context.ports.database.cluster(context.place.standby_cluster)
    if not health.promotable:
        return Wait(f"standby cluster {health.status}")
    return Done({"promoted_at": context.ports.clock.now()})


def _ask_again_if_cancelled(context: Context, topology: Topology) -> None:
    """Aurora may give up a failover it had accepted. The name points at the standby by now: the way is on, not back."""
    target = topology.member_in(context.place.standby_region)
    if target is None or not roles.gave_up(context, topology, "promote", "await_promotion"):
        return
    if not checks.kill_switch(context).holds:
        return
    context.note({"asked_at": context.ports.clock.now()})
    context.ports.database.fail_over(target)


def verify_writes(context: Context) -> Outcome:
    """Prove that the standby takes writes."""
    place = context.place
    return Done(writes.prove(context, context.ports.heartbeats, place.standby_region, place.primary_region))


def verify_switch(context: Context) -> Outcome:
    """Wait until the alarm behind the DNS switch rings; keep feeding it meanwhile."""
    now = context.ports.clock.now()
    thrown_at = int(context.record.facts("throw_switch")["thrown_at"])
    if context.ports.alarm.ringing():
        return Done({"confirmed_at": now})
    if now - thrown_at > context.limits.switch_confirmation:
        # Data is safe and writable: the failover ends, and says loudly what could not be seen.
        return Done({"confirmed_at": None})
    context.ports.switch.publish(now)
    return Wait("the alarm of the DNS switch does not ring yet", 5_000)


def report(context: Context) -> Outcome:
    """Measure, tell people, publish, and let the event bus know. Told again if the worker dies in between."""
    now = context.ports.clock.now()
    result = measure(context.record, context.limits)
    place, ports = context.place, context.ports
    metrics = [Metric("FailoverRto", result.rto / 1000, "Seconds")]
    if result.data_loss is not None:
        metrics.append(Metric("FailoverDataLoss", result.data_loss / 1000, "Seconds"))
    ports.metrics.put(metrics, now)
    facts = {
        "failover": context.record.id,
        "from_region": place.primary_region,
        "to_region": place.standby_region,
        "requested_by": context.record.requested_by,
        "first_failed": iso(context.record.first_failed_at),
        **result.facts(),
    }
    ports.notices.tell(f"failover to {place.standby_region} finished: {result.summary()}", facts)
    ports.bus.send(Event(FAILOVER_FINISHED, {"environment": place.environment_suffix, **facts}))
    return Done(facts)


STEPS = (
    preconditions(checks.check_all),
    Step("promote", promote),
    Step("throw_switch", throw_switch),
    Step("await_promotion", await_promotion),
    Step("verify_writes", verify_writes),
    Step("verify_switch", verify_switch),
    Step("report", report),
)

FAILOVER = Operation(Kind.FAILOVER, "the first failed probe", checks.check_all, STEPS)
