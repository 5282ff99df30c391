"""Running an operation: take the slot, run what is not done yet, record before and after, leave the rest to the next worker."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from aws_lambda_powertools import Logger

from failover_orchestrator import checks
from failover_orchestrator.command import Command
from failover_orchestrator.context import Abandoned, Context, Done, Limits, Ports, Refused, Wait
from failover_orchestrator.failback import FAILBACK
from failover_orchestrator.failover import FAILOVER
from failover_orchestrator.ledger import Ledger
from failover_orchestrator.operation import Operation, Step
from failover_orchestrator.record import Facts, Kind, Record, Status
from lifeboat_dr.aws import AwsError, error_code
from lifeboat_dr.events import FAILOVER_CONTINUE, Event, EventRefused
from lifeboat_dr.failovers import RUNNING, Current
from lifeboat_dr.settings import Place
from lifeboat_dr.slot import Lease, SlotHeld, SlotLost
from lifeboat_dr.switch import SwitchFenced
from lifeboat_dr.topology import TopologyError

#: What a step may meet and survive: it is tried again. Anything else is a fault of ours and ends the invocation.
EXPECTED = (*AwsError, TopologyError, EventRefused)

_RETRY = 3_000
_SAVE_ATTEMPTS = 3
_SAVE_PAUSE = 1_000


@dataclass(frozen=True)
class Engine:
    """The orchestrator of one environment. Answers name a failback's id as `failover` too: it is the key in the table."""

    place: Place
    ports: Ports
    ledger: Ledger
    limits: Limits
    logger: Logger
    failover: Operation = FAILOVER
    failback: Operation = FAILBACK
    dry_run: bool = False

    def handle(self, command: Command, until: int) -> Facts:
        """Bring an operation as far as it gets before that moment (epoch milliseconds); answers with where it stands."""
        current = self.ledger.current()
        unfinished = current is not None and current.status == RUNNING
        id_ = current.id if current is not None and unfinished else command.id
        if id_ is None:
            return {"outcome": "nothing to do"}
        if not unfinished and (self.dry_run or command.dry_run):
            return self._rehearse(command, id_)
        known = self.ledger.load(id_)
        if known is not None and known.status is Status.FINISHED:
            return {"outcome": "finished before", "failover": id_}
        kind = command.kind if known is None else known.kind
        holder = f"{kind.value}:{id_}"
        try:
            lease = self.ledger.slot.take(holder, kind.value, self.ports.clock.now())
        except SlotHeld as held:
            return self._busy(command, id_, held, ours=held.holder == holder)
        try:
            return self._work(command, id_, lease, until)
        except (SlotLost, SwitchFenced):
            self.logger.warning("replaced by another worker", extra={"failover": id_})
            return {"outcome": "replaced", "failover": id_}

    def _busy(self, command: Command, id_: str, held: SlotHeld, ours: bool) -> Facts:
        """Somebody else is at work. The monitor calls again for its failover; who asked for a failback must be told."""
        self.logger.info("slot held", extra={"holder": held.holder})
        if command.kind is Kind.FAILBACK and not ours:
            facts = {"failover": id_, "held_by": held.holder, "requested_by": command.requested_by}
            self._tell(f"failback not begun: {held.holder} is at work; ask again", facts)
        return {"outcome": "busy", "failover": id_, "held_by": held.holder}

    def _work(self, command: Command, id_: str, lease: Lease, until: int) -> Facts:
        record = self._open(command, id_, lease)
        if record.status is Status.FINISHED:
            self.ledger.close(record, lease, self.ports.clock.now())
            return {"outcome": "finished before", "failover": id_}
        before = self.ledger.current()
        for step in self.operation(record).steps:
            if record.done(step.name):
                continue
            worker = _Worker(self, lease, step, record, before)
            try:
                ended = worker.run(until)
            except Refused as refused:
                return self._give_up(worker.record, lease, Status.REFUSED, str(refused))
            except Abandoned as abandoned:
                return self._give_up(worker.record, lease, Status.ABANDONED, str(abandoned))
            record = worker.record
            if not ended:
                return self._hand_over(record, lease, step)
        return self._finish(record, lease)

    def _open(self, command: Command, id_: str, lease: Lease) -> Record:
        """The record to work on: as a predecessor left it, or a new one."""
        now = self.ports.clock.now()
        record = self.ledger.load(id_)
        if record is None:
            record = _new(command, id_, now)
        elif record.status in (Status.REFUSED, Status.ABANDONED):
            record = record.begun_again(command.triggered_at or now, command.forced)
        if record.status is Status.RUNNING:
            self.ledger.save(record, lease, now)
        return record

    def _give_up(self, record: Record, lease: Lease, status: Status, reason: str) -> Facts:
        told_before = record.refusal is not None and _kinds(record.refusal) == _kinds(reason)
        record = replace(record, status=status, refusal=reason)
        self.ledger.close(record, lease, self.ports.clock.now())
        self.logger.warning(status.value, extra={"failover": record.id, "reason": reason})
        if not told_before:
            target = self.operation(record).target(self.place)
            self.tell(f"{record.kind.value} to {target} {status.value}", record, {"reason": reason})
        return {"outcome": status.value, "failover": record.id, "reason": reason}

    def _hand_over(self, record: Record, lease: Lease, step: Step) -> Facts:
        """Time is up: let the next worker in, and call for it. If the call is lost, the health monitor repeats it."""
        self.ledger.slot.hand_over(lease)
        event = Event(
            FAILOVER_CONTINUE,
            {"environment": self.place.environment_suffix, "failover": record.id},
        )
        try:
            self.ports.bus.send(event)
        except EXPECTED as error:
            self.logger.warning("calling for the next worker", extra={"error": error_code(error)})
        return {"outcome": "continues", "failover": record.id, "step": step.name}

    def _finish(self, record: Record, lease: Lease) -> Facts:
        report = record.facts(self.operation(record).steps[-1].name)
        record = replace(record, status=Status.FINISHED, report=report, refusal=None)
        self.ledger.close(record, lease, self.ports.clock.now())
        self.logger.info("finished", extra={"failover": record.id, "report": report})
        return {"outcome": "finished", "failover": record.id, "report": report}

    def _rehearse(self, command: Command, id_: str) -> Facts:
        """A dry run: every precondition, no change, told once for each incident."""
        now = self.ports.clock.now()
        record = _new(command, id_, now)
        found = self.operation(record).check_all(self.context(record, 0, self.ledger.current(), _note_nothing))
        standing = checks.standing(found, command.forced)
        would = "would fail over" if command.kind is Kind.FAILOVER else "would fail back"
        outcome: Facts = {
            "outcome": "would refuse" if standing else would,
            "failover": id_,
            "checks": {check.name: f"{check.holds}: {check.detail}" for check in found},
        }
        if self.ledger.first_dry_run(id_, {**outcome, "at": now}):
            self.tell(f"dry run: {outcome['outcome']}", record, {"checks": outcome["checks"]})
        return outcome

    def operation(self, record: Record) -> Operation:
        """What is to be done for a record."""
        return self.failover if record.kind is Kind.FAILOVER else self.failback

    def context(self, record: Record, token: int, before: Current | None, note: Callable[[Facts], None]) -> Context:
        """What a step may use."""
        return Context(record, self.place, self.ports, self.limits, token, before, note)

    def tell(self, subject: str, record: Record, facts: Mapping[str, object]) -> None:
        """Tell people of an operation."""
        self._tell(subject, {record.kind.value: record.id, **facts})

    def _tell(self, subject: str, facts: Mapping[str, object]) -> None:
        """Tell people. That they cannot be told must not stop an operation."""
        try:
            self.ports.notices.tell(subject, facts)
        except EXPECTED as error:
            self.logger.exception("telling people", extra={"error": error_code(error)})


