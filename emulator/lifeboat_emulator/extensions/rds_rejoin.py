"""After a forced failover the others come back as followers of the new writer, with its data.

Aurora rebuilds the old primary's storage from the new one's as soon as its region answers; until
then the member is `pending-resync` and its cluster not available. Nothing it alone had survives.
"""

from typing import Any

from moto.rds.models import DBCluster, GlobalCluster

from lifeboat_emulator import regions, ticker, timing
from lifeboat_emulator.extensions import (
    rds_global_clusters,
    rds_global_members,
    rds_storage,
)

_REBUILDING = "failing-over"
_AVAILABLE = "available"
# Share of a failover's time that rebuilding a member takes.
_SHARE = 0.5
_KEY = "lifeboat_rejoining"


def install() -> None:
    """Let members come back when it is time, and show which have not yet."""
    original: Any = GlobalCluster.global_cluster_members

    def members(self: GlobalCluster) -> list[dict[str, Any]]:
        away = {each.db_cluster_arn for each in self.members if is_away(self, each)}
        return [
            {**each, "SynchronizationStatus": "pending-resync"}
            if each["DBClusterArn"] in away
            else each
            for each in original.fget(self)
        ]

    setattr(GlobalCluster, "global_cluster_members", property(members))
    rds_global_clusters.on_settle(_settle)
    regions.watch(_region_changed)
    rds_global_members.on_leave(_forget)


def begin(global_cluster: GlobalCluster, member: DBCluster) -> None:
    """`member` has to be rebuilt from the writer."""
    member.status = _REBUILDING
    _away(global_cluster)[member.db_cluster_identifier] = None
    if not regions.is_down(member.region):
        _schedule(global_cluster, member)


def is_away(global_cluster: GlobalCluster, member: DBCluster) -> bool:
    """Whether `member` is still to be rebuilt."""
    return member.db_cluster_identifier in _away(global_cluster)


def _away(global_cluster: GlobalCluster) -> dict[str, float | None]:
    """Members by name, and when each is rebuilt; None while its region is down."""
    found: dict[str, float | None] = global_cluster.__dict__.setdefault(_KEY, {})
    return found


def _schedule(global_cluster: GlobalCluster, member: DBCluster) -> None:
    due = timing.transition_deadline(_SHARE)
    _away(global_cluster)[member.db_cluster_identifier] = due
    # A moment later than due, so that it is.
    wait = (due - timing.now()) * timing.factor() + 0.01
    ticker.once(f"rebuilding {member.db_cluster_arn}", wait, lambda: _settle(global_cluster))


def _settle(global_cluster: GlobalCluster) -> None:
    away = _away(global_cluster)
    writer = rds_global_members.writer_of(global_cluster)
    if not away or writer is None:
        return
    for member in global_cluster.members:
        due = away.get(member.db_cluster_identifier)
        if due is None or timing.now() < due or regions.is_down(writer.region):
            continue
        del away[member.db_cluster_identifier]
        rds_storage.follow(global_cluster, writer, member)
        member.status = _AVAILABLE


def _forget(global_cluster: GlobalCluster, member: DBCluster) -> None:
    if _away(global_cluster).pop(member.db_cluster_identifier, 0.0) is None:
        member.status = _AVAILABLE


def _region_changed(region: str, down: bool) -> None:
    for placed in rds_storage.placed():
        global_cluster = rds_global_members.global_cluster_of(placed.cluster)
        if global_cluster is None or not is_away(global_cluster, placed.cluster):
            continue
        if placed.cluster.region == region:
            if down:
                _away(global_cluster)[placed.cluster.db_cluster_identifier] = None
            else:
                _schedule(global_cluster, placed.cluster)
