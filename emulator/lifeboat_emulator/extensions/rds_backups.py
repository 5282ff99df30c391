"""Deleting a cluster deletes its automated snapshots, as AWS does unless told to keep them."""

from typing import Any

from moto.rds.models import DBCluster, RDSBackend


def install() -> None:
    """Wrap DeleteDBCluster."""
    original = RDSBackend.delete_db_cluster

    def delete_db_cluster(self: RDSBackend, cluster_identifier: str, **kwargs: Any) -> DBCluster:
        cluster = original(self, cluster_identifier, **kwargs)
        automated = [
            name
            for name, snapshot in self.cluster_snapshots.items()
            if snapshot.snapshot_type == "automated"
            and snapshot.db_cluster_identifier == cluster.db_cluster_identifier
        ]
        for name in automated:
            del self.cluster_snapshots[name]
        return cluster

    setattr(RDSBackend, "delete_db_cluster", delete_db_cluster)
