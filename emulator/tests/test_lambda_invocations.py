"""Functions run: what they get, what they answer, how they fail, and what they leave behind."""

import base64
import json
import threading
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lifeboat_emulator.functions import running
from tests.conftest import Client
from tests.control_client import Control
from tests.zips import create_function, eventually, invoke

LOOK_AROUND = """
import os

calls = 0

def handle(event, context):
    global calls
    calls += 1
    return {
        "event": event,
        "calls": calls,
        "pid": os.getpid(),
        "environment": dict(os.environ),
        "name": context.function_name,
        "arn": context.invoked_function_arn,
        "id": context.aws_request_id,
        "left": context.get_remaining_time_in_millis(),
    }
"""
SLEEPER = """
import time

def handle(event, context):
    print("sleeping")
    time.sleep(event)
    return "slept"
"""


def test_a_function_gets_its_event_its_environment_and_its_context(client: Client) -> None:
    awslambda = client("lambda", "us-west-2")
    arn = create_function(
        client,
        "fn-a",
        LOOK_AROUND,
        region="us-west-2",
        Timeout=9,
        Environment={"Variables": {"COLOUR": "orange"}},
    )
    answer, seen = invoke(awslambda, "fn-a", {"who": "me"})
    assert answer["StatusCode"] == 200
    assert "FunctionError" not in answer
    assert answer["ExecutedVersion"] == "$LATEST"
    assert (seen["event"], seen["name"], seen["arn"]) == ({"who": "me"}, "fn-a", arn)
    assert seen["id"] == answer["ResponseMetadata"]["RequestId"]
    assert 5000 < seen["left"] <= 9000
    environment = seen["environment"]
    assert environment["COLOUR"] == "orange"
    assert environment["AWS_REGION"] == "us-west-2"
    assert environment["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    assert "HOME" not in environment


def test_a_process_stays_warm_until_the_function_changes(client: Client) -> None:
    awslambda = client("lambda")
    create_function(client, "fn-a", LOOK_AROUND)
    first, second = (invoke(awslambda, "fn-a")[1] for _ in range(2))
    assert (second["pid"], second["calls"]) == (first["pid"], 2)
    awslambda.update_function_configuration(
        FunctionName="fn-a", Environment={"Variables": {"NEW": "1"}}
    )
    third = invoke(awslambda, "fn-a")[1]
    assert third["pid"] != first["pid"]
    assert third["environment"]["NEW"] == "1"


def test_a_function_reaches_the_emulator_with_boto3_while_its_caller_waits(client: Client) -> None:
    awslambda = client("lambda", "eu-west-1")
    create_function(
        client,
        "fn-a",
        "import boto3\n"
        "def handle(event, context):\n"
        "    boto3.client('sqs').create_queue(QueueName='made-inside')\n"
        "    return boto3.client('sts').get_caller_identity()['Arn']\n",
        region="eu-west-1",
        Timeout=20,
    )
    _, identity = invoke(awslambda, "fn-a")
    assert identity == "arn:aws:sts::123456789012:assumed-role/role-fn-abc123/fn-a"
    assert len(client("sqs", "eu-west-1").list_queues()["QueueUrls"]) == 1


def test_only_the_zip_and_what_lambda_brings_can_be_imported(client: Client) -> None:
    awslambda = client("lambda")
    create_function(client, "fn-a", "import moto\n\ndef handle(event, context): pass\n")
    answer, error = invoke(awslambda, "fn-a")
    assert answer["FunctionError"] == "Unhandled"
    assert error["errorType"] == "Runtime.ImportModuleError"
    assert "No module named 'moto'" in error["errorMessage"]


def test_a_function_cannot_leave_this_machine(client: Client) -> None:
    create_function(
        client,
        "fn-a",
        "import socket\n"
        "def handle(event, context): socket.create_connection(('192.0.2.1', 443), 1)\n",
    )
    _, error = invoke(client("lambda"), "fn-a")
    assert error["errorType"] == "PermissionError"
    assert "stays on loopback" in error["errorMessage"]


@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [
        ("def handle(event, context): raise KeyError('x')", "KeyError", "'x'"),
        ("def other(): pass", "Runtime.HandlerNotFound", "Handler 'handle' missing"),
        ("def handle(event, context): return object()", "Runtime.MarshalError", "marshal"),
        ("import os\ndef handle(e, c): os._exit(3)", "Runtime.ExitError", "exit status 3"),
        ("def handle(e, c): raise SystemExit(1)", "SystemExit", "1"),
    ],
)
def test_errors_are_told_as_lambda_tells_them(
    client: Client, source: str, kind: str, message: str
) -> None:
    awslambda = client("lambda")
    create_function(client, "fn-a", source)
    answer, error = invoke(awslambda, "fn-a")
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert error["errorType"] == kind
    assert message in error["errorMessage"]
    # The next one finds a process that works.
    assert invoke(awslambda, "fn-a")[1]["errorType"] == kind


def test_the_timeout_ends_a_function(client: Client, control: Control) -> None:
    awslambda = client("lambda")
    create_function(client, "fn-a", SLEEPER, Timeout=1)
    began = time.monotonic()
    answer, error = invoke(awslambda, "fn-a", 30, LogType="Tail")
    assert time.monotonic() - began < 10
    assert error["errorType"] == "Sandbox.Timedout"
    assert "Task timed out after 1.00 seconds" in error["errorMessage"]
    assert "sleeping" in base64.b64decode(answer["LogResult"]).decode()
    assert control.get("/invocations")["invocations"][-1]["outcome"] == "failed"


