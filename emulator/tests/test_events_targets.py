"""Rules pass events on to functions, queues, topics and other buses, in the form asked for."""

import json
from typing import Any

import pytest

from tests.conftest import Client
from tests.control_client import Control
from tests.zips import create_function, eventually

EVENTS = "events.amazonaws.com"
KEEP_IN_QUEUE = """
import boto3, json

def handle(event, context):
    sqs = boto3.client("sqs")
    sqs.send_message(
        QueueUrl=sqs.get_queue_url(QueueName="seen")["QueueUrl"], MessageBody=json.dumps(event)
    )
"""
DETAIL = {"environment": "abc123", "lag": 7, "report": {"rto": 42.5}}


def queue(client: Client, name: str, region: str = "us-east-1", *, open_to: str = EVENTS) -> str:
    """The ARN of a queue that lets a service in."""
    sqs = client("sqs", region)
    arn = f"arn:aws:sqs:{region}:123456789012:{name}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": open_to},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.create_queue(QueueName=name, Attributes={"Policy": policy})
    return arn


def messages(client: Client, name: str, region: str = "us-east-1") -> list[dict[str, Any]]:
    sqs = client("sqs", region)
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    answer = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    received: list[dict[str, Any]] = answer.get("Messages", [])
    return received


def rule(client: Client, *targets: dict[str, Any], region: str = "us-east-1", **more: Any) -> str:
    """The ARN of a rule for the drill's events, with these targets."""
    events = client("events", region)
    pattern = {"source": ["lifeboat.dr"], "detail": {"environment": ["abc123"]}}
    arn = events.put_rule(Name="rule-a", EventPattern=json.dumps(pattern), **more)["RuleArn"]
    named = [{"Id": str(number), **target} for number, target in enumerate(targets)]
    events.put_targets(Rule="rule-a", Targets=named)
    return str(arn)


def put(client: Client, region: str = "us-east-1", **changes: Any) -> None:
    entry = {"Source": "lifeboat.dr", "DetailType": "Drill", "Detail": json.dumps(DETAIL)}
    answer = client("events", region).put_events(Entries=[{**entry, **changes}])
    assert answer["FailedEntryCount"] == 0


def test_a_matching_event_reaches_a_queue_whole(client: Client) -> None:
    rule(client, {"Arn": queue(client, "q")})
    put(client, Resources=["arn:aws:x"])
    put(client, Source="somebody.else")
    put(client, Detail=json.dumps({"environment": "other"}))
    (message,) = messages(client, "q")
    event = json.loads(message["Body"])
    assert event["detail"] == DETAIL
    assert (event["source"], event["detail-type"]) == ("lifeboat.dr", "Drill")
    assert (event["region"], event["resources"]) == ("us-east-1", ["arn:aws:x"])
    assert event["time"].endswith("Z")


def test_a_disabled_rule_and_a_schedule_get_no_events(client: Client) -> None:
    rule(client, {"Arn": queue(client, "q")}, State="DISABLED")
    events = client("events")
    events.put_rule(Name="rule-hourly", ScheduleExpression="rate(1 hour)")
    events.put_targets(Rule="rule-hourly", Targets=[{"Id": "1", "Arn": queue(client, "q2")}])
    put(client)
    assert messages(client, "q") == []
    assert messages(client, "q2") == []


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"Input": '{"constant": true}'}, {"constant": True}),
        ({"InputPath": "$.detail.report"}, {"rto": 42.5}),
        (
            {
                "InputTransformer": {
                    "InputPathsMap": {"env": "$.detail.environment", "report": "$.detail.report"},
                    "InputTemplate": '{"subject": "<env>: done", "report": <report>, "env": <env>}',
                }
            },
            {"subject": "abc123: done", "report": {"rto": 42.5}, "env": "abc123"},
        ),
        (
            {
                "InputTransformer": {
                    "InputPathsMap": {"report": "$.detail.report", "none": "$.detail.none"},
                    "InputTemplate": '"<aws.events.rule-name> says <report><none>"',
                }
            },
            'rule-a says {"rto": 42.5}',
        ),
    ],
)
def test_a_target_gets_the_form_it_asks_for(
    client: Client, form: dict[str, Any], expected: Any
) -> None:
    rule(client, {"Arn": queue(client, "q"), **form})
    put(client)
    assert json.loads(messages(client, "q")[0]["Body"]) == expected


