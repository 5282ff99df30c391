"""Heartbeats: numbered rows written every second, so that what a failover lost can be counted.

Port and adapter over the RDS Data API. The Data API speaks to a cluster's writer only: on a secondary, AWS refuses even reads until
it is promoted. There the reading is unknown, and freshness comes from the marks (`marks.py`) instead.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mypy_boto3_rds_data import RDSDataServiceClient
    from mypy_boto3_rds_data.type_defs import ExecuteStatementResponseTypeDef, SqlParameterTypeDef

_NEWEST = "select number, written_at, region from lifeboat_heartbeat"


@dataclass(frozen=True)
class Heartbeat:
    """One row: its number, when it was written (epoch milliseconds, the writer's clock), and by which region."""

    number: int
    written_at: int
    region: str


class HeartbeatStore(Protocol):
    """Where heartbeats are written and read."""

    def prepare(self) -> None:
        """Make the table if it is missing."""
        ...

    def write(self, beat: Heartbeat) -> None:
        """Commit one row. Numbers are never used twice, not even after a failed write: it may have been committed."""
        ...

    def newest(self, region: str | None = None) -> Heartbeat | None:
        """The row with the greatest number, of one region or of all; None when there is none."""
        ...

    def forget_before(self, number: int) -> None:
        """Delete rows with smaller numbers, so that the table stays small."""
        ...


@dataclass(frozen=True)
class DataApiHeartbeats:
    """The cluster's writer through the RDS Data API."""

    client: "RDSDataServiceClient"
    cluster_arn: str
    secret_arn: str
    database: str

    def prepare(self) -> None:
        """Make the table if it is missing."""
        self._execute(
            "create table if not exists lifeboat_heartbeat ("
            "number bigint not null primary key, written_at bigint not null, region varchar(32) not null)",
            [],
        )

    def write(self, beat: Heartbeat) -> None:
        """Commit one row. Numbers are never used twice, not even after a failed write: it may have been committed."""
        self._execute(
            "insert into lifeboat_heartbeat (number, written_at, region) values (:number, :written_at, :region)",
            [
                _long("number", beat.number),
                _long("written_at", beat.written_at),
                _text("region", beat.region),
            ],
        )

    def newest(self, region: str | None = None) -> Heartbeat | None:
        """The row with the greatest number, of one region or of all; None when there is none."""
        if region is None:
            answer = self._execute(f"{_NEWEST} order by number desc limit 1", [])
        else:
            answer = self._execute(f"{_NEWEST} where region = :region order by number desc limit 1", [_text("region", region)])
        rows = answer.get("records", [])
        if not rows:
            return None
        number, written_at, written_by = rows[0]
        return Heartbeat(number["longValue"], written_at["longValue"], written_by["stringValue"])

    def forget_before(self, number: int) -> None:
        """Delete rows with smaller numbers, so that the table stays small."""
        self._execute("delete from lifeboat_heartbeat where number < :number", [_long("number", number)])

    def _execute(self, sql: str, parameters: "list[SqlParameterTypeDef]") -> "ExecuteStatementResponseTypeDef":
        return self.client.execute_statement(
            resourceArn=self.cluster_arn,
            secretArn=self.secret_arn,
            database=self.database,
            sql=sql,
            parameters=parameters,
        )


def _long(name: str, value: int) -> "SqlParameterTypeDef":
    return {"name": name, "value": {"longValue": value}}


def _text(name: str, value: str) -> "SqlParameterTypeDef":
    return {"name": name, "value": {"stringValue": value}}
