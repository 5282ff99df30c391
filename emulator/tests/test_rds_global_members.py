"""Members of an Aurora global database: one writer cluster, readers, leaving in any region."""

from typing import Any

import pytest

from tests.conftest import Client
from tests.control_client import Control
from tests.errors import error_of
from tests.global_database import GLOBAL_ID, SECONDARY_REGION, destroy, make


def test_writer_flags_and_readers(client: Client) -> None:
    database = make(client)
    members = {each["DBClusterArn"]: each for each in database.describe()["GlobalClusterMembers"]}
    primary, secondary = members[database.primary_arn], members[database.secondary_arn]
    assert (primary["IsWriter"], secondary["IsWriter"]) == (True, False)
    assert primary["Readers"] == [database.secondary_arn]
    assert secondary["Readers"] == []
    assert secondary["SynchronizationStatus"] == "connected"


def test_only_the_primary_cluster_has_a_writer_instance(client: Client) -> None:
    database = make(client)

    def writers(rds: Any) -> list[bool]:
        instances = rds.describe_db_clusters()["DBClusters"][0]["DBClusterMembers"]
        return [each["IsClusterWriter"] for each in instances]

    assert sorted(writers(database.primary)) == [False, True]
    assert writers(database.secondary) == [False, False]


def test_a_secondary_replicates_from_the_primary_and_inherits_its_user(client: Client) -> None:
    database = make(client)
    secondary = database.secondary.describe_db_clusters()["DBClusters"][0]
    assert secondary["ReplicationSourceIdentifier"] == database.primary_arn
    assert secondary["MasterUsername"] == "dbadmin"
    assert secondary["DatabaseName"] == "transactions"
    assert secondary["StorageEncrypted"] is True


@pytest.mark.parametrize(
    "given",
    [
        {"MasterUsername": "dbadmin", "MasterUserPassword": "correct horse battery"},
        {"DatabaseName": "transactions"},
        {"KmsKeyId": ""},
        {"Engine": "aurora-postgresql"},
    ],
)
def test_a_secondary_is_refused_what_only_a_primary_has(
    client: Client, given: dict[str, str]
) -> None:
    database = make(client)
    arguments = {
        "DBClusterIdentifier": "third",
        "GlobalClusterIdentifier": GLOBAL_ID,
        "Engine": "aurora-mysql",
        "StorageEncrypted": True,
        "KmsKeyId": client("kms", "eu-west-1").create_key()["KeyMetadata"]["Arn"],
    }
    code, _ = error_of(client("rds", "eu-west-1").create_db_cluster, **(arguments | given))
    assert code == "InvalidParameterCombination"
    assert len(database.describe()["GlobalClusterMembers"]) == 2


def test_a_region_holds_one_member(client: Client) -> None:
    make(client)
    code, message = error_of(
        client("rds", SECONDARY_REGION).create_db_cluster,
        DBClusterIdentifier="third",
        GlobalClusterIdentifier=GLOBAL_ID,
        Engine="aurora-mysql",
    )
    assert code == "InvalidParameterValue"
    assert SECONDARY_REGION in message


def test_joining_an_unknown_global_cluster_is_refused(client: Client) -> None:
    code, _ = error_of(
        client("rds").create_db_cluster,
        DBClusterIdentifier="lost",
        GlobalClusterIdentifier="nobody",
        Engine="aurora-mysql",
    )
    assert code == "GlobalClusterNotFoundFault"


def test_a_secondary_leaves_in_its_own_region_and_stands_alone(client: Client) -> None:
    database = make(client)
    database.secondary.remove_from_global_cluster(
        GlobalClusterIdentifier=GLOBAL_ID, DbClusterIdentifier=database.secondary_arn
    )
    assert len(database.describe()["GlobalClusterMembers"]) == 1
    alone = database.secondary.describe_db_clusters()["DBClusters"][0]
    assert "ReplicationSourceIdentifier" not in alone
    assert any(each["IsClusterWriter"] for each in alone["DBClusterMembers"])


def test_the_writer_stays_while_there_are_secondaries(client: Client) -> None:
    database = make(client)
    code, message = error_of(
        database.primary.remove_from_global_cluster,
        GlobalClusterIdentifier=GLOBAL_ID,
        DbClusterIdentifier=database.primary_arn,
    )
    assert code == "InvalidGlobalClusterStateFault"
    assert "primary has secondaries" in message


def test_leaving_twice_is_told_in_the_words_the_provider_looks_for(client: Client) -> None:
    database = make(client)
    arguments = {
        "GlobalClusterIdentifier": GLOBAL_ID,
        "DbClusterIdentifier": database.secondary_arn,
    }
    database.secondary.remove_from_global_cluster(**arguments)
    code, message = error_of(database.secondary.remove_from_global_cluster, **arguments)
    assert code == "InvalidParameterValue"
    assert "is not found in global cluster" in message


def test_a_member_cannot_be_deleted(client: Client) -> None:
    database = make(client, instances=False)
    code, message = error_of(
        database.secondary.delete_db_cluster,
        DBClusterIdentifier="secondary-abc123",
        SkipFinalSnapshot=True,
    )
    assert code == "InvalidDBClusterStateFault"
    assert "part of a global cluster" in message


def test_destroyed_secondary_first_nothing_is_left(client: Client, control: Control) -> None:
    destroy(make(client))
    assert [each for each in control.leftovers() if each["service"] == "rds"] == []
