"""Rotation runs the secret's function in four steps, again when one fails, and after its days."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lifeboat_emulator import timing
from tests.clock import compressed
from tests.conftest import Client
from tests.control_client import Control
from tests.zips import create_function, eventually

SECRETS = "secretsmanager.amazonaws.com"
ROTATE = """
import boto3, json

def handle(event, context):
    secrets = boto3.client("secretsmanager")
    arn, token, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    print(step)
    labels = secrets.describe_secret(SecretId=arn)["VersionIdsToStages"]
    if "AWSPENDING" not in labels[token]:
        raise ValueError("not announced")
    current = secrets.get_secret_value(SecretId=arn)
    if step == "createSecret":
        try:
            secrets.get_secret_value(SecretId=arn, VersionId=token)
        except secrets.exceptions.ResourceNotFoundException:
            new = json.dumps({"password": json.loads(current["SecretString"])["password"] + "x"})
            secrets.put_secret_value(
                SecretId=arn, ClientRequestToken=token, SecretString=new,
                VersionStages=["AWSPENDING"],
            )
    if step == "finishSecret":
        secrets.update_secret_version_stage(
            SecretId=arn, VersionStage="AWSCURRENT", MoveToVersionId=token,
            RemoveFromVersionId=current["VersionId"],
        )
"""


@pytest.fixture(autouse=True)
def hurry(endpoint: str) -> Iterator[None]:
    with compressed(1000):
        yield


def prepare(client: Client, source: str = ROTATE) -> str:
    """The ARN of a function that may rotate the secret `db`."""
    secret = client("secretsmanager").create_secret(
        Name="db",
        SecretString=json.dumps({"password": "p"}),
        AddReplicaRegions=[{"Region": "us-west-2"}],
    )
    arn = create_function(client, "fn-rotate", source, Timeout=30)
    client("lambda").add_permission(
        FunctionName="fn-rotate",
        StatementId="secrets",
        Action="lambda:InvokeFunction",
        Principal=SECRETS,
        SourceArn=secret["ARN"],
        SourceAccount="123456789012",
    )
    return arn


def password(client: Client, region: str = "us-east-1") -> str:
    value = client("secretsmanager", region).get_secret_value(SecretId="db")
    return str(json.loads(value["SecretString"])["password"])


def steps(client: Client) -> list[str]:
    """The steps the function was called for, as it logged them."""
    logs = client("logs")
    if not logs.describe_log_groups()["logGroups"]:
        return []
    events = logs.filter_log_events(logGroupName="/aws/lambda/fn-rotate")["events"]
    return [each["message"] for each in events if each["message"].endswith("Secret")]


def test_four_steps_make_a_new_version_current_everywhere(client: Client) -> None:
    arn = prepare(client)
    secrets = client("secretsmanager")
    made = secrets.rotate_secret(
        SecretId="db", RotationLambdaARN=arn, RotationRules={"AutomaticallyAfterDays": 30}
    )
    eventually(lambda: password(client) == "px")
    assert password(client, "us-west-2") == "px"
    assert steps(client) == ["createSecret", "setSecret", "testSecret", "finishSecret"]
    told = eventually(
        lambda: (each := secrets.describe_secret(SecretId="db")).get("LastRotatedDate") and each
    )
    assert told["RotationEnabled"] is True
    assert told["RotationRules"] == {"AutomaticallyAfterDays": 30}
    assert "AWSCURRENT" in told["VersionIdsToStages"][made["VersionId"]]
    previous = secrets.get_secret_value(SecretId="db", VersionStage="AWSPREVIOUS")
    assert json.loads(previous["SecretString"]) == {"password": "p"}


def test_a_configuration_is_tried_without_rotating(client: Client) -> None:
    arn = prepare(client)
    secrets = client("secretsmanager")
    secrets.rotate_secret(
        SecretId="db",
        RotationLambdaARN=arn,
        RotationRules={"AutomaticallyAfterDays": 30, "Duration": "2h"},
        RotateImmediately=False,
    )

    def told() -> Any:
        return secrets.describe_secret(SecretId="db")

    eventually(lambda: steps(client) == ["testSecret"])
    eventually(lambda: len(told()["VersionIdsToStages"]) == 1)
    assert password(client) == "p"
    assert told()["RotationRules"] == {"AutomaticallyAfterDays": 30, "Duration": "2h"}


def test_a_step_that_fails_is_tried_again_from_the_first(client: Client, control: Control) -> None:
    broken = 'def handle(e, c):\n    print(e["Step"])\n    raise RuntimeError("no")\n'
    arn = prepare(client, broken)
    secrets = client("secretsmanager")
    secrets.rotate_secret(SecretId="db", RotationLambdaARN=arn)
    eventually(lambda: len(steps(client)) >= 3)
    assert set(steps(client)) == {"createSecret"}
    assert password(client) == "p"
    with pytest.raises(secrets.exceptions.InvalidRequestException, match="previous rotation"):
        secrets.rotate_secret(SecretId="db")
    secrets.cancel_rotate_secret(SecretId="db")
    assert control.get("/invocations")["invocations"][0]["outcome"] == "failed"


def test_its_days_over_it_rotates_by_itself_until_cancelled(client: Client) -> None:
    timing.configure(factor=86_400 * 2)
    arn = prepare(client)
    secrets = client("secretsmanager")
    secrets.rotate_secret(
        SecretId="db",
        RotationLambdaARN=arn,
        RotationRules={"AutomaticallyAfterDays": 1},
        RotateImmediately=False,
    )
    eventually(lambda: password(client).startswith("pxx"))
    secrets.cancel_rotate_secret(SecretId="db")
    assert "NextRotationDate" not in secrets.describe_secret(SecretId="db")


def test_a_function_that_lets_nobody_in_is_refused(client: Client) -> None:
    arn = create_function(client, "fn-rotate", ROTATE)
    secrets = client("secretsmanager")
    secrets.create_secret(Name="db", SecretString="{}")
    with pytest.raises(ClientError, match="AccessDenied"):
        secrets.rotate_secret(SecretId="db", RotationLambdaARN=arn)
    with pytest.raises(secrets.exceptions.ResourceNotFoundException):
        secrets.rotate_secret(SecretId="db", RotationLambdaARN=f"{arn}-none")
