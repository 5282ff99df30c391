"""Fixtures: AWS in this process, never outside it, and a clock that only moves when told to."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from lifeboat_dr.table import Table
from tests.fakes import FakeClock
from tests.memory import memory_table

STANDBY = "us-west-2"
TABLE = "dynamodb-dr-state-demo"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No credentials of this machine, and no endpoint of AWS's: a call that no stand-in takes fails at once."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": STANDBY,
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "POWERTOOLS_TRACE_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS as moto plays it."""
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    with mock_aws():
        yield


@pytest.fixture
def moto_table(aws: None) -> Table:
    """The state table in moto: for what must be proven of DynamoDB's own behaviour."""
    client = boto3.client("dynamodb", region_name=STANDBY)
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    )
    return Table(client, TABLE)


@pytest.fixture
def table() -> Table:
    """The state table in memory: for decisions that take thousands of writes."""
    return memory_table()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()
