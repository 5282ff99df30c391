"""Aurora clusters and instances: what was asked for is read back, defaults are AWS's."""

from typing import Any

import pytest

from tests.conftest import Client
from tests.control_client import Control
from tests.errors import error_of
from tests.global_database import add_instances

CLUSTER = "aurora-abc123"


def create(rds: Any, **given: Any) -> Any:
    arguments = {
        "DBClusterIdentifier": CLUSTER,
        "Engine": "aurora-mysql",
        "MasterUsername": "dbadmin",
        "MasterUserPassword": "correct horse battery",
    }
    return rds.create_db_cluster(**(arguments | given))["DBCluster"]


def read(rds: Any) -> Any:
    return rds.describe_db_clusters(DBClusterIdentifier=CLUSTER)["DBClusters"][0]


def test_no_scaling_configuration_is_invented(client: Client) -> None:
    rds = client("rds")
    create(rds, ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 16})
    cluster = read(rds)
    assert "ScalingConfigurationInfo" not in cluster
    scaling = cluster["ServerlessV2ScalingConfiguration"]
    assert (scaling["MinCapacity"], scaling["MaxCapacity"]) == (0.5, 16.0)


@pytest.mark.parametrize(
    ("engine", "asked", "version", "group"),
    [
        ("aurora-mysql", None, "8.0.mysql_aurora.3.08.2", "default.aurora-mysql8.0"),
        ("aurora-mysql", "8.0", "8.0.mysql_aurora.3.08.2", "default.aurora-mysql8.0"),
        (
            "aurora-mysql",
            "8.0.mysql_aurora.3.09.0",
            "8.0.mysql_aurora.3.09.0",
            "default.aurora-mysql8.0",
        ),
        ("aurora-postgresql", None, "16.6", "default.aurora-postgresql16"),
        ("aurora-postgresql", "15", "15.10", "default.aurora-postgresql15"),
    ],
)
def test_engine_versions_and_their_parameter_group(
    client: Client, engine: str, asked: str | None, version: str, group: str
) -> None:
    rds = client("rds")
    create(rds, Engine=engine, **({"EngineVersion": asked} if asked else {}))
    cluster = read(rds)
    assert cluster["EngineVersion"] == version
    assert cluster["DBClusterParameterGroup"] == group
    assert cluster["EngineLifecycleSupport"] == "open-source-rds-extended-support"


def test_the_data_api_can_be_asked_for_and_switched(client: Client) -> None:
    rds = client("rds")
    arn = create(rds, EnableHttpEndpoint=True)["DBClusterArn"]
    assert read(rds)["HttpEndpointEnabled"] is True
    assert rds.disable_http_endpoint(ResourceArn=arn)["HttpEndpointEnabled"] is False
    assert read(rds)["HttpEndpointEnabled"] is False
    rds.enable_http_endpoint(ResourceArn=arn)
    assert read(rds)["HttpEndpointEnabled"] is True


def test_modify_changes_log_exports_and_settings(client: Client) -> None:
    rds = client("rds")
    create(rds, EnableCloudwatchLogsExports=["audit", "error"])
    rds.modify_db_cluster(
        DBClusterIdentifier=CLUSTER,
        CloudwatchLogsExportConfiguration={
            "EnableLogTypes": ["slowquery"],
            "DisableLogTypes": ["audit"],
        },
        BackupRetentionPeriod=7,
        EnableIAMDatabaseAuthentication=True,
        VpcSecurityGroupIds=["sg-1"],
        ServerlessV2ScalingConfiguration={"MinCapacity": 8, "MaxCapacity": 32},
    )
    cluster = read(rds)
    assert cluster["EnabledCloudwatchLogsExports"] == ["error", "slowquery"]
    assert cluster["BackupRetentionPeriod"] == 7
    assert cluster["IAMDatabaseAuthenticationEnabled"] is True
    assert cluster["VpcSecurityGroups"] == [{"VpcSecurityGroupId": "sg-1", "Status": "active"}]
    assert cluster["ServerlessV2ScalingConfiguration"]["MinCapacity"] == 8.0
    code, _ = error_of(rds.modify_db_cluster, DBClusterIdentifier="nobody")
    assert code == "DBClusterNotFoundFault"


def test_a_new_cluster_becomes_available(client: Client) -> None:
    rds = client("rds")
    assert create(rds)["Status"] == "creating"
    assert read(rds)["Status"] == "available"


def test_instances_have_an_identity_and_keep_performance_insights(client: Client) -> None:
    rds = client("rds")
    create(rds)
    add_instances(rds, CLUSTER, 2)
    rds.create_db_instance(
        DBInstanceIdentifier="watched",
        DBClusterIdentifier=CLUSTER,
        DBInstanceClass="db.serverless",
        Engine="aurora-mysql",
        EnablePerformanceInsights=True,
        PerformanceInsightsKMSKeyId="arn:aws:kms:us-east-1:123456789012:key/1",
        PromotionTier=3,
    )
    instances = rds.describe_db_instances()["DBInstances"]
    assert len({each["DbiResourceId"] for each in instances}) == 3
    plain = instances[0]
    assert plain["CACertificateIdentifier"] == "rds-ca-rsa2048-g1"
    assert plain["PerformanceInsightsEnabled"] is False
    assert plain["PubliclyAccessible"] is False
    watched = rds.describe_db_instances(DBInstanceIdentifier="watched")["DBInstances"][0]
    assert watched["PerformanceInsightsEnabled"] is True
    assert watched["PerformanceInsightsKMSKeyId"].endswith("key/1")
    assert watched["PerformanceInsightsRetentionPeriod"] == 7
    assert watched["PromotionTier"] == 3

    rds.modify_db_instance(
        DBInstanceIdentifier="watched", EnablePerformanceInsights=False, ApplyImmediately=True
    )
    watched = rds.describe_db_instances(DBInstanceIdentifier="watched")["DBInstances"][0]
    assert watched["PerformanceInsightsEnabled"] is False


def test_automated_backups_go_with_the_cluster(client: Client, control: Control) -> None:
    rds = client("rds")
    create(rds)
    add_instances(rds, CLUSTER, 1)
    assert rds.describe_db_snapshots()["DBSnapshots"] == []
    rds.create_db_cluster_snapshot(
        DBClusterIdentifier=CLUSTER, DBClusterSnapshotIdentifier="kept-by-hand"
    )
    rds.delete_db_instance(DBInstanceIdentifier=f"{CLUSTER}-1")
    rds.delete_db_cluster(DBClusterIdentifier=CLUSTER, SkipFinalSnapshot=True)
    snapshots = rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]
    assert [each["DBClusterSnapshotIdentifier"] for each in snapshots] == ["kept-by-hand"]
    left = [each["id"] for each in control.leftovers() if each["service"] == "rds"]
    assert left == ["arn:aws:rds:us-east-1:123456789012:cluster-snapshot:kept-by-hand"]
