"""GetMetricData, GetMetricStatistics and ListMetrics answer from the series, as AWS counts.

Moto's GetMetricData knows no metric math, labels no metric by its name, and takes a query of other
dimensions for the same; its GetMetricStatistics begins periods at the first point it finds.
"""

import math
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.exceptions import (
    InvalidParameterCombination,
    InvalidParameterValue,
    ValidationError,
)
from moto.cloudwatch.models import CloudWatchBackend, MetricDatumBase
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from lifeboat_emulator.extensions import cloudwatch_math as metric_math
from lifeboat_emulator.extensions import cloudwatch_metrics as metrics

_MOST_DATAPOINTS = 1440
_PERIODS_BELOW_A_MINUTE = (1, 5, 10, 20, 30)
_STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")


def install() -> None:
    """Replace the three."""
    setattr(CloudWatchResponse, "get_metric_data", _get_metric_data)
    setattr(CloudWatchResponse, "get_metric_statistics", _get_metric_statistics)
    setattr(CloudWatchBackend, "get_filtered_metrics", _filtered)


def _get_metric_data(self: CloudWatchResponse) -> ActionResult:
    start, end = _range(self)
    queries = {query["Id"]: query for query in self._get_param("MetricDataQueries") or []}
    newest_first = self._get_param("ScanBy") != "TimestampAscending"
    evaluation = _Evaluation(self.cloudwatch_backend, queries, start, end)
    results = []
    for name, query in queries.items():
        values = evaluation.series(name)
        if str(query.get("ReturnData", True)).lower() == "false":
            continue
        for number, one in enumerate(values):
            results.append(_result(query, one, newest_first, number if len(values) > 1 else None))
    return ActionResult({"MetricDataResults": results, "Messages": []})


def _get_metric_statistics(self: CloudWatchResponse) -> ActionResult:
    start, end = _range(self)
    period = _period(self._get_param("Period"))
    name = self._get_param("MetricName")
    statistics = self._get_param("Statistics") or []
    extended = self._get_param("ExtendedStatistics") or []
    if not statistics and not extended:
        raise InvalidParameterCombination("Must specify either Statistics or ExtendedStatistics")
    if (end - start) / period > _MOST_DATAPOINTS:
        raise InvalidParameterCombination(
            f"You have requested up to {math.ceil((end - start) / period)} datapoints, which "
            f"exceeds the limit of {_MOST_DATAPOINTS}."
        )
    dimensions = {each["Name"]: each["Value"] for each in self._get_param("Dimensions") or []}
    series = metrics.find(self.cloudwatch_backend, self._get_param("Namespace"), name, dimensions)
    found = metrics.buckets(series, start, end, period, self._get_param("Unit"))
    points = []
    for at, data in sorted(found.items()):
        point: dict[str, Any] = {"Timestamp": _moment(at), "Unit": data[0].unit}
        point |= {each: _statistic(data, each) for each in statistics}
        if extended:
            point["ExtendedStatistics"] = {each: _statistic(data, each) for each in extended}
        points.append(point)
    return ActionResult({"Label": name, "Datapoints": points})


def _filtered(
    self: CloudWatchBackend, metric_name: str, namespace: str, dimensions: list[dict[str, str]]
) -> list[MetricDatumBase]:
    """Series whose dimensions hold those asked for; moto pages them and writes the answer."""
    found = []
    for series in metrics.listed(self):
        if namespace not in (None, series.namespace) or metric_name not in (None, series.name):
            continue
        if all(
            series.dimensions.get(each["Name"]) in _accepted(each, series) for each in dimensions
        ):
            given = [{"Name": key, "Value": value} for key, value in series.dimensions.items()]
            found.append(MetricDatumBase(series.namespace, series.name, given, None))
    return found


def _accepted(dimension: dict[str, str], series: metrics.Series) -> tuple[str, ...]:
    """Values a dimension may have: the one asked for, or any where only its name was given."""
    if dimension.get("Value") is not None:
        return (dimension["Value"],)
    return tuple(value for key, value in series.dimensions.items() if key == dimension["Name"])


