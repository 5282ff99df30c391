"""The record of one failover or failback and how it may change. Pure: no AWS, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """Which way the roles change."""

    FAILOVER = "failover"
    FAILBACK = "failback"


class Status(StrEnum):
    """Where an operation stands.

    Refused means: nothing was changed, and a later trigger may try again. Abandoned is only a failback, which gave way midway.
    """

    RUNNING = "running"
    REFUSED = "refused"
    ABANDONED = "abandoned"
    FINISHED = "finished"


class StepState(StrEnum):
    """Where a step stands."""

    PENDING = "pending"
    STARTED = "started"
    DONE = "done"


Facts = dict[str, Any]


@dataclass(frozen=True)
class StepRecord:
    """One step: when it was first begun and ended (epoch milliseconds), how often begun, and what it found."""

    state: StepState = StepState.PENDING
    attempts: int = 0
    started_at: int | None = None
    finished_at: int | None = None
    facts: Facts = field(default_factory=dict)
    trouble: str | None = None


@dataclass(frozen=True)
class Record:
    """One failover or failback from its trigger to its report."""

    id: str
    first_failed_at: int
    triggered_at: int
    requested_by: str
    forced: bool
    begun_at: int
    status: Status = Status.RUNNING
    attempts: int = 1
    refusal: str | None = None
    steps: Mapping[str, StepRecord] = field(default_factory=dict)
    report: Facts | None = None
    late_told: bool = False
    kind: Kind = Kind.FAILOVER

    def step(self, name: str) -> StepRecord:
        """The step as recorded; pending when it was never begun."""
        return self.steps.get(name, StepRecord())

    def done(self, name: str) -> bool:
        """Whether the step is recorded as done."""
        return self.step(name).state is StepState.DONE

    def facts(self, name: str) -> Facts:
        """What a step found; empty when it found nothing yet."""
        return self.step(name).facts

    def started(self, name: str, now: int) -> "Record":
        """A step is begun, once more or for the first time."""
        step = self.step(name)
        return self._with(
            name,
            replace(
                step,
                state=StepState.STARTED,
                attempts=step.attempts + 1,
                started_at=step.started_at or now,
            ),
        )

    def noted(self, name: str, facts: Facts) -> "Record":
        """A step under way has found something that a successor must know."""
        step = self.step(name)
        return self._with(name, replace(step, facts={**step.facts, **facts}))

    def troubled(self, name: str, trouble: str) -> "Record":
        """A step met trouble and will be tried again."""
        return self._with(name, replace(self.step(name), trouble=trouble))

    def finished(self, name: str, facts: Facts, now: int) -> "Record":
        """A step is done."""
        step = self.step(name)
        return self._with(
            name,
            replace(step, state=StepState.DONE, finished_at=now, facts={**step.facts, **facts}, trouble=None),
        )

    def begun_again(self, triggered_at: int, forced: bool) -> "Record":
        """What was refused or abandoned is tried once more, from its first step. An outage keeps its beginning; a request has a new one."""
        return replace(
            self,
            first_failed_at=self.first_failed_at if self.kind is Kind.FAILOVER else triggered_at,
            status=Status.RUNNING,
            attempts=self.attempts + 1,
            triggered_at=triggered_at,
            forced=forced,
            steps={},
            late_told=False,
        )

    def _with(self, name: str, step: StepRecord) -> "Record":
        return replace(self, steps={**self.steps, name: step})


def to_document(record: Record) -> Facts:
    """The record as plain values for the table."""
    return {
        "id": record.id,
        "first_failed_at": record.first_failed_at,
        "triggered_at": record.triggered_at,
        "requested_by": record.requested_by,
        "forced": record.forced,
        "begun_at": record.begun_at,
        "status": record.status.value,
        "attempts": record.attempts,
        "refusal": record.refusal,
        "report": record.report,
        "late_told": record.late_told,
        "kind": record.kind.value,
        "steps": {
            name: {
                "state": step.state.value,
                "attempts": step.attempts,
                "started_at": step.started_at,
                "finished_at": step.finished_at,
                "facts": step.facts,
                "trouble": step.trouble,
            }
            for name, step in record.steps.items()
        },
    }


def from_document(document: Mapping[str, Any]) -> Record:
    """The record in the table's plain values."""
    steps = {name: StepRecord(**{**step, "state": StepState(step["state"])}) for name, step in document["steps"].items()}
    kind = Kind(document.get("kind", Kind.FAILOVER))
    return Record(**{**document, "status": Status(document["status"]), "kind": kind, "steps": steps})
