"""Health checks on endpoints probe the emulated internet, as Route 53's checkers do.

Sixteen checkers each ask once an interval, spread over it. A checker changes its mind after as many
like answers in a row as the threshold says, and the endpoint is healthy while more than 18 % of
the checkers think so. Certificates are not checked, redirects are not followed, as on AWS.
"""

from dataclasses import dataclass, field
from typing import Any

from moto.route53.models import HealthCheck

from lifeboat_emulator import internet, ticker, timing
from lifeboat_emulator.extensions import route53_health_status as health

_CHECKERS = 16
_HEALTHY_SHARE = 0.18
_TICK = 1
# Seconds Route 53 waits for the answer once it is connected, and bytes it searches.
_PATIENCE = 2.0
_SEARCHED = 5120

_PROBES = "lifeboat_probes"
_ENDPOINT_TYPES = ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP")


@dataclass
class _Checker:
    """One of them: what it thinks, how often in a row it saw otherwise, when it asks again.

    Times are of the emulated clock.
    """

    next_at: float
    healthy: bool = True
    against: int = 0


@dataclass
class _Probes:
    version: int
    checkers: list[_Checker] = field(default_factory=list)


def install() -> None:
    """Probe at intervals."""
    ticker.every("endpoint health checks", _TICK, probe_all)


def probe_all() -> None:
    """Have every checker ask whose time has come."""
    for check in health.checks():
        config = check.health_check_config
        if config["Type"] in _ENDPOINT_TYPES and not config.get("Disabled"):
            _probe(check, config)


def _probe(check: HealthCheck, config: dict[str, Any]) -> None:
    now = timing.emulated()
    due = [each for each in _checkers(check, config, now) if each.next_at <= now]
    if not due:
        return
    good, why = _ask(config)
    interval = int(config["RequestInterval"])
    threshold = int(config["FailureThreshold"])
    for checker in due:
        # What was missed while the emulator was busy is skipped.
        checker.next_at += interval * max(1, -((checker.next_at - now) // interval))
        checker.against = 0 if good == checker.healthy else checker.against + 1
        if checker.against >= threshold:
            checker.healthy, checker.against = good, 0
    checkers = check.__dict__[_PROBES].checkers
    share = sum(each.healthy for each in checkers) / len(checkers)
    health.record(check, share > _HEALTHY_SHARE, why)


def _checkers(check: HealthCheck, config: dict[str, Any], now: float) -> list[_Checker]:
    """Those of this version of the check; an update starts again, but keeps what was thought."""
    known: _Probes | None = check.__dict__.get(_PROBES)
    if known is None or known.version != check.health_check_version:
        interval = int(config["RequestInterval"])
        healthy = health.last_found(check)
        spread = [
            _Checker(now + interval * number / _CHECKERS, healthy) for number in range(_CHECKERS)
        ]
        known = check.__dict__[_PROBES] = _Probes(check.health_check_version, spread)
    return known.checkers


def _ask(config: dict[str, Any]) -> tuple[bool, str]:
    """One request: whether it was good, and what AWS says of it."""
    name = config.get("IPAddress") or config.get("FullyQualifiedDomainName") or ""
    found = internet.host(name)
    if found is None:
        return False, "Failure: DNS resolution failed: the name does not resolve"
    resolved = f"Resolved IP: {found.address}"
    answer = found.ask()
    if answer is None:
        return False, f"Failure: The health checker could not connect, refused. {resolved}"
    if config["Type"] == "TCP":
        return True, f"Success: connection established. {resolved}"
    if answer.delay > _PATIENCE:
        return False, f"Failure: Response timed out. {resolved}"
    status = f"HTTP Status Code {answer.status}. {resolved}"
    if not 200 <= answer.status < 400:
        return False, f"Failure: {status}"
    wanted = config.get("SearchString")
    if config["Type"].endswith("STR_MATCH") and str(wanted) not in answer.body[:_SEARCHED]:
        return False, f"Failure: {status}. The response body does not hold the search string"
    return True, f"Success: {status}"