class _Evaluation:
    """The series of each query of one request; expressions ask for those they name."""

    def __init__(
        self, backend: CloudWatchBackend, queries: dict[str, Any], start: float, end: float
    ) -> None:
        self._backend = backend
        self._queries = queries
        self._start = start
        self._end = end

    def series(self, name: str) -> list[metric_math.Points]:
        """One series, or several where an expression makes a list of them."""
        query = self._queries[name]
        if "MetricStat" in query:
            return [self._metric(query["MetricStat"])]
        if not query.get("Expression"):
            raise ValidationError(
                "The parameter MetricDataQueries.member.1.MetricStat is required.\n"
            )
        period = self._period_of(name)
        begin = math.floor(self._start / min(period, 60)) * min(period, 60)
        grid = tuple(range(int(begin), math.ceil(self._end), period))
        try:
            return metric_math.evaluate(
                query["Expression"], grid, period, self._named, self._metrics
            )
        except metric_math.ExpressionError as error:
            raise ValidationError(f"Error in expression '{name}': {error}") from error

    def _named(self, name: str) -> list[metric_math.Points]:
        if name not in self._queries:
            raise metric_math.ExpressionError(f"no query has the id {name}")
        return self.series(name)

    def _metrics(self) -> list[metric_math.Points]:
        """What METRICS() means: every query that is a metric."""
        return [
            self._metric(query["MetricStat"])
            for query in self._queries.values()
            if "MetricStat" in query
        ]

    def _metric(self, wanted: dict[str, Any]) -> metric_math.Points:
        metric = wanted["Metric"]
        dimensions = {each["Name"]: each["Value"] for each in metric.get("Dimensions") or []}
        series = metrics.find(self._backend, metric["Namespace"], metric["MetricName"], dimensions)
        period = _period(wanted["Period"])
        found = metrics.buckets(series, self._start, self._end, period, wanted.get("Unit"))
        values = {at: _statistic(data, wanted["Stat"]) for at, data in found.items()}
        return {at: value for at, value in values.items() if value is not None}

    def _period_of(self, name: str) -> int:
        """An expression's own period, or the one of the metrics of the request."""
        given = self._queries[name].get("Period")
        if given:
            return _period(given)
        stats = [query["MetricStat"] for query in self._queries.values() if "MetricStat" in query]
        return _period(max((int(each["Period"]) for each in stats), default=60))


def _result(
    query: dict[str, Any], points: metric_math.Points, newest_first: bool, number: int | None
) -> dict[str, Any]:
    ordered = sorted(points.items(), reverse=newest_first)
    metric = query.get("MetricStat", {}).get("Metric", {}).get("MetricName")
    label = query.get("Label") or metric or query["Id"]
    return {
        "Id": query["Id"],
        # An expression that makes a list of series has a result for each.
        "Label": label if number is None else f"{label} {number}",
        "Timestamps": [_moment(at) for at, _ in ordered],
        "Values": [value for _, value in ordered],
        "StatusCode": "Complete",
    }


def _range(response: CloudWatchResponse) -> tuple[float, float]:
    start = metrics.epoch(response._get_param("StartTime"))
    end = metrics.epoch(response._get_param("EndTime"))
    if start == end:
        raise ValidationError("The parameter StartTime must not equal parameter EndTime.")
    if start > end:
        raise ValidationError("The parameter EndTime must be greater than StartTime.")
    return start, end


def _period(given: Any) -> int:
    period = int(given)
    if period not in _PERIODS_BELOW_A_MINUTE and (period <= 0 or period % 60):
        raise InvalidParameterValue(
            "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60."
        )
    return period


def _statistic(data: list[metrics.Datum], name: str) -> float | None:
    try:
        return metrics.statistic(data, name)
    except ValueError as error:
        raise InvalidParameterValue(
            f"The value {name} is not a supported statistic: use one of "
            f"{', '.join(_STATISTICS)} or a percentile as p99."
        ) from error


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC).replace(tzinfo=None)
