"""Metrics: exact dimensions, periods from the whole minute, statistics, metric math."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import Client
from tests.errors import error_of

NOON = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
SPACE = "Lifeboat/DR"


@pytest.fixture
def cloudwatch(client: Client) -> Any:
    return client("cloudwatch", "us-west-2")


def dimensions(**pairs: str) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in pairs.items()]


def put(cloudwatch: Any, name: str, value: float, second: float, **pairs: str) -> None:
    datum = {
        "MetricName": name,
        "Dimensions": dimensions(**pairs),
        "Timestamp": NOON + timedelta(seconds=second),
        "Value": value,
    }
    cloudwatch.put_metric_data(Namespace=SPACE, MetricData=[datum])


def query(name: str, stat: str = "Average", period: int = 60, **pairs: str) -> dict[str, Any]:
    metric = {"Namespace": SPACE, "MetricName": name, "Dimensions": dimensions(**pairs)}
    return {"Id": name.lower(), "MetricStat": {"Metric": metric, "Period": period, "Stat": stat}}


def ask(
    cloudwatch: Any, *queries: dict[str, Any], first: float = 0, last: float = 600, **given: Any
) -> dict[str, list[tuple[int, float]]]:
    """Seconds after noon and values of each result, oldest first."""
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=list(queries),
        StartTime=NOON + timedelta(seconds=first),
        EndTime=NOON + timedelta(seconds=last),
        **{"ScanBy": "TimestampAscending", **given},
    )
    return {
        each["Id"]: [
            (round((at - NOON).total_seconds()), value)
            for at, value in zip(each["Timestamps"], each["Values"], strict=True)
        ]
        for each in answer["MetricDataResults"]
    }


def test_a_series_is_its_exact_set_of_dimensions(cloudwatch: Any) -> None:
    put(cloudwatch, "Lag", 1, 5)
    put(cloudwatch, "Lag", 2, 5, Cluster="a")
    put(cloudwatch, "Lag", 3, 5, Cluster="a", Source="east")
    put(cloudwatch, "Lag", 4, 5, Cluster="b")
    expected: list[tuple[dict[str, Any], float]] = [
        ({}, 1),
        ({"Cluster": "a"}, 2),
        ({"Source": "east", "Cluster": "a"}, 3),
    ]
    for pairs, value in expected:
        assert ask(cloudwatch, query("Lag", **pairs)) == {"lag": [(0, value)]}
    assert ask(cloudwatch, query("Lag", Source="east")) == {"lag": []}


def test_periods_begin_with_the_whole_minute_before_the_start(cloudwatch: Any) -> None:
    for second, value in ((10, 1), (59, 3), (60, 5), (130, 7)):
        put(cloudwatch, "Lag", value, second)
    assert ask(cloudwatch, query("Lag"), first=30) == {"lag": [(0, 2), (60, 5), (120, 7)]}
    assert ask(cloudwatch, query("Lag", "Sum", 120), first=65) == {"lag": [(60, 12)]}
    # The end is not part of the range, but a minute begun before it counts whole.
    assert ask(cloudwatch, query("Lag"), last=60) == {"lag": [(0, 2)]}
    assert ask(cloudwatch, query("Lag"), last=61) == {"lag": [(0, 2), (60, 5)]}


@pytest.mark.parametrize(
    ("stat", "value"),
    [
        ("Sum", 13),
        ("Average", 13 / 4),
        ("Minimum", 1),
        ("Maximum", 6),
        ("SampleCount", 4),
        ("p50", 3),
        ("p99", 6),
    ],
)
def test_statistics(cloudwatch: Any, stat: str, value: float) -> None:
    cloudwatch.put_metric_data(
        Namespace=SPACE,
        MetricData=[
            {"MetricName": "Lag", "Timestamp": NOON, "Values": [3, 1, 6], "Counts": [2, 1, 1]}
        ],
    )
    assert ask(cloudwatch, query("Lag", stat)) == {"lag": [(0, value)]}


def test_summaries_are_added_to_values(cloudwatch: Any) -> None:
    summary = {"SampleCount": 3, "Sum": 30, "Minimum": 2, "Maximum": 20}
    cloudwatch.put_metric_data(
        Namespace=SPACE,
        MetricData=[{"MetricName": "Lag", "Timestamp": NOON, "StatisticValues": summary}],
    )
    put(cloudwatch, "Lag", 10, 1)
    assert ask(cloudwatch, query("Lag")) == {"lag": [(0, 10)]}
    assert ask(cloudwatch, query("Lag", "Maximum")) == {"lag": [(0, 20)]}


def test_order_labels_and_hidden_results(cloudwatch: Any) -> None:
    put(cloudwatch, "Lag", 1, 0)
    put(cloudwatch, "Lag", 2, 60)
    hidden = {**query("Lag"), "ReturnData": False}
    doubled = {"Id": "doubled", "Expression": "lag * 2"}
    assert ask(cloudwatch, hidden, doubled, ScanBy="TimestampDescending") == {
        "doubled": [(60, 4), (0, 2)]
    }
    (result,) = cloudwatch.get_metric_data(
        MetricDataQueries=[query("Lag")], StartTime=NOON, EndTime=NOON + timedelta(minutes=1)
    )["MetricDataResults"]
    assert (result["Label"], result["StatusCode"]) == ("Lag", "Complete")


@pytest.mark.parametrize(
    ("expression", "points"),
    [
        ("MAX(METRICS())", [(0, 1), (60, 20), (120, 3)]),
        ("MAX([a, b])", [(0, 1), (60, 20), (120, 3)]),
        ("SUM(METRICS())", [(0, 1), (60, 22), (120, 3)]),
        ("a + b", [(60, 22)]),
        ("FILL(b, 0) + a", [(0, 1), (60, 22), (120, 3)]),
        ("FILL(b, REPEAT)", [(60, 20), (120, 20)]),
        ("IF(a > 1 AND a < 3, a, -1)", [(0, -1), (60, 2), (120, -1)]),
        ("-a ^ 2 / 2", [(0, 0.5), (60, 2), (120, 4.5)]),
        ("100 * (a >= 2 || a == 1)", [(0, 100), (60, 100), (120, 100)]),
        ("AVG(a) * TIME_SERIES(1)", [(0, 2), (60, 2), (120, 2)]),
        ("DIFF(a)", [(60, 1), (120, 1)]),
        ("RATE(a) * PERIOD(a)", [(60, 1), (120, 1)]),
        ("a / 0", []),
        ("ABS(a - 2)", [(0, 1), (60, 0), (120, 1)]),
    ],
)
def test_metric_math(cloudwatch: Any, expression: str, points: list[tuple[int, float]]) -> None:
    for minute, value in enumerate((1, 2, 3)):
        put(cloudwatch, "A", value, minute * 60)
    put(cloudwatch, "B", 20, 60)
    answer = ask(
        cloudwatch, query("A"), query("B"), {"Id": "e", "Expression": expression}, last=180
    )
    assert answer["e"] == points


@pytest.mark.parametrize(
    "expression", ["SEARCH('x')", "nobody + 1", "a +", "(a", "MAX(a)", "1 + 1"]
)
def test_an_expression_without_a_meaning_is_refused(cloudwatch: Any, expression: str) -> None:
    put(cloudwatch, "A", 1, 0)
    code, message = error_of(
        cloudwatch.get_metric_data,
        MetricDataQueries=[query("A"), {"Id": "e", "Expression": expression}],
        StartTime=NOON,
        EndTime=NOON + timedelta(minutes=1),
    )
    assert code == "ValidationError"
    assert "expression 'e'" in message


def test_get_metric_statistics(cloudwatch: Any) -> None:
    for second, value in ((10, 1), (20, 3), (70, 5)):
        put(cloudwatch, "Lag", value, second, Cluster="a")
    given: dict[str, Any] = {
        "Namespace": SPACE,
        "MetricName": "Lag",
        "Dimensions": dimensions(Cluster="a"),
        "StartTime": NOON,
        "EndTime": NOON + timedelta(minutes=5),
        "Period": 60,
    }
    points = cloudwatch.get_metric_statistics(
        **given, Statistics=["Average", "Maximum"], ExtendedStatistics=["p90"]
    )["Datapoints"]
    assert [(each["Average"], each["Maximum"], each["Unit"]) for each in points] == [
        (2, 3, "None"),
        (5, 5, "None"),
    ]
    assert points[0]["Timestamp"] == NOON
    assert points[0]["ExtendedStatistics"] == {"p90": 3}
    other = {**given, "Dimensions": []}
    assert cloudwatch.get_metric_statistics(**other, Statistics=["Sum"])["Datapoints"] == []
    code, _ = error_of(
        cloudwatch.get_metric_statistics, **{**given, "Period": 90}, Statistics=["Sum"]
    )
    assert code == "InvalidParameterValue"
    far = {**given, "EndTime": NOON + timedelta(days=2)}
    code, _ = error_of(cloudwatch.get_metric_statistics, **far, Statistics=["Sum"])
    assert code == "InvalidParameterCombination"


def test_metrics_are_listed_once_by_name_and_dimension(cloudwatch: Any) -> None:
    for second in (0, 1):
        put(cloudwatch, "Lag", 1, second, Cluster="a")
        put(cloudwatch, "Lag", 1, second, Cluster="b")
        put(cloudwatch, "Rows", 1, second)
    listed = cloudwatch.list_metrics(Namespace=SPACE)["Metrics"]
    assert sorted(each["MetricName"] for each in listed) == ["Lag", "Lag", "Rows"]
    (one,) = cloudwatch.list_metrics(MetricName="Lag", Dimensions=dimensions(Cluster="b"))[
        "Metrics"
    ]
    assert one["Dimensions"] == dimensions(Cluster="b")
    named = cloudwatch.list_metrics(Dimensions=[{"Name": "Cluster"}])["Metrics"]
    assert len(named) == 2


def test_regions_keep_their_own_metrics(client: Client, cloudwatch: Any) -> None:
    put(cloudwatch, "Lag", 1, 0)
    assert client("cloudwatch", "us-east-1").list_metrics()["Metrics"] == []
