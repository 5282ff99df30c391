"""A payments API over a real SQL database in this process, with switches for what can fail."""

import io
import itertools
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from lifeboat_dr.lag import LagPoint
from lifeboat_dr.topology import Topology
from payments.health import HealthCheck
from payments.http import Api
from payments.ledger import Booked, DataApiLedger
from payments.log import LogUnavailable, key_of
from payments.service import Payments
from tests.fakes import FakeClock

PRIMARY, STANDBY = "us-east-1", "us-east-2"
#: Never the same number twice, unlike an object's id.
_WORLDS = itertools.count()
EVENT = json.loads((Path(__file__).parent.parent / "payments/events/book.json").read_text())
BODY: dict[str, object] = json.loads(EVENT["body"])


class SqlData:
    """The RDS Data API's calls on SQLite, which takes the same SQL. `before` runs ahead of each call and may raise."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.before: Callable[[str], None] = lambda _: None
        self.after: Callable[[str], None] = lambda _: None

    def begin_transaction(self, **_: Any) -> dict[str, Any]:
        self.before("begin")
        self.connection.execute("begin")
        return {"transactionId": "one"}

    def commit_transaction(self, **_: Any) -> None:
        self.before("commit")
        self.connection.execute("commit")
        self.after("commit")

    def rollback_transaction(self, **_: Any) -> None:
        if not self.connection.in_transaction:
            raise ClientError({"Error": {"Code": "TransactionNotFoundException", "Message": "ended"}}, "RollbackTransaction")
        self.connection.execute("rollback")

    def execute_statement(self, **call: Any) -> dict[str, Any]:
        self.before(call["sql"])
        cursor = self.connection.execute(call["sql"], _values(call["parameters"]))
        records = [[_cell(cell) for cell in row] for row in cursor.fetchall()]
        return {"numberOfRecordsUpdated": max(0, cursor.rowcount), "records": records}

    def batch_execute_statement(self, **call: Any) -> None:
        self.before(call["sql"])
        self.connection.executemany(call["sql"], [_values(parameters) for parameters in call["parameterSets"]])

    def rows(self, sql: str) -> list[Any]:
        return self.connection.execute(sql).fetchall()


def _values(parameters: list[Any]) -> dict[str, object]:
    return {each["name"]: next(iter(each["value"].values())) for each in parameters}


def _cell(value: object) -> dict[str, object]:
    return {"longValue": value} if isinstance(value, int) else {"stringValue": value}


def gone(_: str = "") -> None:
    """A region that does not answer."""
    raise ClientError({"Error": {"Code": "DatabaseUnavailableException", "Message": "no writer"}}, "ExecuteStatement")


@dataclass
class Objects:
    """The transaction log's bucket."""

    held: dict[str, Booked] = field(default_factory=dict)
    broken: bool = False

    def write(self, booked: Booked) -> None:
        if self.broken:
            raise LogUnavailable("the bucket does not answer")
        self.held[key_of(booked)] = booked


@dataclass
class Roles:
    """Who writes, and how far the follower is behind."""

    writer: str = PRIMARY
    silent: bool = False
    asked: int = 0
    measured: int = 0
    lag: float | None = 200.0

    def topology(self) -> Topology:
        self.asked += 1
        if self.silent:
            gone()
        arns = {region: f"arn:aws:rds:{region}:000000000000:cluster:demo" for region in (PRIMARY, STANDBY)}
        follower = STANDBY if self.writer == PRIMARY else PRIMARY
        return Topology("available", arns[self.writer], (arns[follower],))

    def points(self, now: int) -> list[LagPoint]:
        self.measured += 1
        return [] if self.lag is None else [LagPoint(now, self.lag)]


@dataclass
class World:
    """One region's API."""

    region: str = PRIMARY
    data: SqlData = field(default_factory=SqlData)
    objects: Objects = field(default_factory=Objects)
    roles: Roles = field(default_factory=Roles)
    clock: FakeClock = field(default_factory=FakeClock)
    logged: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        # A logger of the same name keeps the stream it first had.
        logger = Logger(service=f"payments-{next(_WORLDS)}", stream=self.logged)
        ledger = DataApiLedger(cast(Any, self.data), "arn:cluster", "arn:secret", "payments")
        roles = cast(Any, self.roles)
        health = HealthCheck(self.region, self.region == STANDBY, ledger, roles, lambda _: roles, 300_000, self.clock)
        self.api = Api(Payments(ledger, self.objects, self.clock, logger), health, logger)

    def send(self, method: str, resource: str, **event: Any) -> tuple[int, dict[str, Any]]:
        answer = self.api.answer({"httpMethod": method, "resource": resource, **event})
        return answer["statusCode"], json.loads(answer["body"])

    def book(self, key: str | None = "order-4711-a", **changes: object) -> tuple[int, dict[str, Any]]:
        headers = {} if key is None else {"idempotency-key": key}
        body = {name: value for name, value in (BODY | changes).items() if value is not None}
        return self.send("POST", "/payments", headers=headers, body=json.dumps(body))

    def entries(self) -> list[Any]:
        return self.data.rows("select account, amount_minor from ledger_entry order by account")
