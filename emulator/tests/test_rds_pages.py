"""Clusters, instances and global clusters of many environments: filters, and answers in pages."""

from typing import Any

import pytest

from tests.conftest import Client
from tests.errors import error_of
from tests.global_database import add_instances


def named(*identifiers: str) -> list[dict[str, Any]]:
    return [{"Name": "db-cluster-id", "Values": list(identifiers)}]


def make(rds: Any, *identifiers: str) -> None:
    for identifier in identifiers:
        rds.create_db_cluster(
            DBClusterIdentifier=identifier,
            Engine="aurora-mysql",
            MasterUsername="dbadmin",
            MasterUserPassword="correct horse battery",
        )


def test_a_filter_names_many_and_what_is_missing_is_left_out(client: Client) -> None:
    rds = client("rds")
    make(rds, "one", "two", "three")
    for identifier in ("one", "two", "three"):
        add_instances(rds, identifier, 2)
    wanted = named("one", "nobody", "THREE")
    clusters = rds.describe_db_clusters(Filters=wanted)["DBClusters"]
    assert sorted(each["DBClusterIdentifier"] for each in clusters) == ["one", "three"]
    instances = rds.describe_db_instances(Filters=wanted)["DBInstances"]
    members = sorted(each["DBInstanceIdentifier"] for each in instances)
    assert members == ["one-1", "one-2", "three-1", "three-2"]
    assert rds.describe_db_clusters(Filters=named("nobody"))["DBClusters"] == []
    code, _ = error_of(rds.describe_db_clusters, DBClusterIdentifier="nobody")
    assert code == "DBClusterNotFoundFault"


@pytest.mark.parametrize(
    ("operation", "result"),
    [("describe_db_clusters", "DBClusters"), ("describe_global_clusters", "GlobalClusters")],
)
def test_a_list_is_told_in_pages(client: Client, operation: str, result: str) -> None:
    rds = client("rds")
    names = [f"cluster-{number:02}" for number in range(25)]
    if operation == "describe_db_clusters":
        make(rds, *names)
    else:
        for name in names:
            rds.create_global_cluster(GlobalClusterIdentifier=name, Engine="aurora-mysql")
    first = getattr(rds, operation)(MaxRecords=20)
    assert len(first[result]) == 20
    second = getattr(rds, operation)(MaxRecords=20, Marker=first["Marker"])
    assert len(second[result]) == 5
    assert "Marker" not in second
    key = "DBClusterIdentifier" if "db" in operation else "GlobalClusterIdentifier"
    assert sorted(each[key] for each in first[result] + second[result]) == names
