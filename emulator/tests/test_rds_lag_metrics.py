"""Lag in CloudWatch: what was really under way, and nothing while nobody can know."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.clock import compressed
from tests.conftest import Client
from tests.control_client import Control
from tests.data_plane import Pair, pair
from tests.global_database import PRIMARY_REGION, SECONDARY_REGION

FACTOR = 100.0


@pytest.fixture
def quick(control: Control) -> Iterator[None]:
    """A minute of the emulator's is 0.6 s."""
    with compressed(FACTOR):
        control.reset()
        yield


@pytest.fixture
def both(client: Client, control: Control, quick: None) -> Pair:
    return pair(client, control)


def values(client: Client, region: str, metric: str, **dimensions: str) -> list[float]:
    """All there is of the metric, in milliseconds."""
    now = datetime.now(UTC)
    answer: Any = client("cloudwatch", region).get_metric_statistics(
        Namespace="AWS/RDS",
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=1),
        Period=1,
        Statistics=["Maximum"],
    )
    return [point["Maximum"] for point in answer["Datapoints"]]


def lag(client: Client, metric: str = "AuroraGlobalDBReplicationLag") -> list[float]:
    return values(client, SECONDARY_REGION, metric, DBClusterIdentifier="secondary-abc123")


def after_minutes(count: float) -> None:
    time.sleep(count * 60 / FACTOR)


def test_a_quiet_pair_has_the_lag_of_its_link(client: Client, both: Pair) -> None:
    both.lag(3)
    after_minutes(2.5)
    assert lag(client)
    assert max(lag(client)) >= 2999
    assert lag(client, "AuroraGlobalDBRPOLag")[-1] == 0
    with_source = values(
        client,
        SECONDARY_REGION,
        "AuroraGlobalDBReplicationLag",
        DBClusterIdentifier="secondary-abc123",
        SourceRegion=PRIMARY_REGION,
    )
    assert with_source
    in_primary = values(
        client,
        PRIMARY_REGION,
        "AuroraGlobalDBReplicationLag",
        DBClusterIdentifier="secondary-abc123",
    )
    assert in_primary == []


def test_a_broken_link_shows_as_growing_lag(client: Client, both: Pair) -> None:
    both.lag(0.2, stopped=True)
    both.primary.run("create table t (id int primary key)")
    after_minutes(3.2)
    seen = lag(client)
    assert max(seen) > 60_000
    assert max(lag(client, "AuroraGlobalDBRPOLag")) > 30_000
    both.lag(0.2)
    assert both.replication()["followers"][0]["behind_seconds"] < 60


def test_there_is_no_point_while_a_region_is_down(client: Client, both: Pair) -> None:
    after_minutes(2.2)
    assert lag(client)
    both.region(PRIMARY_REGION, "down")
    after_minutes(1.2)
    before = len(lag(client))
    after_minutes(2.2)
    assert len(lag(client)) == before


def test_after_a_failover_the_old_primary_is_the_one_behind(client: Client, both: Pair) -> None:
    both.switch_over(both.database.secondary_arn)
    both.until_available()
    after_minutes(2.2)
    assert values(
        client,
        PRIMARY_REGION,
        "AuroraGlobalDBReplicationLag",
        DBClusterIdentifier="primary-abc123",
    )
