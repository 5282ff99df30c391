"""CloudWatch keeps a series for each namespace, name and exact set of dimensions.

Moto keeps one list of all data points: dimensions match when one of them does, periods begin at the
query's start to the second, and each query walks all that was ever put. Here points are found by
series, periods are counted from the whole minute, and a point belongs to the period its minute
begins in, as on AWS.
"""

import math
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import CloudWatchBackend, Dimension, cloudwatch_backends
from moto.core.models import DEFAULT_ACCOUNT_ID

_SERIES = "lifeboat_series"
_MINUTE = 60
# AWS keeps points for 15 days at this resolution; a drill looks back some minutes.
_KEPT_SECONDS = 24 * 3600
_TRIM_EACH = 256

Dimensions = Mapping[str, str]
SeriesKey = tuple[str, str, frozenset[tuple[str, str]]]


@dataclass(frozen=True, order=True)
class Datum:
    """What was put for one moment (epoch seconds): one value or several, told by a summary."""

    at: float
    count: float
    total: float
    least: float
    most: float
    unit: str = "None"


@dataclass
class Series:
    """The points of one metric, oldest first."""

    namespace: str
    name: str
    dimensions: dict[str, str]
    data: list[Datum] = field(default_factory=list)

    def add(self, datum: Datum) -> None:
        """Keep one more, and drop what is too old to be asked for."""
        insort(self.data, datum)
        if len(self.data) % _TRIM_EACH == 0:
            oldest = self.data[-1].at - _KEPT_SECONDS
            del self.data[: bisect_left(self.data, oldest, key=lambda each: each.at)]

    def between(self, start: float, end: float, unit: str | None = None) -> list[Datum]:
        """Points from `start` on, before `end`; of one unit where it is given."""
        first = bisect_left(self.data, start, key=lambda each: each.at)
        last = bisect_left(self.data, end, key=lambda each: each.at)
        return [each for each in self.data[first:last] if unit in (None, each.unit)]


def install() -> None:
    """Keep what is put in series."""
    original = CloudWatchBackend.put_metric_data

    def put_metric_data(
        self: CloudWatchBackend, namespace: str, metric_data: list[dict[str, Any]]
    ) -> None:
        # Moto checks the arguments and makes its own objects of them, which go at once.
        original(self, namespace, metric_data)
        self.metric_data.clear()
        for given in metric_data:
            key = (given["MetricName"], _dimensions(given.get("Dimensions") or []))
            for datum in _data(given):
                _keep(self, namespace, key[0], key[1], datum)

    setattr(CloudWatchBackend, "put_metric_data", put_metric_data)


def publish(
    region: str,
    namespace: str,
    name: str,
    value: float,
    dimensions: Dimensions,
    unit: str = "None",
    at: datetime | None = None,
) -> None:
    """Put a value as an AWS service does for itself. Call it while the turn is held."""
    backend = cloudwatch_backends[DEFAULT_ACCOUNT_ID][region]
    moment = (at or datetime.now(UTC)).timestamp()
    datum = Datum(moment, 1, value, value, value, unit)
    _keep(backend, namespace, name, dict(dimensions), datum)


def find(
    backend: CloudWatchBackend, namespace: str, name: str, dimensions: Dimensions
) -> Series | None:
    """The series with exactly these dimensions."""
    known = _all(backend).get((namespace, name, frozenset(dimensions.items())))
    if known is not None or namespace != "AWS/S3":
        return known
    # The sizes of buckets, which moto counts when it is asked.
    counted = [
        each for each in _provided(backend) if (each.name, each.namespace) == (name, "AWS/S3")
    ]
    return next((each for each in counted if each.dimensions == dict(dimensions)), None)


def listed(backend: CloudWatchBackend) -> list[Series]:
    """Every series there is."""
    return [*_all(backend).values(), *_provided(backend)]


