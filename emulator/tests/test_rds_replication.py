"""What a failover does to data: forced loses what had not arrived, a switchover loses nothing."""

import time
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from tests.conftest import Client
from tests.control_client import Control
from tests.data_plane import Pair, Sql, pair
from tests.errors import error_of
from tests.global_database import GLOBAL_ID, PRIMARY_REGION, SECONDARY_REGION

WIDE = "create table t (id bigint not null primary key, word varchar(4000))"


@pytest.fixture
def both(client: Client, control: Control) -> Pair:
    both = pair(client, control)
    both.lag(0)
    both.primary.run(WIDE)
    return both


def insert(sql: Sql, *numbers: int) -> None:
    for number in numbers:
        sql.run("insert into t (id, word) values (:id, :word)", id=number, word="w" * 3000)


def ids(sql: Sql) -> list[int]:
    return [row[0] for row in sql.rows("select id from t order by id")]


def eventually(what: Callable[[], bool]) -> None:
    for _ in range(250):
        if what():
            return
        time.sleep(0.02)
    pytest.fail("it did not happen")


def refuses(sql: Sql) -> str:
    with pytest.raises(ClientError) as caught:
        sql.run("select 1")
    return str(caught.value.response["Error"]["Code"])


def test_a_forced_failover_loses_what_had_not_arrived(both: Pair) -> None:
    insert(both.primary, 1, 2, 3)
    both.lag(60)
    insert(both.primary, 4, 5)
    both.region(PRIMARY_REGION, "down")
    both.fail_over()
    assert refuses(both.secondary) == "DatabaseUnavailableException"
    both.until_available()
    assert ids(both.secondary) == [1, 2, 3]
    assert both.replication()["last_forced_failover"]["lost_commits"] == 2
    assert both.replication()["moves"] == 1
    assert both.replication()["last_forced_failover"]["lost_seconds"] > 0
    insert(both.secondary, 6)
    assert ids(both.secondary) == [1, 2, 3, 6]


def test_a_forced_failover_of_a_living_primary_stops_its_writes_at_once(both: Pair) -> None:
    insert(both.primary, 1)
    both.fail_over()
    assert refuses(both.primary) == "DatabaseUnavailableException"
    both.until_available()
    assert ids(both.secondary) == [1]


def test_commits_arrive_after_the_lag(both: Pair) -> None:
    both.lag(0.3)
    insert(both.primary, 1)
    assert both.replication()["followers"][0]["commits_under_way"] == 1
    time.sleep(0.35)
    assert both.replication()["followers"][0]["commits_under_way"] == 0
    both.region(PRIMARY_REGION, "down")
    both.fail_over()
    both.until_available()
    assert ids(both.secondary) == [1]


def test_nothing_travels_from_a_dead_region_and_all_of_it_when_it_is_back(both: Pair) -> None:
    both.lag(0.2)
    insert(both.primary, 1)
    both.region(PRIMARY_REGION, "down")
    time.sleep(0.3)
    assert both.replication()["followers"][0]["commits_under_way"] == 1
    both.region(PRIMARY_REGION, "up")
    assert both.replication()["followers"][0]["commits_under_way"] == 0
    assert ids(both.primary) == [1]


def test_what_was_not_committed_dies_with_its_region(both: Pair) -> None:
    transaction = both.primary.begin()
    both.primary.run("insert into t (id) values (1)", transaction)
    both.region(PRIMARY_REGION, "down")
    with pytest.raises(ClientError) as caught:
        both.primary.run("select 1")
    assert caught.value.response["Error"]["Code"] == "ServiceUnavailable"
    both.region(PRIMARY_REGION, "up")
    assert ids(both.primary) == []
    code, _ = error_of(both.primary.run, sql="select 1", transaction=transaction)
    assert code == "TransactionNotFoundException"


def test_a_switchover_waits_for_everything_there_and_back(both: Pair) -> None:
    both.lag(0.5)
    insert(both.primary, *range(20))
    started = time.monotonic()
    both.switch_over(both.database.secondary_arn)
    assert refuses(both.primary) == "DatabaseUnavailableException"
    both.until_available()
    assert time.monotonic() - started > 0.4
    assert ids(both.secondary) == list(range(20))
    insert(both.secondary, 20)
    assert refuses(both.primary) == "DatabaseUnavailableException"
    both.switch_over(both.database.primary_arn)
    both.until_available()
    assert ids(both.primary) == list(range(21))


def test_a_switchover_does_not_end_while_replication_stands_still(both: Pair) -> None:
    both.lag(0.1, stopped=True)
    insert(both.primary, 1)
    both.switch_over(both.database.secondary_arn)
    time.sleep(0.4)
    assert both.database.describe()["Status"] == "switching-over"
    both.lag(0.1)
    both.until_available()
    assert ids(both.secondary) == [1]


