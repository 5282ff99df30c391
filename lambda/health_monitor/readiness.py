"""Could a failover happen now? Three answers for people and alarms; none of them holds up the call for one."""

from collections.abc import Callable
from dataclasses import dataclass

from aws_lambda_powertools import Logger

from lifeboat_dr.aws import AwsError, error_code
from lifeboat_dr.database import Database
from lifeboat_dr.failovers import RUNNING, Failovers, quiet_until
from lifeboat_dr.kill_switch import KillSwitch
from lifeboat_dr.metrics import Metric
from lifeboat_dr.settings import Place
from lifeboat_dr.topology import TopologyError


@dataclass(frozen=True)
class Readiness:
    """What the orchestrator will look at, asked beforehand."""

    place: Place
    database: Database
    kill_switch: KillSwitch
    failovers: Failovers
    anti_flap: int
    logger: Logger

    def metrics(self, now: int) -> list[Metric]:
        """1 for yes, 0 for no, and no value for what cannot be known."""
        answers = {
            "StandbyReady": self._attempt(self.standby_ready),
            "FailoverArmed": self._attempt(self.kill_switch.armed),
            "FailoverSettled": self._attempt(lambda: self.settled(now)),
        }
        return [Metric(name, 1.0 if answer else 0.0) for name, answer in answers.items() if answer is not None]

    def standby_ready(self) -> bool:
        """The standby follows the primary and can be promoted."""
        topology = self.database.topology()
        follows = topology.writer_region == self.place.primary_region and topology.member_in(self.place.standby_region) is not None
        return follows and self.database.cluster(self.place.standby_cluster).promotable

    def settled(self, now: int) -> bool:
        """Nothing is unfinished, and the last change of roles is long enough ago."""
        current = self.failovers.current()
        unfinished = current is not None and current.status == RUNNING
        return not unfinished and now >= quiet_until(current, self.anti_flap)

    def _attempt(self, question: Callable[[], bool]) -> bool | None:
        try:
            return question()
        except (*AwsError, TopologyError) as error:
            self.logger.warning("asking for readiness", extra={"error": error_code(error)})
            return None
