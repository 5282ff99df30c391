"""How quickly a global database replicates, for drills: `/_lifeboat/replication/<global cluster>`.

AWS has no such switch; a slow or broken link between regions is what it stands for.
"""

from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.rds.models import GlobalCluster
from werkzeug.exceptions import BadRequest, NotFound

from lifeboat_emulator import control, timing
from lifeboat_emulator.extensions import (
    rds_global_clusters,
    rds_global_members,
    rds_rejoin,
    rds_storage,
)

_LONGEST = 3600.0


def install() -> None:
    """Offer the control endpoints."""
    control.route("GET", "/replication/<identifier>", _get)
    control.route("PUT", "/replication/<identifier>", _put)


def _find(identifier: str) -> GlobalCluster:
    found = rds_global_clusters.home(DEFAULT_ACCOUNT_ID).global_clusters.get(identifier)
    if found is None:
        raise NotFound(f"there is no global cluster {identifier}")
    return rds_global_clusters.settled(found)


def _get(_request: Any, identifier: str) -> dict[str, Any]:
    return _describe(_find(identifier))


def _put(request: Any, identifier: str) -> dict[str, Any]:
    global_cluster = _find(identifier)
    given = control.body(request)
    replication = rds_storage.replication_of(global_cluster)
    lag = given.get("lag_seconds", replication.lag_seconds)
    stopped = given.get("stopped", replication.stopped)
    if isinstance(lag, bool) or not isinstance(lag, int | float) or not 0 <= lag <= _LONGEST:
        raise BadRequest("lag_seconds must be a number from 0 to 3600")
    if not isinstance(stopped, bool):
        raise BadRequest("stopped must be true or false")
    replication.lag_seconds, replication.stopped = float(lag), stopped
    now = timing.now()
    for follower in global_cluster.members:
        stream = rds_storage.stream_to(global_cluster, follower)
        if stream is None:
            continue
        stream.set_lag(timing.seconds(replication.lag_seconds), now)
        if stopped:
            stream.hold(rds_storage.STOPPED, now)
        else:
            stream.release(rds_storage.STOPPED, now)
    return _describe(global_cluster)


def _describe(global_cluster: GlobalCluster) -> dict[str, Any]:
    replication = rds_storage.replication_of(global_cluster)
    writer = rds_global_members.writer_of(global_cluster)
    return {
        "global_cluster": global_cluster.global_cluster_identifier,
        "lag_seconds": replication.lag_seconds,
        "stopped": replication.stopped,
        "writer": writer.db_cluster_arn if writer is not None else None,
        "moves": replication.moves,
        "followers": [
            _follower(global_cluster, member)
            for member in global_cluster.members
            if not member.is_writer
        ],
        "last_forced_failover": {
            "lost_commits": replication.lost_commits,
            "lost_seconds": replication.lost_seconds,
        },
    }


def _follower(global_cluster: GlobalCluster, member: Any) -> dict[str, Any]:
    stream = rds_storage.stream_to(global_cluster, member)
    now = timing.now()
    return {
        "cluster": member.db_cluster_arn,
        "rebuilding": rds_rejoin.is_away(global_cluster, member),
        "behind_seconds": None if stream is None else stream.age(now) * timing.factor(),
        "commits_under_way": None if stream is None else stream.waiting(),
    }