def test_a_function_runs_when_its_policy_lets_the_rule_in(client: Client) -> None:
    function = create_function(client, "fn-a", KEEP_IN_QUEUE, Timeout=20)
    queue(client, "seen")
    dead = queue(client, "dead")
    arn = rule(client, {"Arn": function, "DeadLetterConfig": {"Arn": dead}})
    put(client)
    (letter,) = messages(client, "dead")
    assert letter["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    assert letter["MessageAttributes"]["RULE_ARN"]["StringValue"] == arn
    client("lambda").add_permission(
        FunctionName="fn-a",
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal=EVENTS,
        SourceArn=arn,
    )
    put(client)
    (seen,) = eventually(lambda: messages(client, "seen"))
    assert json.loads(seen["Body"])["detail"] == DETAIL


def test_a_topic_passes_it_on_and_keeps_the_record(client: Client, control: Control) -> None:
    sns = client("sns")
    topic = sns.create_topic(Name="topic-a")["TopicArn"]
    endpoint = queue(client, "q", open_to="sns.amazonaws.com")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=endpoint)
    rule(client, {"Arn": topic, "InputPath": "$.detail.environment"})
    put(client)
    # A topic's own default policy lets the account in, and no service.
    assert control.get("/notifications") == {"notifications": []}
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": EVENTS},
        "Action": "sns:Publish",
        "Resource": topic,
    }
    sns.set_topic_attributes(
        TopicArn=topic,
        AttributeName="Policy",
        AttributeValue=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    put(client)
    (told,) = control.get("/notifications")["notifications"]
    assert (told["topic"], told["message"]) == (topic, '"abc123"')
    assert json.loads(messages(client, "q")[0]["Body"])["Message"] == '"abc123"'


def test_an_encrypted_queue_needs_a_key_that_serves_the_rule(client: Client) -> None:
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    arn = queue(client, "q")
    sqs = client("sqs")
    sqs.set_queue_attributes(
        QueueUrl=sqs.get_queue_url(QueueName="q")["QueueUrl"], Attributes={"KmsMasterKeyId": key}
    )
    rule(client, {"Arn": arn, "DeadLetterConfig": {"Arn": queue(client, "dead")}})
    put(client)
    assert messages(client, "q") == []
    (letter,) = messages(client, "dead")
    assert "key" in letter["MessageAttributes"]["ERROR_MESSAGE"]["StringValue"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": EVENTS},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
    put(client)
    assert len(messages(client, "q")) == 1


def test_another_regions_bus_gets_it_when_that_region_is_up(
    client: Client, control: Control
) -> None:
    bus = client("events", "us-west-2").create_event_bus(Name="bus-b")["EventBusArn"]
    west = client("events", "us-west-2")
    west.put_rule(
        Name="rule-b", EventBusName="bus-b", EventPattern=json.dumps({"source": ["lifeboat.dr"]})
    )
    west.put_targets(
        Rule="rule-b",
        EventBusName="bus-b",
        Targets=[{"Id": "1", "Arn": queue(client, "q", "us-west-2")}],
    )
    rule(client, {"Arn": bus, "RetryPolicy": {"MaximumRetryAttempts": 3}})
    control.put("/regions/us-west-2", {"state": "down"})
    put(client)
    control.put("/regions/us-west-2", {"state": "up"})
    (message,) = eventually(lambda: messages(client, "q", "us-west-2"))
    assert json.loads(message["Body"])["region"] == "us-east-1"


def test_a_target_that_stays_away_leaves_a_dead_letter(client: Client, control: Control) -> None:
    far = queue(client, "far", "us-west-2")
    retries = {"MaximumRetryAttempts": 0}
    dead = {"Arn": queue(client, "dead")}
    rule(client, {"Arn": far, "RetryPolicy": retries, "DeadLetterConfig": dead})
    control.put("/regions/us-west-2", {"state": "down"})
    put(client)
    (letter,) = messages(client, "dead")
    assert json.loads(letter["Body"])["detail"] == DETAIL
    attributes = letter["MessageAttributes"]
    assert attributes["EXHAUSTED_RETRY_CONDITION"]["StringValue"] == "MaximumRetryAttempts"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Detail": "no json"}, "MalformedDetail"),
        ({"Detail": "[]"}, "MalformedDetail"),
        ({"DetailType": ""}, "InvalidArgument"),
    ],
)
def test_a_malformed_event_is_refused(client: Client, changes: dict[str, str], code: str) -> None:
    entry = {"Source": "lifeboat.dr", "DetailType": "Drill", "Detail": "{}", **changes}
    answer = client("events").put_events(Entries=[entry])
    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][0]["ErrorCode"] == code
