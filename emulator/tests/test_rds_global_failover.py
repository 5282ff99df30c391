"""Failover and switchover of an Aurora global database: asynchronous, roles turned round."""

import time
from typing import Any

import pytest

from tests.conftest import Client
from tests.errors import error_of
from tests.global_database import GLOBAL_ID, GlobalDatabase, make


def wait_until_available(database: GlobalDatabase) -> Any:
    for _ in range(100):
        described = database.describe()
        if described["Status"] == "available":
            return described
        time.sleep(0.02)
    pytest.fail("the transition did not end")


def writer_of(described: Any) -> str:
    (writer,) = [each for each in described["GlobalClusterMembers"] if each["IsWriter"]]
    return str(writer["DBClusterArn"])


@pytest.mark.parametrize(
    ("operation", "arguments", "status"),
    [
        ("switchover_global_cluster", {}, "switching-over"),
        ("failover_global_cluster", {}, "switching-over"),
        ("failover_global_cluster", {"Switchover": True}, "switching-over"),
        ("failover_global_cluster", {"AllowDataLoss": True}, "failing-over"),
    ],
)
def test_roles_change_when_the_transition_is_over(
    client: Client, operation: str, arguments: dict[str, bool], status: str
) -> None:
    database = make(client)
    started = getattr(database.secondary, operation)(
        GlobalClusterIdentifier=GLOBAL_ID,
        TargetDbClusterIdentifier=database.secondary_arn,
        **arguments,
    )["GlobalCluster"]
    assert started["Status"] == status
    assert started["FailoverState"] == {
        "Status": status,
        "FromDbClusterArn": database.primary_arn,
        "ToDbClusterArn": database.secondary_arn,
        "IsDataLossAllowed": "AllowDataLoss" in arguments,
    }
    assert writer_of(started) == database.primary_arn

    ended = wait_until_available(database)
    assert "FailoverState" not in ended
    assert writer_of(ended) == database.secondary_arn
    old, new = (
        rds.describe_db_clusters()["DBClusters"][0]
        for rds in (database.primary, database.secondary)
    )
    assert old["ReplicationSourceIdentifier"] == database.secondary_arn
    assert "ReplicationSourceIdentifier" not in new
    assert not any(each["IsClusterWriter"] for each in old["DBClusterMembers"])
    assert any(each["IsClusterWriter"] for each in new["DBClusterMembers"])


def test_describing_a_cluster_alone_also_shows_the_end(client: Client) -> None:
    database = make(client)
    database.secondary.switchover_global_cluster(
        GlobalClusterIdentifier=GLOBAL_ID, TargetDbClusterIdentifier=database.secondary_arn
    )
    assert database.secondary.describe_db_clusters()["DBClusters"][0]["Status"] == "switching-over"
    time.sleep(0.3)
    described = database.secondary.describe_db_clusters()["DBClusters"][0]
    assert described["Status"] == "available"
    assert "ReplicationSourceIdentifier" not in described


def test_there_and_back_again(client: Client) -> None:
    database = make(client)
    for target in (database.secondary_arn, database.primary_arn):
        database.secondary.switchover_global_cluster(
            GlobalClusterIdentifier=GLOBAL_ID, TargetDbClusterIdentifier=target
        )
        assert writer_of(wait_until_available(database)) == target


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"AllowDataLoss": True, "Switchover": True}, "InvalidParameterCombination"),
        ({"GlobalClusterIdentifier": "nobody"}, "GlobalClusterNotFoundFault"),
        (
            {"TargetDbClusterIdentifier": "arn:aws:rds:eu-west-1:123456789012:cluster:nobody"},
            "DBClusterNotFoundFault",
        ),
    ],
)
def test_bad_requests_change_nothing(client: Client, arguments: dict[str, Any], code: str) -> None:
    database = make(client)
    given = {
        "GlobalClusterIdentifier": GLOBAL_ID,
        "TargetDbClusterIdentifier": database.secondary_arn,
    }
    assert error_of(database.secondary.failover_global_cluster, **(given | arguments))[0] == code
    assert database.describe()["Status"] == "available"


def test_the_primary_is_no_target(client: Client) -> None:
    database = make(client)
    code, _ = error_of(
        database.secondary.switchover_global_cluster,
        GlobalClusterIdentifier=GLOBAL_ID,
        TargetDbClusterIdentifier=database.primary_arn,
    )
    assert code == "InvalidDBClusterStateFault"


def test_a_secondary_without_an_instance_cannot_be_promoted(client: Client) -> None:
    database = make(client, instances=False)
    code, _ = error_of(
        database.secondary.failover_global_cluster,
        GlobalClusterIdentifier=GLOBAL_ID,
        TargetDbClusterIdentifier=database.secondary_arn,
        AllowDataLoss=True,
    )
    assert code == "InvalidDBClusterStateFault"


def test_a_second_failover_is_refused_while_one_runs(client: Client) -> None:
    database = make(client)
    arguments = {
        "GlobalClusterIdentifier": GLOBAL_ID,
        "TargetDbClusterIdentifier": database.secondary_arn,
    }
    database.secondary.switchover_global_cluster(**arguments)
    code, _ = error_of(database.secondary.failover_global_cluster, **arguments)
    assert code == "InvalidGlobalClusterStateFault"
