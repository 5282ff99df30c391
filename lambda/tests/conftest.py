"""Fixtures: AWS in this process, never outside it, and a clock that only moves when told to."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from lifeboat_dr.table import Table
from tests.fakes import FakeClock

STANDBY = "us-west-2"
TABLE = "dynamodb-dr-state-demo"


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": STANDBY,
        "POWERTOOLS_TRACE_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield


@pytest.fixture
def table() -> Table:
    client = boto3.client("dynamodb", region_name=STANDBY)
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    )
    return Table(client, TABLE)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()
