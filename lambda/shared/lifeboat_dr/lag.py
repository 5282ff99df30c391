"""Replication lag as CloudWatch of the following region knows it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import DimensionTypeDef, MetricDataQueryTypeDef

#: RDS publishes one point a minute, stamped with the minute's beginning.
PERIOD_SECONDS = 60
#: How far back a point is looked for. What is older says nothing about the moment of a failure.
WINDOW_MINUTES = 15


@dataclass(frozen=True)
class LagPoint:
    """One minute's mean lag: epoch milliseconds at which the minute began, and the lag in milliseconds."""

    at: int
    lag: float


class LagHistory(Protocol):
    """Where lag is looked up."""

    def points(self, now: int) -> list[LagPoint]:
        """Points of the last quarter of an hour, oldest first; empty when there are none."""
        ...


def newest(points: list[LagPoint]) -> LagPoint | None:
    """The newest point, or None."""
    return max(points, key=lambda point: point.at, default=None)


def before(points: list[LagPoint], failed_at: int) -> LagPoint | None:
    """The lag just before a failure: the newest whole minute that ended before it, else the newest begun before it.

    A lag that grows because the primary is dead is a result of the failure. Judging it would refuse the failover it calls for.
    """
    whole = [point for point in points if point.at + PERIOD_SECONDS * 1000 <= failed_at]
    begun = [point for point in points if point.at <= failed_at]
    return newest(whole) or newest(begun)


@dataclass(frozen=True)
class CloudWatchLag:
    """AuroraGlobalDBReplicationLag of a following cluster, in its region; the source is the region that writes."""

    client: "CloudWatchClient"
    follower: str
    source_region: str

    def points(self, now: int) -> list[LagPoint]:
        """Points of the last quarter of an hour, oldest first; empty when there are none."""
        cluster: DimensionTypeDef = {"Name": "DBClusterIdentifier", "Value": self.follower}
        source: DimensionTypeDef = {"Name": "SourceRegion", "Value": self.source_region}
        # RDS lists the metric with and without the source region, depending on the engine's version.
        answer = self.client.get_metric_data(
            MetricDataQueries=[
                _query("with_source", [cluster, source]),
                _query("without_source", [cluster]),
            ],
            StartTime=moment(now - WINDOW_MINUTES * 60_000),
            EndTime=moment(now + 60_000),
            ScanBy="TimestampAscending",
        )
        for result in answer["MetricDataResults"]:
            pairs = zip(result.get("Timestamps", []), result.get("Values", []), strict=True)
            points = [LagPoint(int(at.timestamp() * 1000), value) for at, value in pairs]
            if points:
                return sorted(points, key=lambda point: point.at)
        return []


def _query(name: str, dimensions: "list[DimensionTypeDef]") -> "MetricDataQueryTypeDef":
    return {
        "Id": name,
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/RDS",
                "MetricName": "AuroraGlobalDBReplicationLag",
                "Dimensions": dimensions,
            },
            "Period": PERIOD_SECONDS,
            "Stat": "Average",
        },
    }


def moment(milliseconds: int) -> datetime:
    """The moment as CloudWatch takes it."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