def test_nobody_leaves_while_roles_change(both: Pair) -> None:
    both.lag(0.1, stopped=True)
    insert(both.primary, 1)
    both.switch_over(both.database.secondary_arn)
    code, _ = error_of(
        both.database.secondary.remove_from_global_cluster,
        GlobalClusterIdentifier=GLOBAL_ID,
        DbClusterIdentifier=both.database.secondary_arn,
    )
    assert code == "InvalidGlobalClusterStateFault"


def test_a_switchover_needs_a_healthy_primary(both: Pair) -> None:
    both.region(PRIMARY_REGION, "down")
    code, message = error_of(both.switch_over, target=both.database.secondary_arn)
    assert code == "InvalidDBClusterStateFault"
    assert "AllowDataLoss" in message


@pytest.mark.parametrize("region", [PRIMARY_REGION, SECONDARY_REGION])
def test_a_switchover_that_loses_a_region_is_cancelled(both: Pair, region: str) -> None:
    both.lag(0.1, stopped=True)
    insert(both.primary, 1)
    both.switch_over(both.database.secondary_arn)
    both.region(region, "down")
    both.region(region, "up")
    described = both.until_available()
    (writer,) = [each for each in described["GlobalClusterMembers"] if each["IsWriter"]]
    assert writer["DBClusterArn"] == both.database.primary_arn
    assert ids(both.primary) == [1]


def test_the_old_primary_comes_back_with_the_new_ones_data(both: Pair) -> None:
    insert(both.primary, 1)
    both.lag(60)
    insert(both.primary, 2)
    both.region(PRIMARY_REGION, "down")
    both.fail_over()
    both.until_available()
    insert(both.secondary, 3)
    away = both.database.describe()["GlobalClusterMembers"]
    assert {each["DBClusterArn"]: each["SynchronizationStatus"] for each in away} == {
        both.database.primary_arn: "pending-resync",
        both.database.secondary_arn: "connected",
    }
    code, _ = error_of(both.switch_over, target=both.database.primary_arn)
    assert code == "InvalidDBClusterStateFault"
    both.region(PRIMARY_REGION, "up")
    assert both.database.primary.describe_db_clusters()["DBClusters"][0]["Status"] != "available"
    both.until_connected()
    assert both.database.primary.describe_db_clusters()["DBClusters"][0]["Status"] == "available"
    assert refuses(both.primary) == "DatabaseUnavailableException"
    both.lag(0.1)
    insert(both.secondary, 4)
    both.switch_over(both.database.primary_arn)
    both.until_available()
    assert ids(both.primary) == [1, 3, 4]


def test_a_password_is_data_too(client: Client, both: Pair) -> None:
    both.lag(60)
    both.database.primary.modify_db_cluster(
        DBClusterIdentifier="primary-abc123", MasterUserPassword="never-arrives"
    )
    eventually(
        lambda: (
            "PendingModifiedValues"
            not in both.database.primary.describe_db_clusters()["DBClusters"][0]
        )
    )
    assert refuses(both.primary) == "DatabaseErrorException"
    both.region(PRIMARY_REGION, "down")
    both.fail_over()
    both.until_available()
    assert both.secondary.rows("select 1") == [[1]]


def test_a_secondary_that_leaves_writes_by_itself(both: Pair) -> None:
    insert(both.primary, 1)
    both.database.secondary.remove_from_global_cluster(
        GlobalClusterIdentifier=GLOBAL_ID, DbClusterIdentifier=both.database.secondary_arn
    )
    insert(both.secondary, 2)
    insert(both.primary, 3)
    assert ids(both.secondary) == [1, 2]
    assert ids(both.primary) == [1, 3]


def test_a_long_history_arrives_whole(both: Pair) -> None:
    both.lag(60)
    sets = [[{"name": "id", "value": {"longValue": number}}] for number in range(2000)]
    both.primary.api.batch_execute_statement(
        **both.primary.whom(),
        database="transactions",
        sql="insert into t (id, word) values (:id, hex(zeroblob(1500)))",
        parameterSets=sets,
    )
    both.primary.run("delete from t where id % 3 = 0")
    insert(both.primary, 0)
    both.lag(0)
    both.switch_over(both.database.secondary_arn)
    both.until_available()
    assert both.secondary.rows("select count(*), sum(id) from t") == [[1334, "1332667"]]


@pytest.mark.parametrize(
    ("body", "status"),
    [({"lag_seconds": -1}, 400), ({"lag_seconds": "x"}, 400), ({"stopped": 1}, 400)],
)
def test_settings_of_replication_are_checked(
    both: Pair, body: dict[str, object], status: int
) -> None:
    assert both.control.status_of("PUT", f"/replication/{GLOBAL_ID}", body) == status
    assert both.control.status_of("PUT", "/replication/nobody", {}) == 404
