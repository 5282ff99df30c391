"""What a request leaves behind: AWS/ApiGateway's metrics and a line in the stage's access log.

Both need the turn.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.logs.models import logs_backends

from lifeboat_emulator.rest_apis import context as contexts
from lifeboat_emulator.rest_apis.deployed import Endpoint
from lifeboat_emulator.rest_apis.locating import Target

_log = logging.getLogger("lifeboat_emulator.rest_apis")


@dataclass(frozen=True)
class Outcome:
    """How a request went. Times are in seconds; None where no integration was asked."""

    status: int
    length: int
    latency: float
    integration_latency: float | None = None
    integration_status: int | None = None


def metrics(
    target: Target, endpoint: Endpoint | None, method: str, outcome: Outcome, *, detailed: bool
) -> None:
    """Publish a request's figures: of the API, of the stage, and of the method where wanted."""
    values = {
        "Count": (1.0, "Count"),
        "4XXError": (float(400 <= outcome.status < 500), "Count"),
        "5XXError": (float(outcome.status >= 500), "Count"),
        "Latency": (outcome.latency * 1000, "Milliseconds"),
    }
    if outcome.integration_latency is not None:
        values["IntegrationLatency"] = (outcome.integration_latency * 1000, "Milliseconds")
    by_api = {"ApiName": target.api_name}
    by_stage = {**by_api, "Stage": target.stage}
    series = [by_api, by_stage]
    if detailed and endpoint is not None:
        series.append({**by_stage, "Resource": endpoint.path, "Method": method})
    cloudwatch_backends[target.account][target.region].put_metric_data(
        "AWS/ApiGateway",
        [
            {
                "MetricName": name,
                "Value": value,
                "Unit": unit,
                "Dimensions": [{"Name": key, "Value": text} for key, text in dimensions.items()],
            }
            for name, (value, unit) in values.items()
            for dimensions in series
        ],
    )


def access_log(target: Target, context: Mapping[str, str], outcome: Outcome) -> None:
    """Write the stage's line about a request, where it has an access log in CloudWatch Logs."""
    form, arn = target.access_log.get("format"), target.access_log.get("destinationArn", "")
    if not form or ":log-group:" not in arn:
        return
    known: dict[str, Any] = {
        "status": outcome.status,
        "responseLength": outcome.length,
        "responseLatency": round(outcome.latency * 1000),
    }
    if outcome.integration_latency is not None:
        known["integrationLatency"] = round(outcome.integration_latency * 1000)
        known["integration.latency"] = known["integrationLatency"]
    if outcome.integration_status is not None:
        for name in ("integrationStatus", "integration.status", "integration.integrationStatus"):
            known[name] = outcome.integration_status
    line = contexts.render(form, {**context, **{name: str(v) for name, v in known.items()}})
    group = arn.split(":log-group:", 1)[1].removesuffix(":*")
    backend = logs_backends[target.account][target.region]
    if group not in backend.groups:
        _log.warning("the access log of %s has no group %s", target.arn, group)
        return
    stream = f"{target.api_id}_{target.stage}"
    backend.ensure_log_stream(group, stream)
    moment = int(datetime.now(UTC).timestamp() * 1000)
    backend.put_log_events(group, stream, [{"timestamp": moment, "message": line}])
