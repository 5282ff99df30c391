"""What an alarm's data says: periods, missing data, M of N, as CloudWatch documents it.

Pure: it reads series and changes nothing. Whole minutes are judged, and a few more periods than the
alarm asks for, so that data that comes late is no missing data.
"""

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import Alarm, CloudWatchBackend

from lifeboat_emulator import timing
from lifeboat_emulator.extensions import cloudwatch_math as metric_math
from lifeboat_emulator.extensions import cloudwatch_metrics as metrics

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"

# AWS looks further back than the evaluation periods; by how much it does not promise.
_LOOKS_FURTHER = 2
_MINUTE = 60

_BREACHES: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanThreshold": (operator.gt, "greater than the threshold"),
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to the threshold"),
    "LessThanThreshold": (operator.lt, "less than the threshold"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to the threshold"),
}


@dataclass(frozen=True)
class Verdict:
    """The state the data calls for; None to stay as it is. `known` is false without any data."""

    state: str | None
    reason: str
    known: bool
    datapoints: tuple[float, ...] = ()
    started: datetime | None = None


def evaluate(alarm: Alarm, backend: CloudWatchBackend, now: float) -> Verdict:
    """Judge an alarm's data at `now` (epoch seconds).

    Periods are emulated time, so with a time factor they are shorter by the clock.
    Raises ExpressionError for metric math that has no meaning.
    """
    wanted = int(alarm.evaluation_periods)
    starts = _starts(alarm, now, wanted + _LOOKS_FURTHER)
    points = _points(alarm, backend, starts)
    return _judge(alarm, [points.get(index) for index in range(len(starts))], starts)


def _starts(alarm: Alarm, now: float, count: int) -> list[float]:
    """When the periods begin, oldest first; the newest ends with the last whole minute."""
    period = _period(alarm)
    step = timing.seconds(period)
    whole = timing.seconds(min(period, _MINUTE))
    end = math.floor(now / whole) * whole
    return [end - step * back for back in range(count, 0, -1)]


def _period(alarm: Alarm) -> int:
    if alarm.period:
        return int(alarm.period)
    periods = [
        int(each.metric_stat.period) for each in alarm.metric_data_queries if each.metric_stat
    ]
    periods += [int(each.period) for each in alarm.metric_data_queries if each.period]
    return max(periods, default=_MINUTE)


def _points(alarm: Alarm, backend: CloudWatchBackend, starts: list[float]) -> metric_math.Points:
    """Values by the number of their period."""
    step = timing.seconds(_period(alarm))
    if not alarm.metric_data_queries:
        dimensions = metrics.named(alarm.dimensions)
        stat = alarm.statistic or alarm.extended_statistic
        series = metrics.find(backend, alarm.namespace, alarm.metric_name, dimensions)
        return _periods(series, str(stat), alarm.unit, starts, step)
    return _math_points(alarm, backend, starts, step)


def _periods(
    series: metrics.Series | None, stat: str, unit: str | None, starts: list[float], step: float
) -> metric_math.Points:
    if series is None:
        return {}
    found: metric_math.Points = {}
    for number, start in enumerate(starts):
        value = metrics.statistic(series.between(start, start + step, unit), stat)
        if value is not None:
            found[number] = value
    return found


def _math_points(
    alarm: Alarm, backend: CloudWatchBackend, starts: list[float], step: float
) -> metric_math.Points:
    """Expressions run over the numbers of the periods, so that a time factor does not show."""
    queries = {each.id: each for each in alarm.metric_data_queries}

    def metric(query: Any) -> metric_math.Points:
        stat = query.metric_stat
        dimensions = metrics.named(stat.metric.dimensions)
        found = metrics.find(backend, stat.metric.namespace, stat.metric.metric_name, dimensions)
        return _periods(found, stat.stat, stat.unit, starts, step)

    def named(name: str) -> list[metric_math.Points]:
        if name not in queries:
            raise metric_math.ExpressionError(f"no query has the id {name}")
        query = queries[name]
        if query.metric_stat:
            return [metric(query)]
        return metric_math.evaluate(
            query.expression or "", range(len(starts)), _period(alarm), named, everything
        )

    def everything() -> list[metric_math.Points]:
        return [metric(each) for each in queries.values() if each.metric_stat]

    returned = [name for name, each in queries.items() if str(each.return_data).lower() != "false"]
    if len(returned) != 1:
        raise metric_math.ExpressionError("exactly one query of an alarm returns data")
    series = named(returned[0])
    if len(series) != 1:
        raise metric_math.ExpressionError("an alarm watches one time series")
    return series[0]


def _judge(alarm: Alarm, found: list[float | None], starts: list[float]) -> Verdict:
    wanted = int(alarm.evaluation_periods)
    needed = int(alarm.datapoints_to_alarm or wanted)
    breaches, words = _BREACHES[alarm.comparison_operator]
    real = [value for value in found if value is not None][-wanted:]
    breaching = crossed = sum(breaches(value, float(alarm.threshold)) for value in real)
    missing = wanted - len(real)
    treatment = alarm.treat_missing_data or "missing"

    def verdict(state: str | None, reason: str) -> Verdict:
        started = datetime.fromtimestamp(starts[-wanted], UTC)
        return Verdict(state, reason, bool(real), tuple(real), started)

    if not real:
        return verdict(
            {"missing": INSUFFICIENT_DATA, "breaching": ALARM, "notBreaching": OK}.get(treatment),
            f"Insufficient Data: {wanted} datapoints were unknown; missing data is {treatment}.",
        )
    if missing and treatment == "breaching":
        breaching += missing
    if breaching >= needed:
        return verdict(ALARM, _crossed(breaching, wanted, words, alarm, real, missing))
    if missing and treatment in ("missing", "ignore") and breaching == len(real):
        # All that is known breaches. It counts when it is old enough to have been enough by now.
        newest_first = enumerate(reversed(found[-wanted:]), 1)
        age = max((periods for periods, value in newest_first if value is not None), default=0)
        rings = treatment == "missing" and age >= needed
        return verdict(
            ALARM if rings else None, _crossed(breaching, wanted, words, alarm, real, missing)
        )
    return verdict(OK, _crossed(len(real) - crossed, wanted, f"not {words}", alarm, real, missing))


def _crossed(
    count: int, wanted: int, words: str, alarm: Alarm, real: list[float], missing: int
) -> str:
    values = ", ".join(f"{value:g}" for value in real)
    unknown = f" and {missing} unknown" if missing else ""
    return (
        f"Threshold Crossed: {count} out of the last {wanted} datapoints [{values}]{unknown} "
        f"{'was' if count == 1 else 'were'} {words} ({float(alarm.threshold):g})."
    )
