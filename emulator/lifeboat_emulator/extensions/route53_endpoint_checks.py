"""Health checks on endpoints probe the emulated internet, as Route 53's checkers do.

Sixteen checkers each ask once an interval, spread over it. A checker changes its mind after as many
like answers in a row as the threshold says, and the endpoint is healthy while more than 18 % of
the checkers think so. Certificates are not checked, redirects are not followed, as on AWS. A host
may take its time (a function runs behind it), so it is asked beside the turn.
"""

from dataclasses import dataclass, field
from typing import Any

from moto.route53.models import HealthCheck

from lifeboat_emulator import internet, regions, ticker, timing, turn
from lifeboat_emulator.extensions import cloudwatch_metrics
from lifeboat_emulator.extensions import route53_health_status as health
from lifeboat_emulator.hosts import Host, Request

_CHECKERS = 16
_HEALTHY_SHARE = 0.18
_TICK = 1
# Seconds Route 53 waits for the answer once it is connected, and bytes it searches.
_PATIENCE = 2.0
_SEARCHED = 5120
_AGENT = "Amazon-Route53-Health-Check-Service"
_METRICS_REGION = "us-east-1"

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
    # Since when (real seconds) an answer is waited for.
    asked_at: float | None = None


@dataclass(frozen=True)
class _Finding:
    """What one request found. `seconds` until the answer; None where there was none."""

    good: bool
    why: str
    seconds: float | None = None


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
    probes = _probes(check, config, now)
    due = [each for each in probes.checkers if each.next_at <= now]
    if not due:
        return
    name = config.get("IPAddress") or config.get("FullyQualifiedDomainName") or ""
    found = internet.host(name)
    if found is None:
        why = "Failure: DNS resolution failed: the name does not resolve"
        _judge(check, probes, due, _Finding(False, why))
    elif config["Type"] == "TCP":
        _judge(check, probes, due, _connected(found))
    elif probes.asked_at is None:
        probes.asked_at = timing.now()
        ticker.offload(lambda: _ask_beside(check, probes, found, due))
    elif timing.now() - probes.asked_at > _PATIENCE:
        # The host still owes the answer to those who asked before; these get none in time either.
        _judge(check, probes, due, _timed_out(found))


def _ask_beside(check: HealthCheck, probes: _Probes, found: Host, due: list[_Checker]) -> None:
    """Ask once for all checkers that are due. Without the turn."""
    try:
        finding = _ask(found, check.health_check_config)
    finally:
        probes.asked_at = None
    with turn.taken():
        if check.__dict__.get(_PROBES) is probes:
            _judge(check, probes, due, finding)


def _judge(check: HealthCheck, probes: _Probes, due: list[_Checker], finding: _Finding) -> None:
    """Let the checkers that are due think again. Needs the turn."""
    now = timing.emulated()
    interval = int(check.health_check_config["RequestInterval"])
    threshold = int(check.health_check_config["FailureThreshold"])
    for checker in due:
        # What was missed while the emulator was busy is skipped.
        checker.next_at += interval * max(1, -((checker.next_at - now) // interval))
        checker.against = 0 if finding.good == checker.healthy else checker.against + 1
        if checker.against >= threshold:
            checker.healthy, checker.against = finding.good, 0
    share = sum(each.healthy for each in probes.checkers) / len(probes.checkers)
    health.record(check, share > _HEALTHY_SHARE, finding.why)
    _measure(check, finding)


def _measure(check: HealthCheck, finding: _Finding) -> None:
    """Publish how long it took, where the check is to measure that."""
    wanted = check.health_check_config.get("MeasureLatency")
    if finding.seconds is None or str(wanted).lower() != "true":
        return
    if not regions.is_down(_METRICS_REGION):
        cloudwatch_metrics.publish(
            _METRICS_REGION,
            "AWS/Route53",
            "TimeToFirstByte",
            finding.seconds * 1000,
            {"HealthCheckId": check.id},
            "Milliseconds",
        )


def _probes(check: HealthCheck, config: dict[str, Any], now: float) -> _Probes:
    """Those of this version of the check; an update starts again, but keeps what was thought."""
    known: _Probes | None = check.__dict__.get(_PROBES)
    if known is None or known.version != check.health_check_version:
        interval = int(config["RequestInterval"])
        healthy = health.last_found(check)
        spread = [
            _Checker(now + interval * number / _CHECKERS, healthy) for number in range(_CHECKERS)
        ]
        known = check.__dict__[_PROBES] = _Probes(check.health_check_version, spread)
    return known


def _connected(found: Host) -> _Finding:
    resolved = f"Resolved IP: {found.address}"
    if found.answers:
        return _Finding(True, f"Success: connection established. {resolved}")
    return _Finding(False, f"Failure: The health checker could not connect, refused. {resolved}")


def _timed_out(found: Host) -> _Finding:
    return _Finding(False, f"Failure: Response timed out. Resolved IP: {found.address}")


def _ask(found: Host, config: dict[str, Any]) -> _Finding:
    """One request: whether it was good, and what AWS says of it."""
    asked_at = timing.now()
    answer = found.ask(_request(config))
    if answer is None:
        return _connected(found) if not found.answers else _timed_out(found)
    seconds = timing.now() - asked_at + answer.delay
    if seconds > _PATIENCE:
        return _timed_out(found)
    status = f"HTTP Status Code {answer.status}. Resolved IP: {found.address}"
    if not 200 <= answer.status < 400:
        return _Finding(False, f"Failure: {status}", seconds)
    wanted = config.get("SearchString")
    searched = answer.body[:_SEARCHED].decode(errors="replace")
    if config["Type"].endswith("STR_MATCH") and str(wanted) not in searched:
        why = f"Failure: {status}. The response body does not hold the search string"
        return _Finding(False, why, seconds)
    return _Finding(True, f"Success: {status}", seconds)


def _request(config: dict[str, Any]) -> Request:
    host = config.get("FullyQualifiedDomainName") or config.get("IPAddress") or ""
    path, _, query = (config.get("ResourcePath") or "/").partition("?")
    return Request(
        host=host.lower(),
        path=path if path.startswith("/") else f"/{path}",
        query=query,
        headers=(("Host", host), ("User-Agent", _AGENT), ("Accept", "*/*")),
    )
