"""A Route 53 health check has a status: of its checkers, its alarm's metric, or its children.

Moto says "Success" of every check. What probes endpoints is `route53_endpoint_checks`, what reads
metrics `route53_metric_checks`; both record here what they found, for the name servers to ask.
Health checkers stand in no region: they go on while the control plane is away.
"""

import logging
from datetime import UTC, datetime
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult
from moto.route53.exceptions import InvalidInput
from moto.route53.models import HealthCheck, route53_backends
from moto.route53.responses import Route53

from lifeboat_emulator import control, dns, regions, ticker
from lifeboat_emulator.extensions import cloudwatch_metrics

_log = logging.getLogger("lifeboat_emulator.health")

_FOUND = "lifeboat_found"
_TOLD = "lifeboat_told"
_SINCE = "lifeboat_since"
#: Where Route 53 keeps its metrics, and nowhere else.
_METRICS_REGION = "us-east-1"
_DEEPEST = 5


def install() -> None:
    """Answer GetHealthCheckStatus, publish metrics each minute, tell of changes."""
    setattr(Route53, "get_health_check_status", _get_status)
    dns.judge_by(is_healthy)
    control.route("GET", "/health-checks", _list)
    ticker.every("health check metrics", 60, _publish)
    ticker.every("health check changes", 1, _notice)


def checks() -> list[HealthCheck]:
    """All there are."""
    return list(route53_backends[DEFAULT_ACCOUNT_ID]["aws"].health_checks.values())


def record(check: HealthCheck, healthy: bool, why: str) -> None:
    """Keep what a checker or a metric said last."""
    check.__dict__[_FOUND] = (healthy, why, datetime.now(UTC))


def is_healthy(identifier: str) -> bool:
    """The status as the name servers use it; a check that is gone is no reason to move."""
    check = route53_backends[DEFAULT_ACCOUNT_ID]["aws"].health_checks.get(identifier)
    return True if check is None else _judge(check, 0)[0]


def last_found(check: HealthCheck) -> bool:
    """What was recorded last; new checks are healthy until more is known."""
    return bool(check.__dict__.get(_FOUND, (True,))[0])


def _judge(check: HealthCheck, depth: int) -> tuple[bool, str]:
    config = check.health_check_config
    if config.get("Disabled"):
        healthy, why = True, "the health check is disabled"
    elif config["Type"] == "CALCULATED":
        healthy, why = _calculated(config, depth)
    else:
        healthy, why, _ = check.__dict__.get(_FOUND, (True, "not checked yet", None))
    return (not healthy, f"inverted: {why}") if config.get("Inverted") else (healthy, why)


def _calculated(config: dict[str, Any], depth: int) -> tuple[bool, str]:
    if depth > _DEEPEST:
        return True, "the health checks refer to each other"
    backend = route53_backends[DEFAULT_ACCOUNT_ID]["aws"]
    children = [
        child
        for child in (backend.health_checks.get(each) for each in config["ChildHealthChecks"])
        if child is not None
    ]
    healthy = sum(_judge(child, depth + 1)[0] for child in children)
    wanted = int(config.get("HealthThreshold", len(children)))
    return healthy >= wanted, f"{healthy} of {len(children)} are healthy, {wanted} are needed"


def _get_status(self: Route53) -> ActionResult:
    check = self.backend.get_health_check(self._get_param("HealthCheckId"))
    if check.health_check_config["Type"] == "CALCULATED":
        raise InvalidInput("The status of a calculated health check is its children's.")
    _, why, at = check.__dict__.get(_FOUND, (True, "Success: not checked yet", datetime.now(UTC)))
    observation = {
        "Region": _METRICS_REGION,
        "IPAddress": "15.177.2.1",
        "StatusReport": {"Status": why, "CheckedTime": at.replace(tzinfo=None)},
    }
    return ActionResult({"HealthCheckObservations": [observation]})


def _publish() -> None:
    if regions.is_down(_METRICS_REGION):
        return
    for check in checks():
        value = 1.0 if _judge(check, 0)[0] else 0.0
        dimensions = {"HealthCheckId": check.id}
        cloudwatch_metrics.publish(
            _METRICS_REGION, "AWS/Route53", "HealthCheckStatus", value, dimensions
        )


def _notice() -> None:
    """One line in the log for each change, which a drill's report can be read against."""
    for check in checks():
        healthy, why = _judge(check, 0)
        if check.__dict__.setdefault(_TOLD, healthy) != healthy:
            check.__dict__[_TOLD] = healthy
            check.__dict__[_SINCE] = datetime.now(UTC)
            word = "healthy" if healthy else "unhealthy"
            _log.info("health check %s is %s: %s", check.id, word, why)


def _list(_request: Any) -> dict[str, Any]:
    described = []
    for check in checks():
        healthy, why = _judge(check, 0)
        since = check.__dict__.get(_SINCE)
        described.append(
            {
                "id": check.id,
                "type": check.health_check_config["Type"],
                "healthy": healthy,
                "why": why,
                "since": since.isoformat() if since else None,
            }
        )
    return {"health_checks": described}
