"""When the primary region is called dead: by agreement of signals and of probes in a row, and by nothing less."""

import pytest

from health_monitor.verdict import Assessment, Health, Rules, advance, assess
from lifeboat_dr.health import Verdict
from lifeboat_dr.readings import Condition, Reading, Signal
from tests.fakes import START

RULES = Rules()
STEP = 5_000
GOOD = dict.fromkeys(Signal, Condition.OK)
DEAD = {
    Signal.APPLICATION: Condition.FAILING,
    Signal.WRITER: Condition.UNKNOWN,
    Signal.REPLICATION_LAG: Condition.OK,
    Signal.HEARTBEAT: Condition.FAILING,
}


def readings(conditions: dict[Signal, Condition]) -> list[Reading]:
    return [Reading(signal, condition, "test", "") for signal, condition in conditions.items()]


def after(*probes: dict[Signal, Condition], health: Health | None = None, start: int = START) -> Health:
    health = health or healthy()
    for number, conditions in enumerate(probes):
        health = advance(health, readings(conditions), start + number * STEP, RULES)
    return health


def healthy() -> Health:
    return Health(Verdict.HEALTHY, START - 60_000, Assessment.CLEAR, 9, None, None, START - STEP)


def test_whole_region_gone() -> None:
    health = after(DEAD, DEAD)
    assert health.verdict is Verdict.HEALTHY
    health = after(DEAD, DEAD, DEAD)
    assert health.verdict is Verdict.UNHEALTHY
    assert health.since == START + 2 * STEP
    assert health.first_failed_at == START


def test_clock_starts_with_the_first_failed_probe_not_with_the_agreement() -> None:
    """The application fails at once; the heartbeat needs 15 s to become stale."""
    only_application = {**GOOD, Signal.APPLICATION: Condition.FAILING}
    health = after(only_application, only_application, only_application, DEAD, DEAD, DEAD)
    assert health.verdict is Verdict.UNHEALTHY
    assert health.first_failed_at == START


def test_trouble_that_lasted_for_an_hour_is_not_the_outage() -> None:
    only_application = {**GOOD, Signal.APPLICATION: Condition.FAILING}
    health = after(*[only_application] * 720, DEAD, DEAD, DEAD)
    assert health.verdict is Verdict.UNHEALTHY
    assert health.first_failed_at == START + 720 * STEP - RULES.evidence_window


def test_one_flapping_probe_moves_nothing() -> None:
    health = healthy()
    for round_ in range(20):
        health = after(DEAD, GOOD, DEAD, DEAD, GOOD, health=health, start=START + round_ * 5 * STEP)
        assert health.verdict is Verdict.HEALTHY


@pytest.mark.parametrize("signal", list(Signal))
@pytest.mark.parametrize("condition", [Condition.FAILING, Condition.UNKNOWN])
def test_one_signal_alone_never_condemns(signal: Signal, condition: Condition) -> None:
    health = after(*[{**GOOD, signal: condition}] * 1000)
    assert health.verdict in {Verdict.HEALTHY, Verdict.DEGRADED}
    assert health.first_failed_at is None


@pytest.mark.parametrize("lost", [Signal.WRITER, Signal.REPLICATION_LAG])
def test_one_lost_signal_does_not_hide_a_dead_region(lost: Signal) -> None:
    dead = {**DEAD, Signal.WRITER: Condition.FAILING, lost: Condition.UNKNOWN}
    assert after(dead, dead, dead).verdict is Verdict.UNHEALTHY


def test_slow_replication_beside_a_broken_application_is_not_a_dead_region() -> None:
    slow = {**GOOD, Signal.APPLICATION: Condition.FAILING, Signal.REPLICATION_LAG: Condition.FAILING}
    assert after(*[slow] * 100).verdict is Verdict.DEGRADED


def test_infrastructure_alone_is_not_a_dead_region() -> None:
    broken = {**GOOD, Signal.WRITER: Condition.FAILING, Signal.HEARTBEAT: Condition.FAILING}
    assert after(*[broken] * 100).verdict is Verdict.DEGRADED


def test_three_signals_may_be_asked_for() -> None:
    rules = Rules(failing_signals=3)
    assert assess(readings(DEAD), rules) is Assessment.SUSPECT
    assert assess(readings({**DEAD, Signal.WRITER: Condition.FAILING}), rules) is Assessment.DEAD


def test_seeing_nothing_is_unknown_and_never_green() -> None:
    blind = dict.fromkeys(Signal, Condition.UNKNOWN)
    assert after(blind, blind, blind).verdict is Verdict.UNKNOWN
    assert after(blind, blind).verdict is Verdict.HEALTHY
    assert assess([], RULES) is Assessment.BLIND


def test_probes_far_apart_are_not_in_a_row() -> None:
    health = healthy()
    for number in range(5):
        health = advance(health, readings(DEAD), START + number * (RULES.longest_gap + 1), RULES)
    assert health.streak == 1
    assert health.verdict is Verdict.HEALTHY


def test_recovery_takes_longer_than_condemning() -> None:
    dead = after(DEAD, DEAD, DEAD)
    start = START + 3 * STEP
    assert after(*[GOOD] * 5, health=dead, start=start).verdict is Verdict.UNHEALTHY
    well = after(*[GOOD] * 6, health=dead, start=start)
    assert well.verdict is Verdict.HEALTHY
    assert well.first_failed_at is None


def test_one_outage_keeps_its_beginning() -> None:
    dead = after(DEAD, DEAD, DEAD)
    later = after(DEAD, GOOD, DEAD, DEAD, DEAD, health=dead, start=START + 3 * STEP)
    assert later.verdict is Verdict.UNHEALTHY
    assert later.first_failed_at == START


def test_detection_takes_less_than_a_minute_at_worst() -> None:
    """The failure falls right behind a probe; each probe takes its whole deadline; the heartbeat's limit is at its default."""
    interval, deadline, stale, normal_age = STEP, 4_000, 15_000, 2_000
    failed_at = START
    health, at, condemned = healthy(), START + 1, None
    while condemned is None:
        at += interval
        age = at - failed_at + normal_age
        dead = {**DEAD, Signal.HEARTBEAT: Condition.FAILING if age > stale else Condition.OK}
        health = advance(health, readings(dead), at + deadline, RULES)
        if health.verdict is Verdict.UNHEALTHY:
            condemned = at + deadline - failed_at
    assert condemned <= 60_000
    assert condemned < 35_000
