"""Every Aurora cluster has storage, and a database that runs on it while the cluster writes.

Moto's clusters hold no data. This ties `lifeboat_emulator.data` to them: a cluster that is made
gets its storage, one that joins a global database gets a copy of the writer's and follows it, and
what is deleted takes its data along. Who writes when is `rds_global_failover`'s subject.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from moto.rds.models import DBCluster, GlobalCluster, RDSBackend

from lifeboat_emulator import regions, timing
from lifeboat_emulator.data import errors, storage
from lifeboat_emulator.data.replication import Stream
from lifeboat_emulator.data.storage import Storage
from lifeboat_emulator.extensions import rds_global_members

DEFAULT_LAG_SECONDS = 0.2
_ENGINES = {"aurora-mysql": errors.MYSQL, "aurora-postgresql": errors.POSTGRES}
# Why a stream stands still.
STOPPED, REGION_DOWN, FENCED = "stopped", "region down", "fenced"


@dataclass
class Replication:
    """How a global database replicates. Kept with it, so that it goes with it."""

    lag_seconds: float = DEFAULT_LAG_SECONDS
    stopped: bool = False
    # What the last forced failover lost: commits, and their span in seconds.
    lost_commits: int | None = None
    lost_seconds: float | None = None
    # How often the writer moved.
    moves: int = 0


@dataclass(frozen=True)
class Placed:
    """A cluster of moto's and its storage."""

    cluster: DBCluster
    storage: Storage


# Replaced, never changed in place: the Data API reads it without the turn.
_placed: tuple[Placed, ...] = ()


def install() -> None:
    """Wrap making and deleting of clusters."""
    original_create = RDSBackend.create_db_cluster
    original_delete = RDSBackend.delete_db_cluster

    def create_db_cluster(self: RDSBackend, kwargs: Any) -> DBCluster:
        password = kwargs.get("master_user_password")
        cluster = original_create(self, kwargs)
        _place(cluster, password)
        return cluster

    def delete_db_cluster(self: RDSBackend, cluster_identifier: str, **kwargs: Any) -> DBCluster:
        cluster = original_delete(self, cluster_identifier, **kwargs)
        _displace(cluster)
        return cluster

    setattr(RDSBackend, "create_db_cluster", create_db_cluster)
    setattr(RDSBackend, "delete_db_cluster", delete_db_cluster)
    rds_global_members.on_leave(_stand_alone)
    regions.watch(_region_changed)


def reset() -> None:
    """Drop every database."""
    global _placed
    dropped, _placed = _placed, ()
    for each in dropped:
        each.storage.stop()
    storage.discard_files()


def placed() -> tuple[Placed, ...]:
    """Every Aurora cluster with its storage."""
    return _placed


def find(arn: str) -> Placed | None:
    """The cluster with this ARN. Safe without the turn."""
    return next((each for each in _placed if each.cluster.db_cluster_arn == arn), None)


def storage_of(cluster: DBCluster) -> Storage | None:
    """The storage of `cluster`; None for an engine that is not Aurora."""
    return next((each.storage for each in _placed if each.cluster is cluster), None)


def replication_of(global_cluster: GlobalCluster) -> Replication:
    """How `global_cluster` replicates."""
    found: Replication = global_cluster.__dict__.setdefault("lifeboat_replication", Replication())
    return found


def stream_to(global_cluster: GlobalCluster, follower: DBCluster) -> Stream | None:
    """The stream from the writer to `follower`; None while there is none."""
    writer = rds_global_members.writer_of(global_cluster)
    source = storage_of(writer) if writer is not None else None
    target = storage_of(follower)
    return source.streams.get(target) if source is not None and target is not None else None


def follow(global_cluster: GlobalCluster, writer: DBCluster, follower: DBCluster) -> None:
    """Copy the writer's data to `follower`, and stream to it what comes."""
    source, target = storage_of(writer), storage_of(follower)
    if source is None or target is None:
        return
    replication = replication_of(global_cluster)
    stream = target.begin_copy(source, timing.seconds(replication.lag_seconds))
    if replication.stopped:
        stream.hold(STOPPED, timing.now())
    if regions.is_down(writer.region) or regions.is_down(follower.region):
        stream.hold(REGION_DOWN, timing.now())


def streams() -> Iterator[tuple[GlobalCluster, DBCluster, DBCluster, Stream]]:
    """Every stream, with its global cluster, writer and follower."""
    for each in _placed:
        global_cluster = rds_global_members.global_cluster_of(each.cluster)
        if global_cluster is None:
            continue
        for follower in global_cluster.members:
            target = storage_of(follower)
            stream = each.storage.streams.get(target) if target is not None else None
            if stream is not None:
                yield global_cluster, each.cluster, follower, stream


def digest(password: str) -> str:
    """How a database keeps a password."""
    return hashlib.sha256(password.encode()).hexdigest()


def _place(cluster: DBCluster, password: str | None) -> None:
    global _placed
    dialect = _ENGINES.get(cluster.engine)
    if dialect is None:
        return
    default = "postgres" if dialect == errors.POSTGRES else ""
    own = Storage(dialect, cluster.database_name or default, timing.now)
    _placed = (*_placed, Placed(cluster, own))
    global_cluster = rds_global_members.global_cluster_of(cluster)
    if global_cluster is not None and not cluster.is_writer:
        writer = rds_global_members.writer_of(global_cluster)
        if writer is not None:
            follow(global_cluster, writer, cluster)
        return
    database = own.start()
    if password and cluster.master_username:
        database.set_password(cluster.master_username, digest(password))


def _displace(cluster: DBCluster) -> None:
    global _placed
    own = storage_of(cluster)
    if own is None:
        return
    own.stop()
    _placed = tuple(each for each in _placed if each.storage is not own)
    for each in _placed:
        each.storage.streams.pop(own, None)


def _stand_alone(global_cluster: GlobalCluster, member: DBCluster) -> None:
    """A member leaves: a secondary writes from now on, with what had arrived."""
    own = storage_of(member)
    if own is None:
        return
    for each in _placed:
        stream = each.storage.streams.pop(own, None)
        if stream is not None:
            stream.settle(timing.now())
    own.streams.clear()
    if not regions.is_down(member.region):
        own.start()


def _region_changed(region: str, down: bool) -> None:
    now = timing.now()
    for _, writer, follower, stream in streams():
        if region not in (writer.region, follower.region):
            continue
        if down:
            stream.hold(REGION_DOWN, now)
        elif not any(regions.is_down(each.region) for each in (writer, follower)):
            stream.release(REGION_DOWN, now)
    for each in _placed:
        if each.cluster.region != region:
            continue
        if down:
            # As when the power fails: what was not committed is gone.
            each.storage.stop()
        elif _writes(each.cluster):
            each.storage.start()


def _writes(cluster: DBCluster) -> bool:
    """Whether the cluster's database runs: it stands alone, or writes and is not on the move."""
    global_cluster = rds_global_members.global_cluster_of(cluster)
    if global_cluster is None:
        return True
    return bool(cluster.is_writer) and "lifeboat_transition" not in global_cluster.__dict__
