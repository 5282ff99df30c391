"""The database whose password is rotated: a port, and its adapter over RDS and the Data API of the primary region."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import ClientError

from lifeboat_dr.aws import error_code
from lifeboat_dr.database import Database
from lifeboat_dr.topology import Topology, region_of

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient
    from mypy_boto3_rds_data import RDSDataServiceClient

_REFUSALS = ("access denied for user", "password authentication failed")


class LoginRefused(RuntimeError):
    """The database answered, and does not take what the secret says."""


class Credentials(Protocol):
    """The administrator's password in this region's cluster."""

    @property
    def region(self) -> str:
        """The cluster's region."""
        ...

    def topology(self) -> Topology:
        """Who writes."""
        ...

    def set(self, password: str) -> None:
        """Ask for a new password; answers once that was accepted."""
        ...

    def settled(self) -> bool:
        """Whether the cluster is available, and no password waits to be applied."""
        ...

    def log_in(self, secret_arn: str) -> None:
        """Log in with the secret's current version; raises LoginRefused."""
        ...


@dataclass(frozen=True)
class AuroraCredentials:
    """One Aurora cluster. The Data API knows no versions of a secret: it always logs in with the current one."""

    rds: "RDSClient"
    data: "RDSDataServiceClient"
    database: Database
    cluster: str
    cluster_arn: str
    database_name: str

    @property
    def region(self) -> str:
        """The cluster's region."""
        return region_of(self.cluster_arn)

    def topology(self) -> Topology:
        """Who writes."""
        return self.database.topology()

    def set(self, password: str) -> None:
        """Ask for a new password; answers once that was accepted."""
        self.rds.modify_db_cluster(DBClusterIdentifier=self.cluster, MasterUserPassword=password, ApplyImmediately=True)

    def settled(self) -> bool:
        """Whether the cluster is available, and no password waits to be applied."""
        cluster = self.rds.describe_db_clusters(DBClusterIdentifier=self.cluster)["DBClusters"][0]
        pending = cluster.get("PendingModifiedValues") or {}
        return cluster.get("Status") == "available" and not pending.get("MasterUserPassword")

    def log_in(self, secret_arn: str) -> None:
        """Log in with the secret's current version; raises LoginRefused."""
        try:
            self.data.execute_statement(resourceArn=self.cluster_arn, secretArn=secret_arn, database=self.database_name, sql="select 1")
        except ClientError as error:
            if any(words in str(error).lower() for words in _REFUSALS):
                raise LoginRefused(f"{self.cluster} refuses the secret: {error_code(error)}") from error
            raise
