"""FailoverGlobalCluster and SwitchoverGlobalCluster, which moto lacks.

Both are asynchronous as on AWS: the call answers with the state that starts, the roles change
when the transition is over. ARNs and the topology stay; what changes is who writes, and data: a
forced failover loses what had not arrived, a switchover waits for it. In between nobody writes.
"""

from dataclasses import dataclass
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import (
    DBClusterNotFoundError,
    InvalidDBClusterStateFault,
    InvalidParameterCombination,
    RDSClientError,
)
from moto.rds.models import DBCluster, GlobalCluster
from moto.rds.responses import RDSResponse

from lifeboat_emulator import regions, ticker, timing
from lifeboat_emulator.extensions import (
    rds_events,
    rds_global_clusters,
    rds_global_members,
    rds_rejoin,
    rds_storage,
)

_AVAILABLE = "available"
_FAILING_OVER, _SWITCHING_OVER = "failing-over", "switching-over"
# A switchover moves a healthy pair, and takes about half of a failover's time.
_SWITCHOVER_SHARE = 0.5
# How often it is looked whether everything has arrived; emulated seconds.
_LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class _Transition:
    """A change of roles under way; `due` is on `timing.now`'s clock."""

    source: DBCluster
    target: DBCluster
    status: str
    data_loss_allowed: bool
    due: float


def install() -> None:
    """Add both operations, and finish due transitions in time and whenever one is looked at."""
    setattr(RDSResponse, "failover_global_cluster", _failover)
    setattr(RDSResponse, "switchover_global_cluster", _switchover)
    setattr(GlobalCluster, "failover_state", property(_failover_state))
    rds_global_clusters.on_settle(_finish_if_due)
    regions.watch(_region_changed)


def _failover(self: RDSResponse) -> ActionResult:
    data_loss = bool(self.params.get("AllowDataLoss"))
    if data_loss and self.params.get("Switchover"):
        raise InvalidParameterCombination(
            "AllowDataLoss and Switchover cannot be used together: choose one"
        )
    return _begin(self, data_loss=data_loss)


def _switchover(self: RDSResponse) -> ActionResult:
    return _begin(self, data_loss=False)


def _begin(response: RDSResponse, *, data_loss: bool) -> ActionResult:
    global_cluster = rds_global_clusters.find(
        response.current_account, response.params["GlobalClusterIdentifier"]
    )
    identifier = response.params["TargetDbClusterIdentifier"]
    target = rds_global_members.find_member(global_cluster, identifier)
    source = rds_global_members.writer_of(global_cluster)
    if target is None or source is None:
        raise DBClusterNotFoundError(identifier)
    _check(global_cluster, source, target, data_loss=data_loss)
    status = _FAILING_OVER if data_loss else _SWITCHING_OVER
    due = timing.transition_deadline(1.0 if data_loss else _SWITCHOVER_SHARE)
    transition = _Transition(source, target, status, data_loss, due)
    global_cluster.__dict__["lifeboat_transition"] = transition
    global_cluster.status = status
    source.status = target.status = status
    _fence(global_cluster, transition)
    rds_events.tell(rds_events.STARTED, source, target)
    stream = rds_storage.stream_to(global_cluster, target)
    if not data_loss and stream is not None and stream.waiting():
        rds_events.tell(rds_events.WAITING, source, target)
    _look_again(global_cluster, due)
    return ActionResult({"GlobalCluster": global_cluster})


def _check(
    global_cluster: GlobalCluster, source: DBCluster, target: DBCluster, *, data_loss: bool
) -> None:
    name = target.db_cluster_identifier
    if _transition(global_cluster) is not None:
        raise RDSClientError(
            "InvalidGlobalClusterStateFault",
            f"Global cluster {global_cluster.global_cluster_identifier} is "
            f"{global_cluster.status}: wait until it is available",
        )
    if target.is_writer:
        raise InvalidDBClusterStateFault(f"DB cluster {name} is the primary already")
    if not any(instance.status == _AVAILABLE for instance in target.members):
        raise InvalidDBClusterStateFault(f"DB cluster {name} has no DB instance to promote")
    if regions.is_down(target.region):
        raise InvalidDBClusterStateFault(f"DB cluster {name} is not available")
    if rds_rejoin.is_away(global_cluster, target):
        raise InvalidDBClusterStateFault(f"DB cluster {name} is still being synchronized")
    if not data_loss and regions.is_down(source.region):
        raise InvalidDBClusterStateFault(
            f"The primary DB cluster {source.db_cluster_identifier} is not available: a switchover "
            "needs a healthy primary, use AllowDataLoss to fail over"
        )


