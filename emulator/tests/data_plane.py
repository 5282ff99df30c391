"""A global database with its secret and the Data API, as a client of its data sees it."""

import json
import time
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import Client
from tests.control_client import Control
from tests.global_database import (
    GLOBAL_ID,
    PASSWORD,
    PRIMARY_REGION,
    SECONDARY_REGION,
    GlobalDatabase,
    make,
)


@dataclass(frozen=True)
class Sql:
    """One cluster's database through the Data API, the secret being the region's."""

    api: Any
    cluster: str
    secret: str
    database: str = "transactions"

    def run(self, sql: str, transaction: str | None = None, **values: Any) -> Any:
        extra = {"transactionId": transaction} if transaction else {}
        return self.api.execute_statement(
            **self.whom(),
            database=self.database,
            sql=sql,
            parameters=[parameter(name, value) for name, value in values.items()],
            **extra,
        )

    def rows(self, sql: str, transaction: str | None = None, **values: Any) -> list[list[Any]]:
        return [
            [next(iter(field.values())) for field in row]
            for row in self.run(sql, transaction, **values)["records"]
        ]

    def begin(self) -> str:
        return str(self.api.begin_transaction(**self.whom())["transactionId"])

    def whom(self) -> dict[str, str]:
        return {"resourceArn": self.cluster, "secretArn": self.secret}


def parameter(name: str, value: Any) -> dict[str, Any]:
    """A request parameter; `(value, "UUID")` gives a hint."""
    hint = {}
    if isinstance(value, tuple):
        value, given = value
        hint = {"typeHint": given}
    kinds: dict[type, str] = {
        bool: "booleanValue",
        int: "longValue",
        float: "doubleValue",
        str: "stringValue",
        bytes: "blobValue",
    }
    field = {"isNull": True} if value is None else {kinds[type(value)]: value}
    return {"name": name, "value": field, **hint}


@dataclass(frozen=True)
class Pair:
    """Both regions' clusters, to be written to and moved."""

    database: GlobalDatabase
    primary: Sql
    secondary: Sql
    control: Control

    def lag(self, seconds: float, *, stopped: bool = False) -> Any:
        body = {"lag_seconds": seconds, "stopped": stopped}
        return self.control.put(f"/replication/{GLOBAL_ID}", body)

    def replication(self) -> Any:
        return self.control.get(f"/replication/{GLOBAL_ID}")

    def region(self, region: str, state: str) -> None:
        self.control.put(f"/regions/{region}", {"state": state})

    def fail_over(self) -> None:
        self.database.secondary.failover_global_cluster(
            GlobalClusterIdentifier=GLOBAL_ID,
            TargetDbClusterIdentifier=self.database.secondary_arn,
            AllowDataLoss=True,
        )

    def switch_over(self, target: str) -> None:
        self.database.secondary.switchover_global_cluster(
            GlobalClusterIdentifier=GLOBAL_ID, TargetDbClusterIdentifier=target
        )

    def until_available(self) -> Any:
        for _ in range(200):
            described = self.database.describe()
            if described["Status"] == "available":
                return described
            time.sleep(0.02)
        pytest.fail("the transition did not end")

    def until_connected(self) -> None:
        for _ in range(200):
            members = self.database.describe()["GlobalClusterMembers"]
            if all(each["SynchronizationStatus"] == "connected" for each in members):
                return
            time.sleep(0.02)
        pytest.fail("a member did not come back")


def pair(client: Client, control: Control) -> Pair:
    database = make(client, http_endpoint=True)
    secret = client("secretsmanager").create_secret(
        Name="secret-database-abc123",
        SecretString=json.dumps({"username": "dbadmin", "password": PASSWORD}),
        AddReplicaRegions=[{"Region": SECONDARY_REGION}],
    )["ARN"]
    replica = secret.replace(PRIMARY_REGION, SECONDARY_REGION)
    return Pair(
        database,
        Sql(client("rds-data", PRIMARY_REGION), database.primary_arn, secret),
        Sql(client("rds-data", SECONDARY_REGION), database.secondary_arn, replica),
        control,
    )
