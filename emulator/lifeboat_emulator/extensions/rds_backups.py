"""Aurora's automated backups belong to the cluster, and go with it unless told otherwise.

Moto keeps a deleted cluster's automated snapshots, and makes some for each Aurora instance.
"""

from typing import Any

from moto.rds.models import DBCluster, DBInstanceClustered, RDSBackend


def install() -> None:
    """Wrap DeleteDBCluster, and make instances in a cluster leave backups to it."""
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

    def save_automated_backup(_self: DBInstanceClustered) -> None:
        return

    setattr(RDSBackend, "delete_db_cluster", delete_db_cluster)
    setattr(DBInstanceClustered, "save_automated_backup", save_automated_backup)