def _fence(global_cluster: GlobalCluster, transition: _Transition) -> None:
    """Shut the old writer down. A forced failover does not wait for what has not arrived by now."""
    old = rds_storage.storage_of(transition.source)
    if old is not None:
        old.stop()
    stream = rds_storage.stream_to(global_cluster, transition.target)
    if stream is not None and transition.data_loss_allowed:
        stream.hold(rds_storage.FENCED, timing.now())


def _transition(global_cluster: GlobalCluster) -> _Transition | None:
    found: _Transition | None = global_cluster.__dict__.get("lifeboat_transition")
    return found


def _look_again(global_cluster: GlobalCluster, due: float) -> None:
    """Have the end happen in time, though nobody may be looking."""
    wait = (due - timing.now()) * timing.factor()
    name = f"global cluster {global_cluster.global_cluster_identifier}"
    ticker.once(name, max(wait, _LOOK_SECONDS), lambda: _watch(global_cluster))


def _watch(global_cluster: GlobalCluster) -> None:
    transition = _transition(rds_global_clusters.settled(global_cluster))
    if transition is not None:
        _look_again(global_cluster, transition.due)


def _finish_if_due(global_cluster: GlobalCluster) -> None:
    transition = _transition(global_cluster)
    if transition is None or timing.now() < transition.due:
        return
    stream = rds_storage.stream_to(global_cluster, transition.target)
    if stream is not None:
        stream.settle(timing.now())
        if stream.waiting() and not transition.data_loss_allowed:
            return
    _count_losses(global_cluster, transition)
    _turn_round(global_cluster, transition)
    _end(global_cluster, transition)
    for event in (rds_events.OLD_SHUT_DOWN, rds_events.PROMOTED, rds_events.FINISHED):
        rds_events.tell(event, transition.source, transition.target)


def _count_losses(global_cluster: GlobalCluster, transition: _Transition) -> None:
    stream = rds_storage.stream_to(global_cluster, transition.target)
    if stream is None or not transition.data_loss_allowed:
        return
    replication = rds_storage.replication_of(global_cluster)
    span = stream.span()
    replication.lost_commits = stream.drop()
    replication.lost_seconds = span * timing.factor()


def _turn_round(global_cluster: GlobalCluster, transition: _Transition) -> None:
    """The target writes, the others follow it: at once after a switchover, else anew."""
    target = transition.target
    rds_storage.replication_of(global_cluster).moves += 1
    for member in global_cluster.members:
        own = rds_storage.storage_of(member)
        if own is not None:
            own.streams.clear()
    target.is_writer = True
    target.replication_source_identifier = None
    promoted = rds_storage.storage_of(target)
    if promoted is not None:
        promoted.start()
    for member in global_cluster.members:
        if member is target:
            continue
        rds_global_members.follow(member, target)
        if transition.data_loss_allowed:
            rds_rejoin.begin(global_cluster, member)
        else:
            rds_storage.follow(global_cluster, target, member)


def _end(global_cluster: GlobalCluster, transition: _Transition) -> None:
    transition.target.status = _AVAILABLE
    if not rds_rejoin.is_away(global_cluster, transition.source):
        transition.source.status = _AVAILABLE
    global_cluster.status = _AVAILABLE
    del global_cluster.__dict__["lifeboat_transition"]


def _region_changed(region: str, down: bool) -> None:
    """A transition ends without success when it loses the region it needs."""
    if not down:
        return
    for placed in rds_storage.placed():
        global_cluster = rds_global_members.global_cluster_of(placed.cluster)
        transition = None if global_cluster is None else _transition(global_cluster)
        if global_cluster is None or transition is None:
            continue
        needed = {transition.target.region}
        if not transition.data_loss_allowed:
            needed.add(transition.source.region)
        if region in needed:
            _cancel(global_cluster, transition)


def _cancel(global_cluster: GlobalCluster, transition: _Transition) -> None:
    """Roles stay as they were."""
    stream = rds_storage.stream_to(global_cluster, transition.target)
    if stream is not None:
        stream.release(rds_storage.FENCED, timing.now())
    _end(global_cluster, transition)
    old = rds_storage.storage_of(transition.source)
    if old is not None and not regions.is_down(transition.source.region):
        old.start()
    rds_events.tell(rds_events.CANCELLED, transition.source, transition.target)


def _failover_state(global_cluster: GlobalCluster) -> dict[str, Any] | None:
    transition = _transition(global_cluster)
    if transition is None:
        return None
    return {
        "Status": transition.status,
        "FromDbClusterArn": transition.source.db_cluster_arn,
        "ToDbClusterArn": transition.target.db_cluster_arn,
        "IsDataLossAllowed": transition.data_loss_allowed,
    }
