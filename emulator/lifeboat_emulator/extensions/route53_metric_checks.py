"""Health checks on an alarm read the alarm's metric themselves, not its state.

So SetAlarmState does not move them, and they go by their own rule where data is lacking
(InsufficientDataHealthStatus), which is also what they do when the alarm's region is down.
"""

import time
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.route53.models import HealthCheck

from lifeboat_emulator import regions, ticker
from lifeboat_emulator.extensions import cloudwatch_evaluation as evaluation
from lifeboat_emulator.extensions import route53_health_status as health

_INTERVAL = 10


def install() -> None:
    """Read the metrics at intervals."""
    schedule()


def schedule() -> None:
    """Read every alarm's metric each ten seconds of emulated time, from now on."""
    ticker.every("metric health checks", _INTERVAL, read_all)


def read_all() -> None:
    """Judge each health check on an alarm."""
    now = time.time()
    for check in health.checks():
        config = check.health_check_config
        if config["Type"] == "CLOUDWATCH_METRIC" and not config.get("Disabled"):
            _read(check, config, now)


def _read(check: HealthCheck, config: dict[str, Any], now: float) -> None:
    watched = config["AlarmIdentifier"]
    region, name = watched["Region"], watched["Name"]
    backend = cloudwatch_backends[DEFAULT_ACCOUNT_ID][region]
    alarm = backend.alarms.get(name)
    if regions.is_down(region) or alarm is None or alarm.rule is not None:
        why = "no metric alarm of that name" if alarm is None else f"{region} does not answer"
        _without_data(check, config, why)
        return
    verdict = evaluation.evaluate(alarm, backend, now)
    if not verdict.known or verdict.state is None:
        _without_data(check, config, verdict.reason)
        return
    health.record(check, verdict.state == evaluation.OK, verdict.reason)


def _without_data(check: HealthCheck, config: dict[str, Any], why: str) -> None:
    """Healthy, unhealthy or as before, as the check says."""
    treatment = config.get("InsufficientDataHealthStatus", "LastKnownStatus")
    healthy = health.last_found(check) if treatment == "LastKnownStatus" else treatment == "Healthy"
    health.record(check, healthy, f"{treatment} for want of data: {why}")
