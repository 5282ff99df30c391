"""Who belongs to an Aurora global database, who writes, and what a secondary looks like.

Restores: joining checks what AWS checks; RemoveFromGlobalCluster works in every region; only the
primary cluster has a writer instance; a secondary names the primary as its replication source.
"""

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import (
    InvalidDBClusterStateFault,
    InvalidParameterCombination,
    InvalidParameterValue,
    RDSClientError,
)
from moto.rds.models import DBCluster, GlobalCluster, RDSBackend
from moto.rds.responses import RDSResponse

from lifeboat_emulator.extensions import rds_global_clusters

# Called when a cluster has left; see `rds_storage`.
_leavers: list[Callable[[GlobalCluster, DBCluster], None]] = []


def install() -> None:
    """Replace joining, leaving and describing of members."""
    original_create = RDSBackend.create_db_cluster
    original_describe = RDSBackend.describe_db_clusters
    original_delete = RDSBackend.delete_db_cluster

    def create_db_cluster(self: RDSBackend, kwargs: Any) -> DBCluster:
        identifier = kwargs.get("global_cluster_identifier")
        if not identifier:
            return original_create(self, kwargs)
        global_cluster = rds_global_clusters.find(self.account_id, identifier)
        writer = writer_of(global_cluster)
        if writer is not None:
            _check_secondary(self, kwargs, global_cluster, writer)
        cluster = original_create(self, kwargs)
        _complete_member(cluster, global_cluster, writer)
        return cluster

    def describe_db_clusters(self: RDSBackend, *args: Any, **kwargs: Any) -> list[DBCluster]:
        clusters = original_describe(self, *args, **kwargs)
        for cluster in clusters:
            global_cluster = global_cluster_of(cluster)
            if global_cluster is not None:
                rds_global_clusters.settled(global_cluster)
        return clusters

    def delete_db_cluster(self: RDSBackend, cluster_identifier: str, **kwargs: Any) -> DBCluster:
        cluster = self.clusters.get(cluster_identifier)
        if cluster is not None and global_cluster_of(cluster) is not None:
            raise InvalidDBClusterStateFault(
                "This cluster is a part of a global cluster, please remove it from globalcluster "
                "first"
            )
        return original_delete(self, cluster_identifier, **kwargs)

    setattr(RDSBackend, "create_db_cluster", create_db_cluster)
    setattr(RDSBackend, "describe_db_clusters", describe_db_clusters)
    setattr(RDSBackend, "delete_db_cluster", delete_db_cluster)
    setattr(RDSResponse, "remove_from_global_cluster", _remove)
    setattr(DBCluster, "db_cluster_members", property(_instances))
    setattr(GlobalCluster, "global_cluster_members", property(_members))


def on_leave(leaver: Callable[[GlobalCluster, DBCluster], None]) -> None:
    """Have `leaver` called with a cluster that left its global cluster."""
    if leaver not in _leavers:
        _leavers.append(leaver)


def writer_of(global_cluster: GlobalCluster) -> DBCluster | None:
    """The primary cluster; None while the global cluster is empty."""
    return next((member for member in global_cluster.members if member.is_writer), None)


def global_cluster_of(cluster: DBCluster) -> GlobalCluster | None:
    """The global cluster `cluster` is a member of."""
    identifier = cluster.global_cluster_identifier
    if not identifier:
        return None
    found = rds_global_clusters.home(cluster.account_id).global_clusters.get(identifier)
    return found if found is not None and cluster in found.members else None


def find_member(global_cluster: GlobalCluster, identifier: str) -> DBCluster | None:
    """The member with this ARN or, as AWS also takes it, this name."""
    return next(
        (
            member
            for member in global_cluster.members
            if identifier in (member.db_cluster_arn, member.db_cluster_identifier)
        ),
        None,
    )


