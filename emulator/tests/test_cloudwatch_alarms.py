"""Alarms live: they ring, tell their topics and the bus, and keep their state when changed."""

import json
import time
from typing import Any

import pytest

from tests.clock import compressed
from tests.conftest import Client
from tests.control_client import Control
from tests.errors import error_of
from tests.zips import eventually

REGION = "us-west-2"
QUICK = 60
SWITCH: dict[str, Any] = {
    "AlarmName": "switch",
    "Namespace": "Lifeboat/DR",
    "MetricName": "StandbyTakesOver",
    "Dimensions": [{"Name": "Environment", "Value": "abc123"}],
    "Statistic": "Maximum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "TreatMissingData": "ignore",
}


@pytest.fixture
def cloudwatch(client: Client) -> Any:
    return client("cloudwatch", REGION)


def publish(cloudwatch: Any, value: float, name: str = "StandbyTakesOver") -> None:
    datum = {"MetricName": name, "Dimensions": SWITCH["Dimensions"], "Value": value}
    cloudwatch.put_metric_data(Namespace="Lifeboat/DR", MetricData=[datum])


def state(cloudwatch: Any, name: str = "switch") -> str:
    found: Any = cloudwatch.describe_alarms(
        AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    (alarm,) = found["MetricAlarms"] + found["CompositeAlarms"]
    value: str = alarm["StateValue"]
    return value


def rings(cloudwatch: Any, name: str = "switch") -> Any:
    return eventually(lambda: state(cloudwatch, name) == "ALARM")


def listen(client: Client) -> tuple[str, str, str]:
    """A topic, and a queue each for it and for the bus' alarm events; URLs of the queues."""
    sns, sqs, events = client("sns", REGION), client("sqs", REGION), client("events", REGION)
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    urls = []
    for name, service in (("told", "sns"), ("seen", "events")):
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        urls.append((url, arn))
    sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=urls[0][1],
        Attributes={"RawMessageDelivery": "true"},
    )
    pattern = {"source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"]}
    events.put_rule(Name="alarms", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="alarms", Targets=[{"Id": "seen", "Arn": urls[1][1]}])
    return topic, urls[0][0], urls[1][0]


def receive(client: Client, url: str) -> Any:
    """The next message of a queue."""
    sqs = client("sqs", REGION)
    (message,) = eventually(lambda: sqs.receive_message(QueueUrl=url).get("Messages"))
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return json.loads(message["Body"])


