"""The steps of a failover, in order. Each may be run any number of times and comes to the same end.

Forward only. Before `promote` has asked, nothing is changed and a step may refuse; from then on there is no way back, only on.
"""

from collections.abc import Callable
from dataclasses import dataclass

from failover_orchestrator import checks
from failover_orchestrator.context import Context, Done, Refused, Wait
from failover_orchestrator.measure import measure
from lifeboat_dr.clock import iso
from lifeboat_dr.events import FAILOVER_FINISHED, Event
from lifeboat_dr.heartbeats import Heartbeat
from lifeboat_dr.metrics import Metric
from lifeboat_dr.topology import Topology

Outcome = Done | Wait


@dataclass(frozen=True)
class Step:
    """One step: its name in the record, and what it does."""

    name: str
    run: Callable[[Context], Outcome]


def preconditions(context: Context) -> Outcome:
    """Refuse unless everything a failover relies on holds."""
    found = checks.check_all(context)
    standing = checks.standing(found, context.record.forced)
    if standing:
        raise Refused("; ".join(f"{check.name}: {check.detail}" for check in standing))
    return Done({check.name: f"{check.detail} ({check.source})" for check in found})


def promote(context: Context) -> Outcome:
    """Ask Aurora once to make the standby the writer, from the standby's region."""
    topology = context.ports.database.topology()
    target = topology.member_in(context.place.standby_region)
    if target is None:
        raise Refused(f"no member of the global cluster in {context.place.standby_region}")
    if topology.writer_arn == target:
        return Done({"target": target})
    if topology.moving_to == target:
        return Done({"target": target})
    if topology.moving_to is not None:
        return Wait(f"the global cluster is moving to {topology.moving_to}")
    now = context.ports.clock.now()
    asked_at = context.record.facts("promote").get("asked_at")
    if asked_at is not None and now - asked_at < context.limits.settle:
        # A worker asked and did not live to see the answer, which may not show yet. Asking twice could promote twice.
        return Wait("waiting for an earlier request to show")
    check = checks.kill_switch(context)
    if not check.holds:
        raise Refused(f"{check.name}: {check.detail}")
    context.note({"asked_at": now, "target": target})
    context.ports.database.fail_over(target)
    return Done({"target": target})


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
    now = context.ports.clock.now()
    asked = context.record.facts("await_promotion").get("asked_at") or context.record.facts("promote").get("asked_at")
    since = asked or context.record.step("promote").started_at or now
    target = topology.member_in(context.place.standby_region)
    if topology.moving_to is not None or target is None or now - since < context.limits.cancelled_after:
        return
    if not checks.kill_switch(context).holds:
        return
    context.note({"asked_at": now})
    context.ports.database.fail_over(target)


def verify_writes(context: Context) -> Outcome:
    """Prove that the new writer takes writes, and see how far the old one's heartbeats had come."""
    heartbeats = context.ports.heartbeats
    heartbeats.prepare()
    arrived = heartbeats.newest(context.place.primary_region)
    newest = heartbeats.newest()
    lost = context.ports.marks.newest(context.place.primary_region)
    number = 1 + max(beat.number if beat else 0 for beat in (newest, lost))
    heartbeats.write(Heartbeat(number, context.ports.clock.now(), context.place.standby_region))
    return Done(
        {
            "first_write_at": context.ports.clock.now(),
            "arrived_number": arrived.number if arrived else None,
            "arrived_at": arrived.written_at if arrived else None,
            "committed_number": lost.number if lost else None,
            "committed_at": lost.written_at if lost else None,
        }
    )


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
    Step("preconditions", preconditions),
    Step("promote", promote),
    Step("throw_switch", throw_switch),
    Step("await_promotion", await_promotion),
    Step("verify_writes", verify_writes),
    Step("verify_switch", verify_switch),
    Step("report", report),
)
