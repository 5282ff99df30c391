"""Events nobody waits for: tried again, given up, told to queues, topics and functions."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from lifeboat_emulator import timing
from tests.conftest import Client
from tests.control_client import Control
from tests.test_events_targets import messages, queue
from tests.zips import create_function, eventually

FAILS = "def handle(event, context): raise RuntimeError('on purpose')"
WORKS = "def handle(event, context): return {'got': event}"


@pytest.fixture(autouse=True)
def hurry(endpoint: str) -> Iterator[None]:
    timing.configure(factor=1000)
    yield
    timing.configure(factor=1)


def send(client: Client, event: Any = None) -> str:
    answer = client("lambda").invoke(
        FunctionName="fn-a", InvocationType="Event", Payload=json.dumps(event)
    )
    assert answer["StatusCode"] == 202
    return str(answer["ResponseMetadata"]["RequestId"])


def test_an_error_is_tried_twice_more_then_it_is_a_dead_letter(
    client: Client, control: Control
) -> None:
    dead = {"TargetArn": queue(client, "dead")}
    create_function(client, "fn-a", FAILS, DeadLetterConfig=dead)
    request_id = send(client, {"n": 1})
    (letter,) = eventually(lambda: messages(client, "dead"))
    assert json.loads(letter["Body"]) == {"n": 1}
    attributes = {name: each["StringValue"] for name, each in letter["MessageAttributes"].items()}
    assert attributes["RequestID"] == request_id
    assert attributes["ErrorMessage"] == "RuntimeError: on purpose"
    outcomes = [each["outcome"] for each in control.get("/invocations")["invocations"]]
    assert outcomes == ["failed"] * 3


def test_fewer_retries_and_a_destination_for_failures(client: Client, control: Control) -> None:
    create_function(client, "fn-a", FAILS)
    awslambda = client("lambda")
    failures = {"OnFailure": {"Destination": queue(client, "failed")}}
    for retries in (2, 0):
        awslambda.put_function_event_invoke_config(
            FunctionName="fn-a", MaximumRetryAttempts=retries, DestinationConfig=failures
        )
    send(client, {"n": 2})
    record = json.loads(eventually(lambda: messages(client, "failed"))[0]["Body"])
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 1
    assert record["requestPayload"] == {"n": 2}
    assert record["responsePayload"]["errorType"] == "RuntimeError"
    assert len(control.get("/invocations")["invocations"]) == 1


def test_success_has_a_destination_too(client: Client) -> None:
    create_function(client, "fn-a", WORKS)
    client("lambda").put_function_event_invoke_config(
        FunctionName="fn-a",
        DestinationConfig={"OnSuccess": {"Destination": queue(client, "done")}},
    )
    send(client, {"n": 3})
    record = json.loads(eventually(lambda: messages(client, "done"))[0]["Body"])
    assert record["requestContext"]["condition"] == "Success"
    assert record["responsePayload"] == {"got": {"n": 3}}


def test_what_finds_no_slot_waits_for_one(client: Client, control: Control) -> None:
    create_function(client, "fn-a", WORKS)
    awslambda = client("lambda")
    awslambda.put_function_concurrency(FunctionName="fn-a", ReservedConcurrentExecutions=0)
    send(client)

    def outcomes() -> set[str]:
        return {each["outcome"] for each in control.get("/invocations")["invocations"]}

    eventually(lambda: outcomes() == {"throttled"})
    awslambda.put_function_concurrency(FunctionName="fn-a", ReservedConcurrentExecutions=1)
    eventually(lambda: "succeeded" in outcomes())


def test_what_is_too_old_is_given_up(client: Client) -> None:
    dead = {"TargetArn": queue(client, "dead")}
    create_function(client, "fn-a", WORKS, DeadLetterConfig=dead)
    awslambda = client("lambda")
    awslambda.put_function_concurrency(FunctionName="fn-a", ReservedConcurrentExecutions=0)
    awslambda.put_function_event_invoke_config(FunctionName="fn-a", MaximumEventAgeInSeconds=60)
    send(client, {"n": 4})
    assert json.loads(eventually(lambda: messages(client, "dead"))[0]["Body"]) == {"n": 4}


def test_an_event_waits_for_its_region(client: Client, control: Control) -> None:
    arn = create_function(client, "fn-a", WORKS, region="us-west-2")
    awslambda = client("lambda", "us-west-2")
    awslambda.put_function_concurrency(FunctionName="fn-a", ReservedConcurrentExecutions=0)
    awslambda.invoke(FunctionName=arn, InvocationType="Event", Payload=b"1")
    eventually(lambda: control.get("/invocations")["invocations"])
    awslambda.delete_function_concurrency(FunctionName="fn-a")
    control.put("/regions/us-west-2", {"state": "down"})
    assert all(
        each["outcome"] in ("throttled", "unavailable")
        for each in control.get("/invocations")["invocations"]
    )
    control.put("/regions/us-west-2", {"state": "up"})
    eventually(lambda: control.get("/invocations")["invocations"][-1]["outcome"] == "succeeded")


def test_a_topic_starts_a_function_its_policy_lets_in(client: Client, control: Control) -> None:
    sns = client("sns")
    topic = sns.create_topic(Name="topic-a")["TopicArn"]
    arn = create_function(client, "fn-a", WORKS)
    client("lambda").put_function_event_invoke_config(
        FunctionName="fn-a",
        DestinationConfig={"OnSuccess": {"Destination": queue(client, "done")}},
    )
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
    sns.publish(TopicArn=topic, Message="refused")
    client("lambda").add_permission(
        FunctionName="fn-a",
        StatementId="topic",
        Action="lambda:InvokeFunction",
        Principal="sns.amazonaws.com",
        SourceArn=topic,
    )
    sns.publish(TopicArn=topic, Message="hello", Subject="greeting")
    record = json.loads(eventually(lambda: messages(client, "done"))[0]["Body"])
    told = record["requestPayload"]["Records"][0]["Sns"]
    assert (told["Message"], told["Subject"], told["TopicArn"]) == ("hello", "greeting", topic)
    assert [each["message"] for each in control.get("/notifications")["notifications"]] == [
        "refused",
        "hello",
    ]