@dataclass
class _Worker:
    """One step in the hands of one invocation."""

    engine: Engine
    lease: Lease
    step: Step
    record: Record
    before: Current | None

    def run(self, until: int) -> bool:
        """Try until the step is done or the time is up; answers whether it is done."""
        name, clock = self.step.name, self.engine.ports.clock
        self._save(self.record.started(name, clock.now()))
        while True:
            outcome = self._once()
            if isinstance(outcome, Done):
                self._save(self.record.finished(name, outcome.facts, clock.now()))
                self.engine.logger.info("step done", extra={"step": name, "facts": outcome.facts})
                return True
            if clock.now() + outcome.milliseconds >= until:
                return False
            clock.sleep(outcome.milliseconds)
            self._save(self._told_if_late())

    def _once(self) -> Done | Wait:
        engine = self.engine
        context = engine.context(self.record, self.lease.token, self.before, self._note)
        try:
            return self.step.run(context)
        except EXPECTED as error:
            trouble = f"{error_code(error)}: {error}"
            engine.logger.exception("step meets trouble", extra={"step": self.step.name})
            if self.record.step(self.step.name).trouble is None:
                engine.tell(
                    f"{self.record.kind.value}: {self.step.name} meets trouble and is tried again",
                    self.record,
                    {"step": self.step.name, "trouble": trouble},
                )
            self._save(self.record.troubled(self.step.name, trouble))
            return Wait(trouble, _RETRY)

    def _note(self, facts: Facts) -> None:
        self._save(self.record.noted(self.step.name, facts))

    def _save(self, record: Record) -> None:
        """Record, patiently: a table that stumbles costs a second, ending the invocation would cost a lease."""
        clock = self.engine.ports.clock
        for _ in range(_SAVE_ATTEMPTS - 1):
            try:
                self.engine.ledger.save(record, self.lease, clock.now())
                break
            except AwsError as error:
                self.engine.logger.warning("recording the step", extra={"error": error_code(error)})
                clock.sleep(_SAVE_PAUSE)
        else:
            self.engine.ledger.save(record, self.lease, clock.now())
        self.record = record

    def _told_if_late(self) -> Record:
        engine = self.engine
        spent = engine.ports.clock.now() - self.record.first_failed_at
        if self.record.late_told or spent <= engine.limits.rto_target:
            return self.record
        engine.tell(
            f"{self.record.kind.value} is late: {spent // 1000} s since {engine.operation(self.record).begins_with}",
            self.record,
            {"step": self.step.name},
        )
        return replace(self.record, late_told=True)


def _new(command: Command, id_: str, now: int) -> Record:
    return Record(
        id=id_,
        first_failed_at=command.first_failed_at or now,
        triggered_at=command.triggered_at or now,
        requested_by=command.requested_by,
        forced=command.forced,
        begun_at=now,
        kind=command.kind,
    )


def _note_nothing(_: Facts) -> None:
    """A dry run records nothing."""


def _kinds(reason: str) -> list[str]:
    """Which checks a refusal names, without their changing figures."""
    return [part.split(":")[0] for part in reason.split("; ")]