def test_logs_and_metrics_are_left_behind(client: Client) -> None:
    awslambda, logs = client("lambda"), client("logs")
    logs.create_log_group(logGroupName="/custom/group")
    create_function(
        client,
        "fn-a",
        "import logging\n"
        "def handle(event, context):\n"
        "    print('told', event)\n"
        "    logging.getLogger().warning('warned')\n"
        "    return 1 / event\n",
        LoggingConfig={"LogFormat": "Text", "LogGroup": "/custom/group"},
    )
    invoke(awslambda, "fn-a", 1)
    invoke(awslambda, "fn-a", 0)
    events = logs.filter_log_events(logGroupName="/custom/group")["events"]
    lines = [event["message"] for event in events]
    assert lines[0].startswith("START RequestId: ")
    assert lines[1] == "told 1"
    assert lines[2].startswith("[WARNING]\t")
    assert lines[-3].startswith("[ERROR] ZeroDivisionError: division by zero\rTraceback")
    assert lines[-1].startswith("REPORT RequestId: ")
    sums = {
        name: sum(
            point["Sum"]
            for point in client("cloudwatch").get_metric_statistics(
                Namespace="AWS/Lambda",
                MetricName=name,
                Dimensions=[{"Name": "FunctionName", "Value": "fn-a"}],
                StartTime=time.time() - 300,
                EndTime=time.time() + 60,
                Period=60,
                Statistics=["Sum"],
            )["Datapoints"]
        )
        for name in ("Invocations", "Errors", "Duration")
    }
    assert (sums["Invocations"], sums["Errors"]) == (2, 1)
    assert sums["Duration"] > 0


def test_a_log_in_json_is_json_throughout(client: Client) -> None:
    create_function(
        client,
        "fn-a",
        "import logging\n"
        "def handle(event, context):\n"
        "    logging.getLogger('mine').warning('warned of %s', event)\n"
        "    raise KeyError('x')\n",
        LoggingConfig={"LogFormat": "JSON"},
    )
    invoke(client("lambda"), "fn-a", 1)
    events = client("logs").filter_log_events(logGroupName="/aws/lambda/fn-a")["events"]
    begun, warned, failed, report = (json.loads(event["message"]) for event in events)
    assert begun["type"] == "platform.start"
    assert (warned["level"], warned["message"], warned["logger"]) == (
        "WARNING",
        "warned of 1",
        "mine",
    )
    assert failed["errorType"] == "KeyError"
    assert report["record"]["status"] == "error"
    assert report["record"]["metrics"]["durationMs"] > 0


def test_reserved_concurrency_throttles_and_zero_stops(client: Client, control: Control) -> None:
    awslambda = client("lambda")
    create_function(client, "fn-a", SLEEPER, Timeout=20)
    awslambda.put_function_concurrency(FunctionName="fn-a", ReservedConcurrentExecutions=1)
    results: list[Any] = []
    other = client("lambda")
    thread = threading.Thread(target=lambda: results.append(invoke(other, "fn-a", 1)[1]))
    thread.start()
    eventually(lambda: control.get("/invocations")["invocations"])

    def throttled() -> str | None:
        try:
            invoke(awslambda, "fn-a", 0)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return None

    assert throttled() == "TooManyRequestsException"
    thread.join()
    assert results == ["slept"]
    assert invoke(awslambda, "fn-a", 0)[1] == "slept"
    awslambda.put_function_concurrency(FunctionName="fn-a", ReservedConcurrentExecutions=0)
    assert throttled() == "TooManyRequestsException"


def test_a_dry_run_runs_nothing_and_a_missing_function_is_not_found(
    client: Client, control: Control
) -> None:
    awslambda = client("lambda")
    create_function(client, "fn-a", SLEEPER)
    answer = awslambda.invoke(FunctionName="fn-a", InvocationType="DryRun")
    assert answer["StatusCode"] == 204
    assert control.get("/invocations") == {"invocations": [], "processes": 0}
    with pytest.raises(awslambda.exceptions.ResourceNotFoundException):
        awslambda.invoke(FunctionName="fn-none")


def test_a_region_that_dies_takes_its_running_functions_along(
    client: Client, control: Control
) -> None:
    awslambda = client("lambda", "us-east-1")
    create_function(client, "fn-a", SLEEPER, Timeout=60)
    awslambda.invoke(FunctionName="fn-a", InvocationType="Event", Payload=b"50")
    logs = client("logs", "us-east-1")

    def asleep() -> bool:
        groups = logs.describe_log_groups()["logGroups"]
        if not groups:
            return False
        events = logs.filter_log_events(logGroupName="/aws/lambda/fn-a")["events"]
        return any(event["message"] == "sleeping" for event in events)

    eventually(asleep)
    control.put("/regions/us-east-1", {"state": "down"})
    eventually(lambda: control.get("/invocations")["invocations"][0]["outcome"] == "unavailable")
    assert running.processes() == 0
    control.put("/regions/us-east-1", {"state": "up"})


def test_a_deleted_function_is_ended(client: Client) -> None:
    awslambda = client("lambda")
    create_function(client, "fn-a", LOOK_AROUND)
    invoke(awslambda, "fn-a")
    assert running.processes() == 1
    awslambda.delete_function(FunctionName="fn-a")
    assert running.processes() == 0


def test_a_published_version_runs_its_own_code(client: Client) -> None:
    awslambda = client("lambda")
    create_function(client, "fn-a", "def handle(e, c): return 'old'")
    version = awslambda.publish_version(FunctionName="fn-a")["Version"]
    awslambda.create_alias(FunctionName="fn-a", Name="live", FunctionVersion=version)
    answer, said = invoke(awslambda, "fn-a", Qualifier="live")
    assert (answer["ExecutedVersion"], said) == (version, "old")
    assert json.dumps(said)
