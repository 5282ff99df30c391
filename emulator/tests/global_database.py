"""A two-region Aurora MySQL global database, as several tests need it."""

from dataclasses import dataclass
from typing import Any

from tests.conftest import Client

GLOBAL_ID = "global-abc123"
PRIMARY_REGION = "us-east-1"
SECONDARY_REGION = "us-west-2"
PASSWORD = "correct-horse-battery"
VERSION = "8.0.mysql_aurora.3.08.2"


@dataclass(frozen=True)
class GlobalDatabase:
    primary_arn: str
    secondary_arn: str
    primary: Any
    secondary: Any

    def describe(self, region: str = SECONDARY_REGION) -> Any:
        rds = self.secondary if region == SECONDARY_REGION else self.primary
        return rds.describe_global_clusters(GlobalClusterIdentifier=GLOBAL_ID)["GlobalClusters"][0]


def make(
    client: Client,
    *,
    instances: bool = True,
    password: str = PASSWORD,
    http_endpoint: bool = False,
) -> GlobalDatabase:
    east, west = client("rds", PRIMARY_REGION), client("rds", SECONDARY_REGION)
    east.create_global_cluster(
        GlobalClusterIdentifier=GLOBAL_ID,
        Engine="aurora-mysql",
        EngineVersion=VERSION,
        StorageEncrypted=True,
    )
    keys = {
        region: client("kms", region).create_key()["KeyMetadata"]["Arn"]
        for region in (PRIMARY_REGION, SECONDARY_REGION)
    }
    primary = east.create_db_cluster(
        DBClusterIdentifier="primary-abc123",
        GlobalClusterIdentifier=GLOBAL_ID,
        Engine="aurora-mysql",
        EngineVersion=VERSION,
        MasterUsername="dbadmin",
        MasterUserPassword=password,
        DatabaseName="transactions",
        StorageEncrypted=True,
        KmsKeyId=keys[PRIMARY_REGION],
        EnableHttpEndpoint=http_endpoint,
    )["DBCluster"]
    if instances:
        add_instances(east, "primary-abc123", 2)
    secondary = west.create_db_cluster(
        DBClusterIdentifier="secondary-abc123",
        GlobalClusterIdentifier=GLOBAL_ID,
        Engine="aurora-mysql",
        EngineVersion=VERSION,
        StorageEncrypted=True,
        KmsKeyId=keys[SECONDARY_REGION],
        EnableHttpEndpoint=http_endpoint,
    )["DBCluster"]
    if instances:
        add_instances(west, "secondary-abc123", 2)
    return GlobalDatabase(primary["DBClusterArn"], secondary["DBClusterArn"], east, west)


def add_instances(rds: Any, cluster: str, count: int) -> None:
    for number in range(1, count + 1):
        rds.create_db_instance(
            DBInstanceIdentifier=f"{cluster}-{number}",
            DBClusterIdentifier=cluster,
            DBInstanceClass="db.serverless",
            Engine="aurora-mysql",
        )


def destroy(database: GlobalDatabase) -> None:
    for rds, cluster, arn in (
        (database.secondary, "secondary-abc123", database.secondary_arn),
        (database.primary, "primary-abc123", database.primary_arn),
    ):
        for number in (1, 2):
            rds.delete_db_instance(DBInstanceIdentifier=f"{cluster}-{number}")
        rds.remove_from_global_cluster(GlobalClusterIdentifier=GLOBAL_ID, DbClusterIdentifier=arn)
        rds.delete_db_cluster(DBClusterIdentifier=cluster, SkipFinalSnapshot=True)
    database.primary.delete_global_cluster(GlobalClusterIdentifier=GLOBAL_ID)
