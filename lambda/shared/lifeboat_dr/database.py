"""The port to Aurora's control plane, and its adapter over RDS of one region."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lifeboat_dr.topology import (
    ClusterHealth,
    Topology,
    TopologyError,
    parse_cluster,
    parse_topology,
)

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient


class Database(Protocol):
    """What the functions ask of Aurora."""

    def topology(self) -> Topology:
        """Members of the global database, as this region's endpoint knows them."""
        ...

    def cluster(self, identifier: str) -> ClusterHealth:
        """Health of a cluster of this region."""
        ...

    def fail_over(self, target_arn: str) -> None:
        """Ask for a forced failover to the target; answers once it was accepted, may lose data."""
        ...

    def switch_over(self, target_arn: str) -> None:
        """Ask for a lossless switchover to the target; answers once it was accepted."""
        ...


@dataclass(frozen=True)
class RdsDatabase:
    """RDS of one region. During a failover that is the region to be promoted, never the failed one."""

    client: "RDSClient"
    global_cluster: str

    def topology(self) -> Topology:
        """Members of the global database, as this region's endpoint knows them."""
        answer = self.client.describe_global_clusters(GlobalClusterIdentifier=self.global_cluster)
        # RDS filters by identifier itself; a stand-in that does not must not mislead us.
        found = [cluster for cluster in answer["GlobalClusters"] if cluster.get("GlobalClusterIdentifier") == self.global_cluster]
        if not found:
            raise TopologyError(f"global cluster {self.global_cluster} does not exist")
        return parse_topology(found[0])

    def cluster(self, identifier: str) -> ClusterHealth:
        """Health of a cluster of this region."""
        answer = self.client.describe_db_clusters(DBClusterIdentifier=identifier)
        instances = self.client.describe_db_instances(Filters=[{"Name": "db-cluster-id", "Values": [identifier]}])
        statuses = [instance.get("DBInstanceStatus", "unknown") for instance in instances["DBInstances"]]
        return parse_cluster(answer["DBClusters"][0], statuses)

    def fail_over(self, target_arn: str) -> None:
        """Ask for a forced failover; `AllowDataLoss` and `Switchover` exclude each other."""
        self.client.failover_global_cluster(
            GlobalClusterIdentifier=self.global_cluster,
            TargetDbClusterIdentifier=target_arn,
            AllowDataLoss=True,
        )

    def switch_over(self, target_arn: str) -> None:
        """Ask for a lossless switchover."""
        self.client.switchover_global_cluster(GlobalClusterIdentifier=self.global_cluster, TargetDbClusterIdentifier=target_arn)
