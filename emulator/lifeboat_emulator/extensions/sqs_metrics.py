"""Queues publish AWS/SQS's metrics each minute, so that an alarm sees a dead letter.

Moto publishes none.
"""

import time
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.sqs.models import Queue, SQSBackend, sqs_backends

from lifeboat_emulator import regions, ticker

_MINUTE = 60.0


def install() -> None:
    """Look at every queue once a minute."""
    ticker.every("metrics of queues", _MINUTE, _publish)


def _publish() -> None:
    for account, region, backend in list(sqs_backends.iter_backends()):
        if not isinstance(backend, SQSBackend):
            continue
        if backend.queues and not regions.is_down(region):
            data = [datum for queue in backend.queues.values() for datum in _data(queue)]
            cloudwatch_backends[account][region].put_metric_data("AWS/SQS", data)


def _data(queue: Queue) -> list[dict[str, Any]]:
    visible = queue.messages
    oldest = min((message.sent_timestamp or 0 for message in visible), default=None)
    age = 0.0 if oldest is None else max(0.0, time.time() - oldest / 1000)
    values = {
        "ApproximateNumberOfMessagesVisible": (float(len(visible)), "Count"),
        "ApproximateNumberOfMessagesNotVisible": (
            float(queue.approximate_number_of_messages_not_visible),
            "Count",
        ),
        "ApproximateAgeOfOldestMessage": (age, "Seconds"),
    }
    return [
        {
            "MetricName": name,
            "Value": value,
            "Unit": unit,
            "Dimensions": [{"Name": "QueueName", "Value": queue.name}],
        }
        for name, (value, unit) in values.items()
    ]
