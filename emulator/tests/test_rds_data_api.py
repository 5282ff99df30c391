"""The Data API: who is let in, what is answered, transactions. SQL itself is `test_sql_*`."""

import json
import threading
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import Client
from tests.control_client import Control
from tests.data_plane import Pair, Sql, pair, parameter
from tests.errors import error_of
from tests.global_database import PASSWORD, destroy, make


@pytest.fixture
def both(client: Client, control: Control) -> Pair:
    return pair(client, control)


@pytest.fixture
def sql(both: Pair) -> Sql:
    both.primary.run("create table t (id bigint not null primary key, word varchar(16))")
    return both.primary


def test_the_heartbeats_of_the_functions_work(both: Pair) -> None:
    sql = both.primary
    create = (
        "create table if not exists lifeboat_heartbeat ("
        "number bigint not null primary key, written_at bigint not null, "
        "region varchar(32) not null)"
    )
    insert = (
        "insert into lifeboat_heartbeat (number, written_at, region) "
        "values (:number, :written_at, :region)"
    )
    newest = (
        "select number, written_at, region from lifeboat_heartbeat "
        "where region = :region order by number desc limit 1"
    )
    for _ in range(2):
        sql.run(create)
    assert sql.run(newest, region="us-east-1")["records"] == []
    for number in (1, 2):
        answer = sql.run(insert, number=number, written_at=1_795_000_000_000, region="us-east-1")
        assert answer["numberOfRecordsUpdated"] == 1
    assert sql.run(newest, region="us-east-1")["records"] == [
        [{"longValue": 2}, {"longValue": 1_795_000_000_000}, {"stringValue": "us-east-1"}]
    ]
    sql.run("delete from lifeboat_heartbeat where number < :number", number=2)
    assert sql.rows("select count(*) from lifeboat_heartbeat") == [[1]]


def test_a_request_takes_few_milliseconds(sql: Sql) -> None:
    started = time.monotonic()
    for number in range(50):
        sql.run("insert into t (id, word) values (:id, :word)", id=number, word="x")
    assert (time.monotonic() - started) / 50 < 0.05


@pytest.mark.parametrize(
    ("given", "code", "word"),
    [
        ({"resourceArn": "arn:aws:rds:us-east-1:123456789012:cluster:no"}, "BadRequest", "found"),
        ({"secretArn": "arn:aws:secretsmanager:us-east-1:1:secret:no"}, "BadRequest", "secret"),
        ({"database": "other"}, "DatabaseError", "Unknown database 'other'"),
        ({"sql": "select :missing"}, "BadRequest", "missing"),
        ({"sql": "select 1; select 2"}, "DatabaseError", "Multistatements"),
        ({"transactionId": "nobody"}, "TransactionNotFound", "not found"),
        ({"parameters": [parameter("a", ("x", "UUID"))]}, "BadRequest", "UUID"),
    ],
)
def test_what_makes_no_sense_is_refused(
    sql: Sql, given: dict[str, Any], code: str, word: str
) -> None:
    arguments = {**sql.whom(), "database": "transactions", "sql": "select 1", **given}
    found, message = error_of(sql.api.execute_statement, **arguments)
    assert found == f"{code}Exception"
    assert word in message


def test_the_data_api_must_be_switched_on(both: Pair) -> None:
    both.database.primary.disable_http_endpoint(ResourceArn=both.database.primary_arn)
    code, _ = error_of(both.primary.run, sql="select 1")
    assert code == "HttpEndpointNotEnabledException"


def test_a_wrong_password_is_refused_by_the_database(client: Client, both: Pair) -> None:
    secret = client("secretsmanager").create_secret(
        Name="wrong", SecretString=json.dumps({"username": "dbadmin", "password": "guessed"})
    )["ARN"]
    wrong = Sql(both.primary.api, both.primary.cluster, secret)
    code, message = error_of(wrong.run, sql="select 1")
    assert code == "DatabaseErrorException"
    assert message == (
        "Access denied for user 'dbadmin'@'%' (using password: YES); "
        "Error code: 1045; SQLState: 28000"
    )


def test_a_secret_that_holds_no_credentials_is_refused(client: Client, both: Pair) -> None:
    secret = client("secretsmanager").create_secret(Name="odd", SecretString="x")["ARN"]
    odd = Sql(both.primary.api, both.primary.cluster, secret)
    assert error_of(odd.run, sql="select 1")[0] == "InvalidSecretException"


def test_a_secondary_answers_nothing(both: Pair) -> None:
    with pytest.raises(ClientError) as caught:
        both.secondary.run("select 1")
    assert caught.value.response["Error"]["Code"] == "DatabaseUnavailableException"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 504


def test_values_of_every_kind_come_back_as_they_went(sql: Sql) -> None:
    sql.run(
        "create table k (id int primary key, d decimal(12,2), f double, b tinyint(1), "
        "t timestamp(3) null, j json, x blob, n varchar(3))"
    )
    sql.run(
        "insert into k values (:id, :d, :f, :b, :t, :j, :x, :n)",
        id=7,
        d=("1234567890.10", "DECIMAL"),
        f=0.5,
        b=True,
        t=("2026-11-22 01:02:03.400", "TIMESTAMP"),
        j=('{"a": [1]}', "JSON"),
        x=b"\x00\xff",
        n=None,
    )
    assert sql.run("select * from k")["records"] == [
        [
            {"longValue": 7},
            {"stringValue": "1234567890.10"},
            {"doubleValue": 0.5},
            {"booleanValue": True},
            {"stringValue": "2026-11-22 01:02:03.400"},
            {"stringValue": '{"a": [1]}'},
            {"blobValue": b"\x00\xff"},
            {"isNull": True},
        ]
    ]


