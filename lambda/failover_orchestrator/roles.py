"""Changing who writes: asking Aurora once, and noticing that it gave up what it had accepted. For either direction."""

from collections.abc import Callable

from failover_orchestrator import checks
from failover_orchestrator.context import Context, Done, Refused, Wait
from failover_orchestrator.operation import Outcome
from lifeboat_dr.topology import Topology


def ask_once(context: Context, step: str, region: str, ask: Callable[[str], None]) -> Outcome:
    """Ask once that the region's cluster becomes the writer; sees what an earlier worker asked for."""
    topology = context.ports.database.topology()
    target = topology.member_in(region)
    if target is None:
        raise Refused(f"no member of the global cluster in {region}")
    if target in (topology.writer_arn, topology.moving_to):
        return Done({"target": target})
    if topology.moving_to is not None:
        return Wait(f"the global cluster is moving to {topology.moving_to}")
    now = context.ports.clock.now()
    asked_at = context.record.facts(step).get("asked_at")
    if asked_at is not None and now - asked_at < context.limits.settle:
        # A worker asked and did not live to see the answer, which may not show yet. Asking twice could change roles twice.
        return Wait("waiting for an earlier request to show")
    check = checks.kill_switch(context)
    if not check.holds:
        raise Refused(f"{check.name}: {check.detail}")
    context.note({"asked_at": now, "target": target})
    ask(target)
    return Done({"target": target})


def gave_up(context: Context, topology: Topology, asking: str, waiting: str) -> bool:
    """Whether Aurora dropped what it had accepted: for a minute since it was last asked, nothing moves."""
    now = context.ports.clock.now()
    asked = context.record.facts(waiting).get("asked_at") or context.record.facts(asking).get("asked_at")
    since = asked or context.record.step(asking).started_at or now
    return topology.moving_to is None and now - since >= context.limits.cancelled_after
