"""A Route 53 health check keeps every field it was given, and counts its versions.

Moto drops the alarm of a CLOUDWATCH_METRIC check, which the provider then replaces at every plan,
the children of a CALCULATED one, and what an update resets.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.route53.exceptions import InvalidInput, Route53ClientError
from moto.route53.models import HealthCheck
from moto.route53.responses import Route53

_ENDPOINT_DEFAULTS = {"RequestInterval": 30, "FailureThreshold": 3, "MeasureLatency": False}
_PORTS = {"HTTP": 80, "HTTP_STR_MATCH": 80, "HTTPS": 443, "HTTPS_STR_MATCH": 443}
# Types that watch something else than an endpoint, so the endpoint's settings do not apply.
_DERIVED = ("CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL")
_RESETTABLE = ("ChildHealthChecks", "FullyQualifiedDomainName", "Regions", "ResourcePath")


class HealthCheckVersionMismatchError(Route53ClientError):
    """The update was made against an older version."""

    def __init__(self, wanted: int, current: int) -> None:
        super().__init__(
            "HealthCheckVersionMismatch",
            f"The health check is at version {current}, the update expects {wanted}",
        )


def install() -> None:
    """Replace creation, update and description."""
    original_create = Route53.create_health_check

    def create_health_check(self: Route53) -> ActionResult:
        given = self._get_param("HealthCheckConfig")
        _check_children(self, given.get("ChildHealthChecks") or [])
        answer = original_create(self)
        result: Any = answer.result
        result["HealthCheck"].__dict__["lifeboat_config"] = with_defaults(dict(given))
        return answer

    setattr(Route53, "create_health_check", create_health_check)
    setattr(Route53, "update_health_check", _update)
    setattr(HealthCheck, "health_check_config", property(_config))


def with_defaults(config: dict[str, Any]) -> dict[str, Any]:
    """`config`, completed as AWS completes it for its type."""
    kind = config["Type"]
    defaults: dict[str, Any] = {"Inverted": False, "Disabled": False}
    if kind not in _DERIVED:
        defaults |= _ENDPOINT_DEFAULTS
        defaults["EnableSNI"] = kind.startswith("HTTPS")
        if kind in _PORTS:
            defaults["Port"] = _PORTS[kind]
    elif kind == "CALCULATED":
        defaults["HealthThreshold"] = len(config.get("ChildHealthChecks") or [])
    given = {name: value for name, value in config.items() if value is not None}
    return defaults | given


def _config(health_check: HealthCheck) -> dict[str, Any]:
    config: dict[str, Any] = health_check.__dict__["lifeboat_config"]
    return config


def _update(self: Route53) -> ActionResult:
    health_check = self.backend.get_health_check(self._get_param("HealthCheckId"))
    wanted = self._get_param("HealthCheckVersion")
    if wanted is not None and int(wanted) != health_check.health_check_version:
        raise HealthCheckVersionMismatchError(int(wanted), health_check.health_check_version)
    config = _config(health_check)
    params = self._get_params()
    _check_children(self, params.get("ChildHealthChecks") or [])
    for name in params.get("ResetElements") or []:
        if name in _RESETTABLE:
            config.pop(name, None)
    for name, value in params.items():
        if value is not None and name not in ("HealthCheckId", "HealthCheckVersion"):
            config[name] = value
    config.pop("ResetElements", None)
    health_check.health_check_version += 1
    return ActionResult({"HealthCheck": health_check})


def _check_children(response: Route53, children: list[str]) -> None:
    for child in children:
        if child not in response.backend.health_checks:
            raise InvalidInput(f"The child health check {child} does not exist")
