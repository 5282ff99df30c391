"""What the engine runs: an operation is a kind of work, its steps in order, and the preconditions a dry run asks too."""

from collections.abc import Callable
from dataclasses import dataclass

from failover_orchestrator.checks import Check, standing
from failover_orchestrator.context import Context, Done, Refused, Wait
from failover_orchestrator.record import Kind
from lifeboat_dr.settings import Place

Outcome = Done | Wait


@dataclass(frozen=True)
class Step:
    """One step: its name in the record, and what it does. Run any number of times it comes to the same end."""

    name: str
    run: Callable[[Context], Outcome]


@dataclass(frozen=True)
class Operation:
    """A failover or a failback."""

    kind: Kind
    #: What its clock starts with, as people are told.
    begins_with: str
    check_all: Callable[[Context], list[Check]]
    steps: tuple[Step, ...]

    def target(self, place: Place) -> str:
        """The region that is to write in the end."""
        return place.standby_region if self.kind is Kind.FAILOVER else place.primary_region


def preconditions(check_all: Callable[[Context], list[Check]]) -> Step:
    """The first step of every operation: refuse unless everything it relies on holds."""

    def run(context: Context) -> Outcome:
        found = check_all(context)
        against = standing(found, context.record.forced)
        if against:
            raise Refused("; ".join(f"{check.name}: {check.detail}" for check in against))
        return Done({check.name: f"{check.detail} ({check.source})" for check in found})

    return Step("preconditions", run)