def statistic(data: Iterable[Datum], name: str) -> float | None:
    """`name` (Sum, Average, p99, …) of these points; None where there are none.

    Raises ValueError for a statistic that is not known.
    """
    points = list(data)
    count = sum(each.count for each in points)
    if not count:
        return None
    if name == "Sum":
        return sum(each.total for each in points)
    if name == "Average":
        return sum(each.total for each in points) / count
    if name == "Minimum":
        return min(each.least for each in points)
    if name == "Maximum":
        return max(each.most for each in points)
    if name == "SampleCount":
        return count
    return _percentile(points, _share(name))


def named(dimensions: Iterable[Dimension]) -> dict[str, str]:
    """Moto's dimensions of a metric as pairs; those of a metric always have both."""
    return {str(each.name): str(each.value) for each in dimensions}


def epoch(moment: datetime) -> float:
    """Epoch seconds; moto hands over times without a zone, which are UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def buckets(
    series: Series | None, start: float, end: float, period: int, unit: str | None = None
) -> dict[int, list[Datum]]:
    """Points by the beginning of their period: from `start`'s whole minute, before `end`."""
    resolution = min(period, _MINUTE)
    begin = math.floor(start / resolution) * resolution
    found: dict[int, list[Datum]] = {}
    # A minute that has begun before the end counts whole.
    last = math.ceil(end / resolution) * resolution
    for datum in series.between(begin, last, unit) if series else ():
        found.setdefault(begin + int((datum.at - begin) // period) * period, []).append(datum)
    return found


def _percentile(points: list[Datum], share: float) -> float | None:
    """Of single values only: a summary of different values has none, on AWS too."""
    if any(each.least != each.most for each in points):
        return None
    values = sorted((each.most, each.count) for each in points)
    wanted = share * sum(count for _, count in values)
    passed = 0.0
    for value, count in values:
        passed += count
        if passed >= wanted:
            return value
    return values[-1][0]


def _share(name: str) -> float:
    """0.99 of p99."""
    if not name.startswith("p"):
        raise ValueError(name)
    share = float(name[1:]) / 100
    if not 0 <= share <= 1:
        raise ValueError(name)
    return share


def _keep(
    backend: CloudWatchBackend, namespace: str, name: str, dimensions: dict[str, str], datum: Datum
) -> None:
    key = (namespace, name, frozenset(dimensions.items()))
    series = _all(backend)
    if key not in series:
        series[key] = Series(namespace, name, dimensions)
    series[key].add(datum)


def _all(backend: CloudWatchBackend) -> dict[SeriesKey, Series]:
    series: dict[SeriesKey, Series] = backend.__dict__.setdefault(_SERIES, {})
    return series


def _provided(backend: CloudWatchBackend) -> list[Series]:
    """What moto's own providers tell (sizes of S3 buckets)."""
    series: dict[SeriesKey, Series] = {}
    for each in backend.aws_metric_data:
        dimensions = named(each.dimensions)
        key = (each.namespace, each.name, frozenset(dimensions.items()))
        kept = series.setdefault(key, Series(each.namespace, each.name, dimensions))
        value = float(each.__dict__["value"])
        kept.add(Datum(epoch(each.timestamp), 1, value, value, value, each.unit or "None"))
    return list(series.values())


def _dimensions(given: list[dict[str, str]]) -> dict[str, str]:
    return {each["Name"]: each["Value"] for each in given}


def _data(given: dict[str, Any]) -> list[Datum]:
    """The points of one entry of PutMetricData."""
    moment = given.get("Timestamp")
    at = epoch(moment) if moment else datetime.now(UTC).timestamp()
    unit = given.get("Unit") or "None"
    summary = given.get("StatisticValues")
    if summary:
        count, total = float(summary["SampleCount"]), float(summary["Sum"])
        return [Datum(at, count, total, float(summary["Minimum"]), float(summary["Maximum"]), unit)]
    values = [float(each) for each in given.get("Values") or [given.get("Value", 0.0)]]
    counts = [float(each) for each in given.get("Counts") or [1] * len(values)]
    pairs = zip(values, counts, strict=True)
    return [Datum(at, count, value * count, value, value, unit) for value, count in pairs]
