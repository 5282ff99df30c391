"""A change of roles is told on both regions' event buses; a dead region hears nothing."""

import json
import time
from typing import Any

import pytest

from tests.conftest import Client
from tests.control_client import Control
from tests.data_plane import Pair, pair
from tests.global_database import PRIMARY_REGION, SECONDARY_REGION


def queue_of_events(client: Client, region: str) -> str:
    """A queue that gets every event of RDS in `region`."""
    sqs, events = client("sqs", region), client("events", region)
    url = str(sqs.create_queue(QueueName="queue-abc123")["QueueUrl"])
    arn = f"arn:aws:sqs:{region}:123456789012:queue-abc123"
    allowed = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": arn,
            }
        ],
    }
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(allowed)})
    pattern = {"source": ["aws.rds"], "detail-type": ["RDS DB Cluster Event"]}
    events.put_rule(Name="rule-abc123", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="rule-abc123", Targets=[{"Id": "queue", "Arn": arn}])
    return url


def received(client: Client, region: str, url: str, count: int) -> list[Any]:
    found: list[Any] = []
    deadline = time.monotonic() + 5
    while len(found) < count and time.monotonic() < deadline:
        answer = client("sqs", region).receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        found += [json.loads(each["Body"]) for each in answer.get("Messages", [])]
        time.sleep(0.05)
    return sorted((each["detail"] for each in found), key=lambda detail: detail["EventID"])


@pytest.fixture
def both(client: Client, control: Control) -> Pair:
    return pair(client, control)


def test_both_regions_hear_of_a_switchover(client: Client, both: Pair) -> None:
    regions = {
        PRIMARY_REGION: both.database.primary_arn,
        SECONDARY_REGION: both.database.secondary_arn,
    }
    urls = {region: queue_of_events(client, region) for region in regions}
    both.switch_over(both.database.secondary_arn)
    both.until_available()
    for region, arn in regions.items():
        told = received(client, region, urls[region], 4)
        assert [each["EventID"] for each in told] == [
            "RDS-EVENT-0181",
            "RDS-EVENT-0182",
            "RDS-EVENT-0184",
            "RDS-EVENT-0185",
        ]
        assert {each["SourceArn"] for each in told} == {arn}
        assert told[0]["EventCategories"] == ["global-failover"]
        assert "secondary-abc123 in Region us-west-2" in told[0]["Message"]


def test_the_standby_hears_of_a_failover_from_a_dead_region(client: Client, both: Pair) -> None:
    url = queue_of_events(client, SECONDARY_REGION)
    both.region(PRIMARY_REGION, "down")
    both.fail_over()
    both.until_available()
    told = received(client, SECONDARY_REGION, url, 4)
    assert [each["EventID"] for each in told][-1] == "RDS-EVENT-0185"


def test_a_cancelled_one_is_told_too(client: Client, both: Pair) -> None:
    url = queue_of_events(client, SECONDARY_REGION)
    both.lag(1, stopped=True)
    both.primary.run("create table t (id int primary key)")
    both.switch_over(both.database.secondary_arn)
    both.region(PRIMARY_REGION, "down")
    told = received(client, SECONDARY_REGION, url, 3)
    assert [each["EventID"] for each in told] == [
        "RDS-EVENT-0181",
        "RDS-EVENT-0183",
        "RDS-EVENT-0186",
    ]
