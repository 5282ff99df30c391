"""Is the primary region dead? Pure: readings and the state so far in, the new state out. No AWS, no clock.

One probe is judged by agreement: the application must fail, and with it the writer or the heartbeat. A region is condemned only after
several such probes in a row. So neither a flapping probe, nor one lost signal, nor slow replication moves production.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lifeboat_dr.health import Verdict
from lifeboat_dr.readings import Condition, Reading, Signal


class Assessment(StrEnum):
    """What one probe says."""

    CLEAR = "clear"
    SUSPECT = "suspect"
    DEAD = "dead"
    BLIND = "blind"


@dataclass(frozen=True)
class Rules:
    """How much agreement it takes. Times are milliseconds."""

    failing_signals: int = 2
    probes_to_condemn: int = 3
    probes_to_doubt: int = 3
    probes_to_recover: int = 6
    longest_gap: int = 30_000
    # An application that failed for an hour before its region died is not an outage of an hour of the region.
    evidence_window: int = 60_000


@dataclass(frozen=True)
class Health:
    """The state between probes. Times are epoch milliseconds.

    `streak` counts probes in a row of one `assessment`; `trouble_since` is the first of the run of probes that were not clear;
    `first_failed_at` is where the clock of the recovery time starts, set while the region counts as dead.
    """

    verdict: Verdict = Verdict.UNKNOWN
    since: int = 0
    assessment: Assessment = Assessment.BLIND
    streak: int = 0
    trouble_since: int | None = None
    first_failed_at: int | None = None
    probed_at: int | None = None


_MEANS = {
    Assessment.CLEAR: Verdict.HEALTHY,
    Assessment.SUSPECT: Verdict.DEGRADED,
    Assessment.DEAD: Verdict.UNHEALTHY,
    Assessment.BLIND: Verdict.UNKNOWN,
}


def assess(readings: Iterable[Reading], rules: Rules) -> Assessment:
    """Judge one probe by agreement of its signals; a signal that is missing from it is unknown."""
    conditions = {reading.signal: reading.condition for reading in readings}
    failing = {signal for signal, condition in conditions.items() if condition is Condition.FAILING}
    known = sum(1 for condition in conditions.values() if condition is not Condition.UNKNOWN)
    infrastructure = failing & {Signal.WRITER, Signal.HEARTBEAT}
    agreed = Signal.APPLICATION in failing and infrastructure
    if agreed and len(failing) >= rules.failing_signals:
        return Assessment.DEAD
    if known < 2:
        return Assessment.BLIND
    if failing or conditions.get(Signal.APPLICATION) is not Condition.OK:
        return Assessment.SUSPECT
    return Assessment.CLEAR


def advance(health: Health, readings: Iterable[Reading], now: int, rules: Rules) -> Health:
    """The state after one more probe."""
    assessment = assess(readings, rules)
    # Probes far apart say nothing about what happened between them: counting starts anew.
    broken = health.probed_at is None or now - health.probed_at > rules.longest_gap
    streak = health.streak + 1 if assessment is health.assessment and not broken else 1
    clear = assessment is Assessment.CLEAR
    trouble = None if clear else (now if broken else health.trouble_since or now)
    verdict = health.verdict
    if streak >= _needed(health.verdict, assessment, rules):
        verdict = _MEANS[assessment]
    return Health(
        verdict=verdict,
        since=health.since if verdict is health.verdict and health.since else now,
        assessment=assessment,
        streak=streak,
        trouble_since=trouble,
        first_failed_at=_first_failed(health, assessment, streak, trouble, verdict, now, rules),
        probed_at=now,
    )


def _needed(verdict: Verdict, assessment: Assessment, rules: Rules) -> int:
    if assessment is Assessment.DEAD:
        return rules.probes_to_condemn
    if assessment is Assessment.CLEAR and verdict is Verdict.UNHEALTHY:
        return rules.probes_to_recover
    return rules.probes_to_doubt


def _first_failed(
    health: Health,
    assessment: Assessment,
    streak: int,
    trouble: int | None,
    verdict: Verdict,
    now: int,
    rules: Rules,
) -> int | None:
    if verdict is Verdict.UNHEALTHY and health.verdict is Verdict.UNHEALTHY:
        # One outage keeps its beginning, whatever single probes say while it lasts.
        return health.first_failed_at
    if assessment is not Assessment.DEAD:
        return None
    if streak == 1:
        return max(trouble or now, now - rules.evidence_window)
    return health.first_failed_at
