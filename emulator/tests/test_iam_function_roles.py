"""Functions are refused what their role does not allow; other callers may do what they like."""

import pytest

from tests.conftest import Client
from tests.zips import allow, create_function, invoke

CALL = """
import boto3
from botocore.exceptions import ClientError

def handle(event, context):
    client = boto3.client(event["service"])
    try:
        getattr(client, event["call"])(**event["arguments"])
    except ClientError as error:
        return error.response["Error"]["Code"] + ": " + error.response["Error"]["Message"]
    return "done"
"""
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/state"
ITEM = {"pk": {"S": "a"}}


@pytest.fixture
def table(client: Client) -> None:
    client("dynamodb").create_table(
        TableName="state",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def call(client: Client, service: str, name: str, **arguments: object) -> str:
    event = {"service": service, "call": name, "arguments": arguments}
    return str(invoke(client("lambda"), "fn-a", event)[1])


@pytest.mark.usefixtures("table")
def test_action_and_resource_must_be_allowed(client: Client) -> None:
    create_function(client, "fn-a", CALL, Timeout=30)
    allow(client, "dynamodb:PutItem", TABLE)
    assert call(client, "dynamodb", "put_item", TableName="state", Item=ITEM) == "done"
    refused = call(client, "dynamodb", "get_item", TableName="state", Key=ITEM)
    assert refused.startswith("AccessDeniedException: User: arn:aws:sts::123456789012:")
    assert "dynamodb:GetItem" in refused
    assert TABLE in refused
    elsewhere = call(client, "dynamodb", "put_item", TableName="other", Item=ITEM)
    assert elsewhere.startswith("AccessDeniedException")
    # The emulator checks nobody else.
    assert client("dynamodb").get_item(TableName="state", Key=ITEM)["Item"] == ITEM


@pytest.mark.usefixtures("table")
def test_a_transaction_needs_what_its_parts_need(client: Client) -> None:
    create_function(client, "fn-a", CALL, Timeout=30)
    put = {"Put": {"TableName": "state", "Item": ITEM}}
    check = {
        "ConditionCheck": {"TableName": "state", "Key": ITEM, "ConditionExpression": "pk = pk"}
    }
    allow(client, "dynamodb:PutItem", TABLE)
    assert call(client, "dynamodb", "transact_write_items", TransactItems=[put]) == "done"
    refused = call(client, "dynamodb", "transact_write_items", TransactItems=[check])
    assert "dynamodb:ConditionCheckItem" in refused


def test_every_protocol_is_refused_in_its_own_way(client: Client) -> None:
    create_function(client, "fn-a", CALL, Timeout=30)
    allow(client, "sns:Publish", "*")
    datum = {"MetricName": "m", "Value": 1.0}
    refusals = [
        call(client, "rds", "describe_global_clusters"),
        call(client, "cloudwatch", "put_metric_data", Namespace="n", MetricData=[datum]),
        call(client, "ssm", "get_parameter", Name="/switch"),
        call(client, "lambda", "list_functions"),
    ]
    actions = ["rds:DescribeGlobalClusters", "cloudwatch:PutMetricData", "ssm:GetParameter"]
    for refusal, action in zip(refusals, [*actions, "lambda:ListFunctions"], strict=True):
        assert refusal.startswith("AccessDenied"), refusal
        assert f"not authorized to perform: {action} " in refusal
    assert call(client, "sts", "get_caller_identity") == "done"
