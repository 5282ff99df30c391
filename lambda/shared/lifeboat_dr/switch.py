"""The static switch of the DNS: "the standby takes over".

Its truth is the item `pk = "switch"`, `sk = "standby_takes_over"`; what Route 53 sees is the metric `StandbyTakesOver` of the standby
region, through an alarm and a health check on it. Neither Route 53's control plane nor the primary region takes part. The health monitor
repeats the value every 15 s, so that the alarm always has fresh data; a failover and a failback publish it at once.
"""

from dataclasses import dataclass

from lifeboat_dr.metrics import Metric, Metrics
from lifeboat_dr.table import ConditionFailed, Table, Write

PK, SK = "switch", "standby_takes_over"
METRIC = "StandbyTakesOver"


@dataclass(frozen=True)
class TakeoverSwitch:
    """The switch of one environment."""

    table: Table
    metrics: Metrics

    def thrown(self) -> bool:
        """Whether the standby takes over; false before anybody ever threw it."""
        item = self.table.get(PK, SK)
        return bool(item and item.get("thrown"))

    def publish(self, at: int) -> bool:
        """Repeat the value as a metric, and answer with it."""
        thrown = self.thrown()
        self.metrics.put([Metric(METRIC, 1.0 if thrown else 0.0)], at)
        return thrown

    def set(self, thrown: bool, by: str, token: int, at: int) -> None:
        """Record the value under the slot's fencing token, then publish it. A newer token's value is not overwritten."""
        try:
            self.table.update(
                Write(
                    PK,
                    SK,
                    "SET thrown = :thrown, set_by = :by, set_at = :at, fencing_token = :token",
                    "attribute_not_exists(fencing_token) OR fencing_token <= :token",
                    {":thrown": thrown, ":by": by, ":at": at, ":token": token},
                )
            )
        except ConditionFailed as error:
            raise SwitchFenced(f"the switch was set by a newer operation than {by}") from error
        self.metrics.put([Metric(METRIC, 1.0 if thrown else 0.0)], at)


class SwitchFenced(RuntimeError):
    """A newer operation has set the switch."""
