"""The Data API in front of Aurora PostgreSQL, which tells some things in another way."""

import json

import pytest

from tests.conftest import Client
from tests.data_plane import Sql, parameter
from tests.errors import error_of

ID = "8b3d4d50-7ddc-41b5-8d66-ffc2dd0ed6d4"
TABLE = (
    "create table payments (id uuid primary key, amount numeric(12,2) not null, "
    "booked_at timestamptz not null default now(), refunded boolean not null default false)"
)


@pytest.fixture
def sql(client: Client) -> Sql:
    rds = client("rds")
    cluster = rds.create_db_cluster(
        DBClusterIdentifier="aurora-abc123",
        Engine="aurora-postgresql",
        EngineVersion="16.6",
        MasterUsername="dbadmin",
        MasterUserPassword="correct-horse-battery",
        DatabaseName="payments",
        EnableHttpEndpoint=True,
    )["DBCluster"]["DBClusterArn"]
    rds.create_db_instance(
        DBInstanceIdentifier="aurora-abc123-1",
        DBClusterIdentifier="aurora-abc123",
        DBInstanceClass="db.serverless",
        Engine="aurora-postgresql",
    )
    credentials = {"username": "dbadmin", "password": "correct-horse-battery"}
    secret = client("secretsmanager").create_secret(
        Name="secret-database-abc123", SecretString=json.dumps(credentials)
    )["ARN"]
    sql = Sql(client("rds-data"), cluster, secret, "payments")
    sql.run(TABLE)
    return sql


def test_hints_make_a_text_what_it_is_to_be(sql: Sql) -> None:
    insert = "insert into payments (id, amount, booked_at) values (:id, :amount, :at)"
    code, message = error_of(sql.run, sql=insert, id=ID, amount=1.5, at="2026-01-31 10:00:00")
    assert code == "DatabaseErrorException"
    assert message == (
        'ERROR: column "id" is of type uuid but expression is of type text; SQLState: 42804'
    )
    answer = sql.run(
        f"{insert} returning id, amount, booked_at, refunded",
        id=(ID, "UUID"),
        amount=("10.50", "DECIMAL"),
        at=("2026-01-31 10:00:00.25", "TIMESTAMP"),
    )
    assert answer["records"] == [
        [
            {"stringValue": ID},
            {"stringValue": "10.50"},
            {"stringValue": "2026-01-31 10:00:00.250000"},
            {"booleanValue": False},
        ]
    ]
    assert answer["numberOfRecordsUpdated"] == 1
    assert "generatedFields" not in answer


def test_an_error_undoes_a_transaction_at_its_end(sql: Sql) -> None:
    transaction = sql.begin()
    sql.run("insert into payments (id, amount) values (:id, 1)", transaction, id=(ID, "UUID"))
    code, _ = error_of(
        sql.run,
        sql="insert into payments (id, amount) values (:id, 1)",
        transaction=transaction,
        id=(ID, "UUID"),
    )
    assert code == "DatabaseErrorException"
    ended = sql.api.commit_transaction(**sql.whom(), transactionId=transaction)
    assert ended["transactionStatus"] == "Rollback Complete"
    assert sql.rows("select count(*) from payments") == [[0]]


def test_metadata_bears_postgresqls_names(sql: Sql) -> None:
    described = sql.api.execute_statement(
        **sql.whom(),
        database="payments",
        sql="select id, amount, booked_at, refunded, count(*) over () from payments",
        includeResultMetadata=True,
    )["columnMetadata"]
    assert [each["typeName"] for each in described] == [
        "uuid",
        "numeric",
        "timestamptz",
        "bool",
        "int8",
    ]
    assert described[1]["scale"] == 2


def test_a_wrong_password_or_database_is_told_as_postgresql_does(client: Client, sql: Sql) -> None:
    arguments = {**sql.whom(), "sql": "select :n", "parameters": [parameter("n", 1)]}
    code, message = error_of(sql.api.execute_statement, **arguments, database="other")
    assert message == 'ERROR: database "other" does not exist; SQLState: 3D000'
    secret = client("secretsmanager").create_secret(
        Name="wrong", SecretString=json.dumps({"username": "dbadmin", "password": "guessed"})
    )["ARN"]
    code, message = error_of(Sql(sql.api, sql.cluster, secret, "payments").run, sql="select 1")
    assert code == "DatabaseErrorException"
    assert message == ('ERROR: password authentication failed for user "dbadmin"; SQLState: 28P01')
