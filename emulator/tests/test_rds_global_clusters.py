"""Aurora global clusters: looked up by id, 404 for an unknown one, every attribute read back."""

import pytest

from tests.conftest import Client
from tests.errors import error_of
from tests.global_database import GLOBAL_ID, VERSION, make


def test_describe_returns_only_the_cluster_asked_for(client: Client) -> None:
    rds = client("rds")
    for name in ("one", "two"):
        rds.create_global_cluster(GlobalClusterIdentifier=name, Engine="aurora-mysql")
    found = rds.describe_global_clusters(GlobalClusterIdentifier="two")["GlobalClusters"]
    assert [each["GlobalClusterIdentifier"] for each in found] == ["two"]
    assert len(rds.describe_global_clusters()["GlobalClusters"]) == 2


@pytest.mark.parametrize("operation", ["describe_global_clusters", "delete_global_cluster"])
def test_an_unknown_cluster_is_a_not_found_fault(client: Client, operation: str) -> None:
    code, _ = error_of(getattr(client("rds"), operation), GlobalClusterIdentifier="nobody")
    assert code == "GlobalClusterNotFoundFault"


def test_filter_by_member_finds_the_global_cluster_of_a_secondary(client: Client) -> None:
    database = make(client)
    database.primary.create_global_cluster(GlobalClusterIdentifier="other", Engine="aurora-mysql")
    found = database.primary.describe_global_clusters(
        Filters=[{"Name": "db-cluster-id", "Values": [database.secondary_arn]}]
    )["GlobalClusters"]
    assert [each["GlobalClusterIdentifier"] for each in found] == [GLOBAL_ID]


def test_attributes_are_read_back(client: Client) -> None:
    rds = client("rds")
    created = rds.create_global_cluster(
        GlobalClusterIdentifier=GLOBAL_ID,
        Engine="aurora-mysql",
        EngineVersion=VERSION,
        DatabaseName="transactions",
        StorageEncrypted=True,
    )["GlobalCluster"]
    described = rds.describe_global_clusters(GlobalClusterIdentifier=GLOBAL_ID)["GlobalClusters"][0]
    for cluster in (created, described):
        assert cluster["DatabaseName"] == "transactions"
        assert cluster["EngineVersion"] == VERSION
        assert cluster["StorageEncrypted"] is True
        assert cluster["DeletionProtection"] is False
        assert cluster["Status"] == "available"
        assert cluster["GlobalClusterArn"].endswith(f"::123456789012:global-cluster:{GLOBAL_ID}")


def test_the_identifier_is_unique_over_regions(client: Client) -> None:
    client("rds", "us-east-1").create_global_cluster(
        GlobalClusterIdentifier=GLOBAL_ID, Engine="aurora-mysql"
    )
    code, _ = error_of(
        client("rds", "us-west-2").create_global_cluster,
        GlobalClusterIdentifier=GLOBAL_ID,
        Engine="aurora-mysql",
    )
    assert code == "GlobalClusterAlreadyExistsFault"


def test_tags_are_read_back_and_can_be_changed(client: Client) -> None:
    rds = client("rds", "us-west-2")
    arn = rds.create_global_cluster(
        GlobalClusterIdentifier=GLOBAL_ID,
        Engine="aurora-mysql",
        Tags=[{"Key": "Environment", "Value": "test"}],
    )["GlobalCluster"]["GlobalClusterArn"]
    described = rds.describe_global_clusters(GlobalClusterIdentifier=GLOBAL_ID)["GlobalClusters"][0]
    assert described["TagList"] == [{"Key": "Environment", "Value": "test"}]

    rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "CostCenter", "Value": "42"}])
    rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["Environment"])
    listed = rds.list_tags_for_resource(ResourceName=arn)["TagList"]
    assert listed == [{"Key": "CostCenter", "Value": "42"}]


def test_modify_renames_protects_and_upgrades_members_too(client: Client) -> None:
    database = make(client)
    rds = database.primary
    rds.modify_global_cluster(
        GlobalClusterIdentifier=GLOBAL_ID,
        NewGlobalClusterIdentifier="renamed",
        DeletionProtection=True,
        EngineVersion="8.0.mysql_aurora.3.09.0",
    )
    described = rds.describe_global_clusters(GlobalClusterIdentifier="renamed")["GlobalClusters"][0]
    assert described["DeletionProtection"] is True
    assert described["EngineVersion"] == "8.0.mysql_aurora.3.09.0"
    assert len(described["GlobalClusterMembers"]) == 2
    member = database.secondary.describe_db_clusters()["DBClusters"][0]
    assert member["EngineVersion"] == "8.0.mysql_aurora.3.09.0"
    code, _ = error_of(rds.delete_global_cluster, GlobalClusterIdentifier="renamed")
    assert code == "InvalidParameterCombination"


def test_a_major_upgrade_needs_to_be_allowed(client: Client) -> None:
    rds = client("rds")
    rds.create_global_cluster(
        GlobalClusterIdentifier=GLOBAL_ID, Engine="aurora-mysql", EngineVersion="5.7"
    )
    code, _ = error_of(
        rds.modify_global_cluster, GlobalClusterIdentifier=GLOBAL_ID, EngineVersion=VERSION
    )
    assert code == "InvalidParameterCombination"
    rds.modify_global_cluster(
        GlobalClusterIdentifier=GLOBAL_ID, EngineVersion=VERSION, AllowMajorVersionUpgrade=True
    )


def test_a_global_cluster_with_members_cannot_be_deleted(client: Client) -> None:
    database = make(client)
    code, _ = error_of(database.primary.delete_global_cluster, GlobalClusterIdentifier=GLOBAL_ID)
    assert code == "InvalidGlobalClusterStateFault"


def test_made_from_a_cluster_it_inherits_from_it(client: Client) -> None:
    rds = client("rds")
    source = rds.create_db_cluster(
        DBClusterIdentifier="alone",
        Engine="aurora-mysql",
        EngineVersion=VERSION,
        MasterUsername="dbadmin",
        MasterUserPassword="correct horse battery",
        DatabaseName="transactions",
    )["DBCluster"]
    made = rds.create_global_cluster(
        GlobalClusterIdentifier=GLOBAL_ID, SourceDBClusterIdentifier=source["DBClusterArn"]
    )["GlobalCluster"]
    assert made["EngineVersion"] == VERSION
    assert made["DatabaseName"] == "transactions"
    assert [(each["DBClusterArn"], each["IsWriter"]) for each in made["GlobalClusterMembers"]] == [
        (source["DBClusterArn"], True)
    ]
