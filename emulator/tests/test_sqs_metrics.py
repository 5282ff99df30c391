"""Queues tell each minute how many messages wait in them."""

import time

from tests.clock import compressed
from tests.conftest import Client
from tests.zips import eventually


def test_what_waits_in_a_queue_shows_in_its_metrics(client: Client) -> None:
    sqs = client("sqs", "us-west-2")
    url = sqs.create_queue(QueueName="dead-letters")["QueueUrl"]
    for body in ("a", "b"):
        sqs.send_message(QueueUrl=url, MessageBody=body)

    def waiting() -> float | None:
        points = client("cloudwatch", "us-west-2").get_metric_statistics(
            Namespace="AWS/SQS",
            MetricName="ApproximateNumberOfMessagesVisible",
            Dimensions=[{"Name": "QueueName", "Value": "dead-letters"}],
            StartTime=time.time() - 300,
            EndTime=time.time() + 60,
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
        return max((each["Maximum"] for each in points), default=None)

    with compressed(600):
        eventually(lambda: waiting() == 2)
