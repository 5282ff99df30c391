"""The events the functions speak with, on the standby region's bus."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lifeboat_dr.clock import iso

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

SOURCE = "lifeboat.dr"
REGION_UNHEALTHY = "Region Unhealthy"
FAILOVER_CONTINUE = "Failover Continue"
FAILOVER_FINISHED = "Failover Finished"
FAILBACK_FINISHED = "Failback Finished"


class EventRefused(RuntimeError):
    """EventBridge took the call but not the event."""


@dataclass(frozen=True)
class Event:
    """One event: a detail type of this module, and its detail."""

    detail_type: str
    detail: dict[str, object]


def region_unhealthy(suffix: str, region: str, first_failed_at: int, at: int) -> Event:
    """The event that asks for a failover. One outage has one incident, however often the event is sent."""
    return Event(
        REGION_UNHEALTHY,
        {
            "environment": suffix,
            "region": region,
            "incident": f"{suffix}-{first_failed_at}",
            "first_failed_at": first_failed_at,
            "first_failed": iso(first_failed_at),
            "triggered_at": at,
        },
    )


class EventBus(Protocol):
    """Where events go."""

    def send(self, event: Event) -> None:
        """Send one event; raises when it was not accepted."""
        ...


@dataclass(frozen=True)
class EventBridgeBus:
    """A bus of the function's own region."""

    client: "EventBridgeClient"
    name: str

    def send(self, event: Event) -> None:
        """Send one event; raises when it was not accepted."""
        answer = self.client.put_events(
            Entries=[
                {
                    "EventBusName": self.name,
                    "Source": SOURCE,
                    "DetailType": event.detail_type,
                    "Detail": json.dumps(event.detail),
                }
            ]
        )
        if answer["FailedEntryCount"]:
            reason = answer["Entries"][0].get("ErrorCode", "no reason given")
            raise EventRefused(f"sending {event.detail_type!r}: {reason}")
