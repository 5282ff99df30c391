"""FailoverGlobalCluster and SwitchoverGlobalCluster, which moto lacks.

Both are asynchronous as on AWS: the call answers with the state that starts, the roles change
when the transition is over. ARNs and the topology stay; what changes is who writes.
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

from lifeboat_emulator import timing
from lifeboat_emulator.extensions import rds_global_clusters, rds_global_members

_AVAILABLE = "available"


@dataclass(frozen=True)
class _Transition:
    """A change of roles under way; `due` is on `timing.now`'s clock."""

    source: DBCluster
    target: DBCluster
    status: str
    data_loss_allowed: bool
    due: float


def install() -> None:
    """Add both operations, and finish due transitions whenever a global cluster is looked at."""
    setattr(RDSResponse, "failover_global_cluster", _failover)
    setattr(RDSResponse, "switchover_global_cluster", _switchover)
    setattr(GlobalCluster, "failover_state", property(_failover_state))
    rds_global_clusters.on_settle(_finish_if_due)


def _failover(self: RDSResponse) -> ActionResult:
    data_loss = bool(self.params.get("AllowDataLoss"))
    if data_loss and self.params.get("Switchover"):
        raise InvalidParameterCombination(
            "AllowDataLoss and Switchover cannot be used together: choose one"
        )
    return _begin(self, "failing-over" if data_loss else "switching-over", data_loss)


def _switchover(self: RDSResponse) -> ActionResult:
    return _begin(self, "switching-over", data_loss=False)


def _begin(response: RDSResponse, status: str, data_loss: bool) -> ActionResult:
    global_cluster = rds_global_clusters.find(
        response.current_account, response.params["GlobalClusterIdentifier"]
    )
    identifier = response.params["TargetDbClusterIdentifier"]
    target = rds_global_members.find_member(global_cluster, identifier)
    source = rds_global_members.writer_of(global_cluster)
    if target is None or source is None:
        raise DBClusterNotFoundError(identifier)
    _check(global_cluster, target)
    transition = _Transition(source, target, status, data_loss, timing.transition_deadline())
    global_cluster.__dict__["lifeboat_transition"] = transition
    global_cluster.status = status
    source.status = target.status = status
    return ActionResult({"GlobalCluster": global_cluster})


def _check(global_cluster: GlobalCluster, target: DBCluster) -> None:
    if _transition(global_cluster) is not None:
        raise RDSClientError(
            "InvalidGlobalClusterStateFault",
            f"Global cluster {global_cluster.global_cluster_identifier} is "
            f"{global_cluster.status}: wait until it is available",
        )
    if target.is_writer:
        raise InvalidDBClusterStateFault(
            f"DB cluster {target.db_cluster_identifier} is the primary already"
        )
    if not target.members:
        raise InvalidDBClusterStateFault(
            f"DB cluster {target.db_cluster_identifier} has no DB instance to promote"
        )


def _transition(global_cluster: GlobalCluster) -> _Transition | None:
    found: _Transition | None = global_cluster.__dict__.get("lifeboat_transition")
    return found


def _finish_if_due(global_cluster: GlobalCluster) -> None:
    transition = _transition(global_cluster)
    if transition is None or timing.now() < transition.due:
        return
    transition.target.is_writer = True
    transition.target.replication_source_identifier = None
    for member in global_cluster.members:
        if member is not transition.target:
            rds_global_members.follow(member, transition.target)
    transition.source.status = transition.target.status = _AVAILABLE
    global_cluster.status = _AVAILABLE
    del global_cluster.__dict__["lifeboat_transition"]


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