def test_a_new_alarm_has_no_data_and_a_changed_one_keeps_its_state(cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(**SWITCH)
    assert state(cloudwatch) == "INSUFFICIENT_DATA"
    publish(cloudwatch, 1)
    with compressed(QUICK):
        rings(cloudwatch)
    cloudwatch.put_metric_alarm(**{**SWITCH, "AlarmDescription": "changed"})
    assert state(cloudwatch) == "ALARM"


def test_an_alarm_rings_tells_its_topic_and_the_bus_and_falls_silent(
    client: Client, cloudwatch: Any
) -> None:
    topic, told, seen = listen(client)
    cloudwatch.put_metric_alarm(**SWITCH, AlarmActions=[topic], OKActions=[topic])
    with compressed(QUICK):
        publish(cloudwatch, 1)
        rings(cloudwatch)
        message, event = receive(client, told), receive(client, seen)
        # What is missing is ignored: it goes on ringing.
        time.sleep(4)
        assert state(cloudwatch) == "ALARM"
        publish(cloudwatch, 0)
        eventually(lambda: state(cloudwatch) == "OK")
        assert receive(client, told)["NewStateValue"] == "OK"
    assert (message["AlarmName"], message["NewStateValue"]) == ("switch", "ALARM")
    assert message["OldStateValue"] == "INSUFFICIENT_DATA"
    assert message["Region"] == "US West (Oregon)"
    assert message["Trigger"]["MetricName"] == "StandbyTakesOver"
    assert event["detail"]["state"]["value"] == "ALARM"
    assert event["detail"]["previousState"]["value"] == "INSUFFICIENT_DATA"
    (metric,) = event["detail"]["configuration"]["metrics"]
    assert metric["metricStat"]["metric"]["dimensions"] == {"Environment": "abc123"}
    assert event["resources"] == [message["AlarmArn"]]


def test_the_bus_hears_of_an_alarm_whose_actions_are_disabled(
    client: Client, cloudwatch: Any
) -> None:
    topic, told, seen = listen(client)
    cloudwatch.put_metric_alarm(**SWITCH, AlarmActions=[topic], ActionsEnabled=False)
    cloudwatch.set_alarm_state(AlarmName="switch", StateValue="ALARM", StateReason="by hand")
    assert receive(client, seen)["detail"]["state"]["reason"] == "by hand"
    assert "Messages" not in client("sqs", REGION).receive_message(QueueUrl=told)


def test_a_state_set_by_hand_lasts_until_the_data_is_judged(cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(**SWITCH)
    publish(cloudwatch, 0)
    cloudwatch.set_alarm_state(AlarmName="switch", StateValue="ALARM", StateReason="by hand")
    assert state(cloudwatch) == "ALARM"
    with compressed(QUICK):
        eventually(lambda: state(cloudwatch) == "OK")


def test_nothing_is_judged_in_a_region_that_is_down(cloudwatch: Any, control: Control) -> None:
    cloudwatch.put_metric_alarm(**{**SWITCH, "TreatMissingData": "breaching"})
    control.put(f"/regions/{REGION}", {"state": "down"})
    with compressed(QUICK):
        time.sleep(1)
        control.put(f"/regions/{REGION}", {"state": "up"})
        before = state(cloudwatch)
        rings(cloudwatch)
    assert before == "INSUFFICIENT_DATA"


def test_an_alarm_on_metric_math(cloudwatch: Any) -> None:
    lag = {"Namespace": "Lifeboat/DR", "MetricName": "Lag", "Dimensions": SWITCH["Dimensions"]}
    other = {**lag, "MetricName": "Never"}
    queries: list[dict[str, Any]] = [
        {
            "Id": name,
            "ReturnData": False,
            "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"},
        }
        for name, metric in (("a", lag), ("b", other))
    ]
    cloudwatch.put_metric_alarm(
        AlarmName="lag",
        Metrics=[*queries, {"Id": "worst", "Expression": "MAX(METRICS())", "ReturnData": True}],
        EvaluationPeriods=1,
        Threshold=300,
        ComparisonOperator="GreaterThanThreshold",
    )
    publish(cloudwatch, 301, "Lag")
    with compressed(QUICK):
        rings(cloudwatch, "lag")


def test_filters_of_describe_alarms_are_combined(cloudwatch: Any) -> None:
    for name in ("switch", "switch-two", "lag"):
        cloudwatch.put_metric_alarm(**{**SWITCH, "AlarmName": name})
    cloudwatch.set_alarm_state(AlarmName="lag", StateValue="OK", StateReason="by hand")

    def names(**given: Any) -> list[str]:
        alarms = cloudwatch.describe_alarms(**given)["MetricAlarms"]
        return sorted(each["AlarmName"] for each in alarms)

    assert names(AlarmNamePrefix="switch") == ["switch", "switch-two"]
    assert names(StateValue="OK") == ["lag"]
    assert names(AlarmNamePrefix="switch", StateValue="OK") == []
    assert names(AlarmTypes=["CompositeAlarm"]) == []


def test_a_composite_alarm_follows_its_children(client: Client, cloudwatch: Any) -> None:
    topic, told, _ = listen(client)
    for name in ("switch", "lag"):
        cloudwatch.put_metric_alarm(**{**SWITCH, "AlarmName": name})
    cloudwatch.put_composite_alarm(
        AlarmName="do-not",
        AlarmRule='(ALARM("switch") OR ALARM(lag)) AND NOT INSUFFICIENT_DATA("switch")',
        AlarmActions=[topic],
        Tags=[{"Key": "DR-Role", "Value": "secondary"}],
    )
    (alarm,) = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert alarm["AlarmRule"].startswith("(ALARM")
    tags = cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
    assert tags == [{"Key": "DR-Role", "Value": "secondary"}]
    with compressed(QUICK):
        eventually(lambda: state(cloudwatch, "do-not") == "OK")
        publish(cloudwatch, 1)
        rings(cloudwatch, "do-not")
        message = receive(client, told)
    assert (message["AlarmName"], "AlarmRule" in message) == ("do-not", True)


@pytest.mark.parametrize(
    "rule", ['ALARM("nobody")', 'ALARM("switch") AND', 'ALARM("switch") ALARM("switch")', "MAYBE"]
)
def test_a_rule_without_a_meaning_is_refused(cloudwatch: Any, rule: str) -> None:
    cloudwatch.put_metric_alarm(**SWITCH)
    code, _ = error_of(cloudwatch.put_composite_alarm, AlarmName="c", AlarmRule=rule)
    assert code == "ValidationError"


def test_composite_alarms_make_no_circle(cloudwatch: Any) -> None:
    cloudwatch.put_composite_alarm(AlarmName="a", AlarmRule="FALSE")
    cloudwatch.put_composite_alarm(AlarmName="b", AlarmRule="ALARM(a)")
    code, message = error_of(cloudwatch.put_composite_alarm, AlarmName="a", AlarmRule="ALARM(b)")
    assert (code, "depend on itself" in message) == ("ValidationError", True)


def test_a_child_does_not_go_before_its_composite_alarm(cloudwatch: Any, control: Control) -> None:
    cloudwatch.put_metric_alarm(**SWITCH)
    cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule="ALARM(switch)")
    code, _ = error_of(cloudwatch.delete_alarms, AlarmNames=["switch"])
    assert code == "ValidationError"
    cloudwatch.delete_alarms(AlarmNames=["c"])
    cloudwatch.delete_alarms(AlarmNames=["switch"])
    assert control.leftovers() == []


def test_a_suppressor_keeps_a_composite_alarm_quiet(client: Client, cloudwatch: Any) -> None:
    topic, told, seen = listen(client)
    cloudwatch.put_metric_alarm(**SWITCH)
    cloudwatch.set_alarm_state(AlarmName="switch", StateValue="ALARM", StateReason="by hand")
    cloudwatch.put_composite_alarm(
        AlarmName="quiet",
        AlarmRule="TRUE",
        AlarmActions=[topic],
        ActionsSuppressor="switch",
        ActionsSuppressorWaitPeriod=60,
        ActionsSuppressorExtensionPeriod=60,
    )
    receive(client, seen)
    with compressed(QUICK):
        rings(cloudwatch, "quiet")
        assert receive(client, seen)["detail"]["alarmName"] == "quiet"
    assert "Messages" not in client("sqs", REGION).receive_message(QueueUrl=told)
