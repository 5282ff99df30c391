"""What an event asks for. Pure: the event in, a command out, or a refusal that says what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from failover_orchestrator.record import Kind
from lifeboat_dr.events import FAILOVER_CONTINUE, REGION_UNHEALTHY, SOURCE

_REQUESTS = {"Failover Requested": Kind.FAILOVER, "Failback Requested": Kind.FAILBACK}


class BadEvent(ValueError):
    """The event cannot be understood; sending it again will not help."""


@dataclass(frozen=True)
class Command:
    """What is asked for. Times are epoch milliseconds. Without an id it asks only to go on with what is unfinished."""

    id: str | None
    first_failed_at: int | None
    triggered_at: int | None
    requested_by: str
    dry_run: bool
    forced: bool
    kind: Kind = Kind.FAILOVER


def parse_command(event: Mapping[str, object], suffix: str, region: str) -> Command:
    """The command in an EventBridge event for this environment and its primary region."""
    if event.get("source") != SOURCE:
        raise BadEvent(f"source is {event.get('source')!r}, not {SOURCE!r}")
    detail = event.get("detail")
    if not isinstance(detail, Mapping):
        raise BadEvent("detail is missing")
    if detail.get("environment") != suffix:
        raise BadEvent(f"the event is for {detail.get('environment')!r}, not {suffix!r}")
    kind = event.get("detail-type")
    if kind == FAILOVER_CONTINUE:
        return Command(None, None, None, "health-monitor", False, False)
    if kind == REGION_UNHEALTHY:
        if detail.get("region") != region:
            raise BadEvent(f"region is {detail.get('region')!r}, not {region!r}")
        return Command(
            id=_text(detail, "incident"),
            first_failed_at=_moment(detail, "first_failed_at"),
            triggered_at=_moment(detail, "triggered_at"),
            requested_by="health-monitor",
            dry_run=detail.get("dry_run") is True,
            forced=False,
        )
    if isinstance(kind, str) and kind in _REQUESTS:
        requested_at = _moment(detail, "requested_at")
        return Command(
            id=_id(_REQUESTS[kind], _text(detail, "request")),
            first_failed_at=requested_at,
            triggered_at=requested_at,
            requested_by=_text(detail, "requested_by"),
            dry_run=detail.get("dry_run") is True,
            forced=detail.get("force") is True,
            kind=_REQUESTS[kind],
        )
    raise BadEvent(f"detail-type {kind!r} is not one this function knows")


def _id(kind: Kind, request: str) -> str:
    """Failovers and failbacks share a table: a drill may use its name for both."""
    return request if kind is Kind.FAILOVER else f"failback-{request}"


def _text(detail: Mapping[str, object], name: str) -> str:
    value = detail.get(name)
    if not isinstance(value, str) or not value or len(value) > 200:
        raise BadEvent(f"detail.{name} must be a text of 1 to 200 characters")
    return value


def _moment(detail: Mapping[str, object], name: str) -> int:
    value = detail.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise BadEvent(f"detail.{name} must be milliseconds since the epoch")
    return value
