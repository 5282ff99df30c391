"""Events nobody waits for: tried again, given up, told to queues, topics and functions."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.clock import compressed
from tests.conftest import Client
from tests.control_client import Control
from tests.test_events_targets import messages, queue
from tests.zips import create_function, eventually

FAILS = "def handle(event, context): raise RuntimeError('on purpose')"
WORKS = "def handle(event, context): return {'got': event}"


@pytest.fixture(autouse=True)
def hurry(endpoint: str) -> Iterator[None]:
    with compressed(1000):
        yield


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


def test_what_a_dying_region_cut_off_runs_again_when_it_is_back(
    client: Client, control: Control
) -> None:
    slow = "import time\ndef handle(event, context): time.sleep(0.5)"
    create_function(client, "fn-a", slow, region="us-west-2")
    client("lambda", "us-west-2").invoke(FunctionName="fn-a", InvocationType="Event")

    def outcomes() -> list[str]:
        return [each["outcome"] for each in control.get("/invocations")["invocations"]]

    eventually(lambda: outcomes() == ["running"])
    control.put("/regions/us-west-2", {"state": "down"})
    eventually(lambda: outcomes().count("unavailable") > 1)
    assert set(outcomes()) == {"unavailable"}
    control.put("/regions/us-west-2", {"state": "up"})
    eventually(lambda: outcomes()[-1] == "succeeded")


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
