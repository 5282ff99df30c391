"""What an alarm's data says: the tables of AWS's documentation, row by row."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.cloudwatch.models import Alarm, CloudWatchBackend

from lifeboat_emulator import extensions
from lifeboat_emulator.extensions import cloudwatch_evaluation as evaluation

NOW = datetime(2026, 1, 1, 12, 0, 20, tzinfo=UTC)
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
OK, ALARM, UNKNOWN = "OK", "ALARM", "INSUFFICIENT_DATA"


@pytest.fixture
def backend() -> CloudWatchBackend:
    extensions.install()
    return CloudWatchBackend("us-west-2", "123456789012")


def alarm_of(backend: CloudWatchBackend, **given: Any) -> Alarm:
    settings: dict[str, Any] = {
        "name": "a",
        "namespace": "N",
        "metric_name": "m",
        "comparison_operator": "GreaterThanThreshold",
        "evaluation_periods": 3,
        "datapoints_to_alarm": None,
        "period": 60,
        "threshold": 10,
        "statistic": "Maximum",
        "description": "",
        "dimensions": [],
        "alarm_actions": [],
        "treat_missing_data": None,
        **given,
    }
    return backend.put_metric_alarm(**settings)


def fill(backend: CloudWatchBackend, minutes: str, name: str = "m") -> None:
    """`0 - X`: one character a minute, the last for the minute that ended before NOW."""
    marks = minutes.split()
    whole = NOW.replace(second=0)
    for back, mark in enumerate(reversed(marks), 1):
        if mark != "-":
            value = {"X": 11.0, "0": 1.0}[mark]
            at = whole - timedelta(minutes=back) + timedelta(seconds=5)
            backend.put_metric_data("N", [{"MetricName": name, "Value": value, "Timestamp": at}])


def states(backend: CloudWatchBackend, **given: Any) -> list[str | None]:
    """One for each treatment of missing data; None is "as it was"."""
    return [
        evaluation.evaluate(
            alarm_of(backend, treat_missing_data=each, **given), backend, NOW.timestamp()
        ).state
        for each in TREATMENTS
    ]


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ("0 - X - X", [OK, OK, OK, OK]),
        ("- - - - 0", [OK, OK, OK, OK]),
        ("- - - - -", [UNKNOWN, None, ALARM, OK]),
        ("0 X X - X", [ALARM, ALARM, ALARM, ALARM]),
        ("- - X - -", [ALARM, None, ALARM, OK]),
    ],
)
def test_three_of_three(
    backend: CloudWatchBackend, minutes: str, expected: list[str | None]
) -> None:
    fill(backend, minutes)
    assert states(backend) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ("0 - X - X", [ALARM, ALARM, ALARM, ALARM]),
        ("0 0 X 0 X", [ALARM, ALARM, ALARM, ALARM]),
        ("0 - X - -", [OK, OK, ALARM, OK]),
        ("- - - - 0", [OK, OK, ALARM, OK]),
        ("- - - X -", [ALARM, None, ALARM, OK]),
        # One breaching minute is too young to be two.
        ("- - - - X", [None, None, ALARM, OK]),
    ],
)
def test_two_of_three(backend: CloudWatchBackend, minutes: str, expected: list[str | None]) -> None:
    fill(backend, minutes)
    assert states(backend, datapoints_to_alarm=2) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"), [("0 0 X", ALARM), ("X X 0", OK), ("0 X -", ALARM)]
)
def test_one_minute_decides_where_one_is_asked_for(
    backend: CloudWatchBackend, minutes: str, expected: str
) -> None:
    fill(backend, minutes)
    assert states(backend, evaluation_periods=1) == [expected] * 4


@pytest.mark.parametrize(
    ("comparison", "expected"),
    [
        ("GreaterThanThreshold", OK),
        ("GreaterThanOrEqualToThreshold", ALARM),
        ("LessThanThreshold", OK),
        ("LessThanOrEqualToThreshold", ALARM),
    ],
)
def test_comparisons_at_the_threshold(
    backend: CloudWatchBackend, comparison: str, expected: str
) -> None:
    fill(backend, "0")
    given = {"comparison_operator": comparison, "threshold": 1, "evaluation_periods": 1}
    assert states(backend, **given)[0] == expected


def test_the_running_minute_is_not_judged(backend: CloudWatchBackend) -> None:
    fill(backend, "0")
    backend.put_metric_data("N", [{"MetricName": "m", "Value": 99, "Timestamp": NOW}])
    alarm = alarm_of(backend, evaluation_periods=1)
    assert evaluation.evaluate(alarm, backend, NOW.timestamp()).state == OK
    later = evaluation.evaluate(alarm, backend, NOW.timestamp() + 60)
    assert later.state == ALARM
    assert later.datapoints == (99,)
    assert "[99]" in later.reason


def test_the_reason_counts_what_is_known(backend: CloudWatchBackend) -> None:
    fill(backend, "0 - X - -")
    alarm = alarm_of(backend, datapoints_to_alarm=2)
    reason = evaluation.evaluate(alarm, backend, NOW.timestamp()).reason
    assert "1 out of the last 3 datapoints [1, 11] and 1 unknown was not greater than" in reason


def test_longer_periods_end_with_the_last_whole_minute(backend: CloudWatchBackend) -> None:
    fill(backend, "X X 0 0 0 0 0")
    given: dict[str, Any] = {"period": 300, "evaluation_periods": 1}
    assert states(backend, **given)[0] == OK
    fill(backend, "X 0 0")
    assert states(backend, **given)[0] == ALARM


def test_a_known_verdict_is_told_from_a_missing_one(backend: CloudWatchBackend) -> None:
    alarm = alarm_of(backend, treat_missing_data="breaching")
    assert not evaluation.evaluate(alarm, backend, NOW.timestamp()).known
    fill(backend, "0")
    assert evaluation.evaluate(alarm, backend, NOW.timestamp()).known