def follow(secondary: DBCluster, writer: DBCluster) -> None:
    """Make `secondary` replicate from `writer`."""
    secondary.is_writer = False
    secondary.replication_source_identifier = writer.db_cluster_arn


def _check_secondary(
    backend: RDSBackend, given: Any, global_cluster: GlobalCluster, writer: DBCluster
) -> None:
    if any(member.region == backend.region_name for member in global_cluster.members):
        raise InvalidParameterValue(
            f"Global cluster {global_cluster.global_cluster_identifier} has a cluster in "
            f"{backend.region_name} already: a region holds one member at most"
        )
    if given.get("engine") != writer.engine:
        raise InvalidParameterCombination("The engine must be that of the global cluster")
    for name, words in (
        ("master_username", "user name"),
        ("master_user_password", "password"),
        ("database_name", "database name"),
    ):
        if given.get(name):
            raise InvalidParameterCombination(
                f"Cannot specify {words} for cross region replication cluster"
            )
    if writer.storage_encrypted and not given.get("kms_key_id"):
        raise InvalidParameterCombination(
            "The source cluster is encrypted: KmsKeyId must name a key of this region"
        )


def _complete_member(
    cluster: DBCluster, global_cluster: GlobalCluster, writer: DBCluster | None
) -> None:
    if writer is None:
        # CreateGlobalCluster's database is made in the primary.
        cluster.database_name = cluster.database_name or global_cluster.__dict__["database_name"]
        return
    follow(cluster, writer)
    cluster.master_username = writer.master_username
    cluster.database_name = writer.database_name
    cluster.storage_encrypted = writer.storage_encrypted


def _remove(self: RDSResponse) -> ActionResult:
    identifier = self.params["DbClusterIdentifier"]
    global_cluster = rds_global_clusters.find(
        self.current_account, self.params["GlobalClusterIdentifier"]
    )
    member = find_member(global_cluster, identifier)
    if member is None:
        # Also for a cluster that is gone: the provider knows this answer, and no other.
        raise InvalidParameterValue(
            f"DB cluster {identifier} is not found in global cluster "
            f"{global_cluster.global_cluster_identifier}"
        )
    if global_cluster.status != "available":
        raise RDSClientError(
            "InvalidGlobalClusterStateFault",
            f"Global cluster {global_cluster.global_cluster_identifier} is "
            f"{global_cluster.status}: wait until it is available",
        )
    if member.is_writer and len(global_cluster.members) > 1:
        raise RDSClientError(
            "InvalidGlobalClusterStateFault",
            f"Cannot remove the primary cluster {identifier} while the global cluster has "
            "secondaries: the primary has secondaries, remove those first",
        )
    global_cluster.members.remove(member)
    member.global_cluster_identifier = None
    member.replication_source_identifier = None
    member.is_writer = False
    for leaver in _leavers:
        leaver(global_cluster, member)
    return ActionResult({"GlobalCluster": global_cluster})


def _instances(cluster: DBCluster) -> list[dict[str, Any]]:
    # A secondary cluster has readers only; which of them would write is settled at promotion.
    secondary = global_cluster_of(cluster) is not None and not cluster.is_writer
    return [
        {
            "DBInstanceIdentifier": instance.db_instance_identifier,
            "IsClusterWriter": instance.is_cluster_writer and not secondary,
            "DBClusterParameterGroupStatus": "in-sync",
            "PromotionTier": instance.promotion_tier,
        }
        for instance in cluster.members
    ]


def _members(global_cluster: GlobalCluster) -> list[dict[str, Any]]:
    readers = [member.db_cluster_arn for member in global_cluster.members if not member.is_writer]
    return [
        {
            "DBClusterArn": member.db_cluster_arn,
            "IsWriter": member.is_writer,
            "Readers": readers if member.is_writer else [],
            "SynchronizationStatus": "connected",
            **({} if member.is_writer else {"GlobalWriteForwardingStatus": "disabled"}),
        }
        for member in global_cluster.members
    ]