def test_results_can_be_asked_for_in_other_forms(sql: Sql) -> None:
    sql.run("create table k (id bigint primary key, d decimal(6,2))")
    sql.run("insert into k values (1, 2.5)")
    arguments = {**sql.whom(), "database": "transactions", "sql": "select id, d as price from k"}
    described = sql.api.execute_statement(**arguments, includeResultMetadata=True)
    assert [
        (each["name"], each["label"], each["typeName"], each["scale"], each["tableName"])
        for each in described["columnMetadata"]
    ] == [("id", "id", "BIGINT", 0, "k"), ("d", "price", "DECIMAL", 2, "k")]
    numbers = sql.api.execute_statement(
        **arguments,
        resultSetOptions={"decimalReturnType": "DOUBLE_OR_LONG", "longReturnType": "STRING"},
    )
    assert numbers["records"] == [[{"stringValue": "1"}, {"doubleValue": 2.5}]]
    text = sql.api.execute_statement(**arguments, formatRecordsAs="JSON")
    assert json.loads(text["formattedRecords"]) == [{"id": 1, "price": "2.50"}]


def test_a_counted_id_is_told(sql: Sql) -> None:
    sql.run("create table c (id bigint auto_increment primary key, word varchar(3))")
    answer = sql.run("insert into c (word) values ('a'), ('b')")
    assert answer["numberOfRecordsUpdated"] == 2
    assert sql.run("insert into c (word) values ('c')")["generatedFields"] == [{"longValue": 3}]
    assert sql.run("insert into t (id) values (9)")["generatedFields"] == []


def test_a_batch_is_all_or_nothing(sql: Sql) -> None:
    arguments = {
        **sql.whom(),
        "database": "transactions",
        "sql": "insert into t (id) values (:id)",
    }
    sets = [[parameter("id", number)] for number in (1, 2)]
    answer = sql.api.batch_execute_statement(**arguments, parameterSets=sets)
    assert len(answer["updateResults"]) == 2
    again = [[parameter("id", number)] for number in (3, 1)]
    error_of(sql.api.batch_execute_statement, **arguments, parameterSets=again)
    assert sql.rows("select id from t order by id") == [[1], [2]]


def test_a_transaction_is_seen_when_it_is_committed(sql: Sql) -> None:
    transaction = sql.begin()
    sql.run("insert into t (id) values (1)", transaction)
    assert sql.rows("select count(*) from t", transaction) == [[1]]
    assert sql.rows("select count(*) from t") == [[0]]
    ended = sql.api.commit_transaction(**sql.whom(), transactionId=transaction)
    assert ended["transactionStatus"] == "Transaction Committed"
    assert sql.rows("select count(*) from t") == [[1]]
    code, _ = error_of(sql.run, sql="select 1", transaction=transaction)
    assert code == "TransactionNotFoundException"


def test_a_transaction_can_be_undone(sql: Sql) -> None:
    transaction = sql.begin()
    sql.run("insert into t (id) values (1)", transaction)
    error_of(sql.run, sql="insert into t (id) values (1)", transaction=transaction)
    sql.run("insert into t (id) values (2)", transaction)
    assert sql.rows("select id from t order by id", transaction) == [[1], [2]]
    sql.api.rollback_transaction(**sql.whom(), transactionId=transaction)
    assert sql.rows("select count(*) from t") == [[0]]


def test_writers_wait_for_each_other(sql: Sql) -> None:
    sql.run("insert into t (id, word) values (1, 'a')")
    first = sql.begin()
    sql.rows("select word from t where id = 1 for update", first)
    waited = threading.Thread(target=sql.run, args=("update t set word = 'b' where id = 1",))
    waited.start()
    sql.run("update t set word = 'c' where id = 1", first)
    assert waited.is_alive()
    sql.api.commit_transaction(**sql.whom(), transactionId=first)
    waited.join(timeout=5)
    assert sql.rows("select word from t") == [["b"]]


def test_a_new_password_works_after_a_moment_and_the_old_no_more(
    client: Client, both: Pair
) -> None:
    rds = both.database.primary
    described = rds.modify_db_cluster(
        DBClusterIdentifier="primary-abc123", MasterUserPassword="staple-staple"
    )["DBCluster"]
    assert described["Status"] == "resetting-master-credentials"
    assert described["PendingModifiedValues"] == {"MasterUserPassword": "****"}
    assert both.primary.rows("select 1") == [[1]]
    for _ in range(200):
        described = rds.describe_db_clusters()["DBClusters"][0]
        if "PendingModifiedValues" not in described:
            break
        time.sleep(0.05)
    assert described["Status"] == "available"
    assert error_of(both.primary.run, sql="select 1")[0] == "DatabaseErrorException"
    client("secretsmanager").put_secret_value(
        SecretId="secret-database-abc123",
        SecretString=json.dumps({"username": "dbadmin", "password": "staple-staple"}),
    )
    assert both.primary.rows("select 1") == [[1]]
    code, _ = error_of(
        both.database.secondary.modify_db_cluster,
        DBClusterIdentifier="secondary-abc123",
        MasterUserPassword=PASSWORD,
    )
    assert code == "InvalidParameterCombination"


def test_data_goes_with_its_cluster(client: Client, both: Pair, control: Control) -> None:
    both.primary.run("create table t (id int primary key)")
    destroy(both.database)
    assert error_of(both.primary.run, sql="select 1")[0] == "BadRequestException"
    make(client, http_endpoint=True)
    assert both.primary.rows("show tables") == []
    control.reset()
    assert error_of(both.primary.run, sql="select 1")[0] == "BadRequestException"
