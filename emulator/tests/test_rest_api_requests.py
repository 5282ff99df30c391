"""What an API refuses by itself, and what it tells of each request."""

import datetime
import json
from typing import Any

import pytest

from tests.conftest import Client
from tests.rest_api import PAYMENT, Answer, Api, ask

KEY = {"Idempotency-Key": "k-1", "Content-Type": "application/json"}
GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:access"


@pytest.fixture
def api(client: Client) -> Api:
    made = Api(client)
    made.permit()
    made.deploy()
    return made


def post(endpoint: str, api: Api, body: str = PAYMENT, headers: Any = None) -> Answer:
    given = KEY if headers is None else headers
    return ask(endpoint, api.host, "/live/payments", "POST", body=body, headers=given)


def customise(api: Api, kind: str, **wanted: Any) -> None:
    api.gateway.put_gateway_response(restApiId=api.id, responseType=kind, **wanted)
    api.deploy()


def test_a_required_parameter_that_is_missing(endpoint: str, api: Api) -> None:
    answer = post(endpoint, api, headers={})
    assert answer.status == 400
    assert answer.json == {"message": "Missing required request parameters: [Idempotency-Key]"}
    assert answer.headers["x-amzn-ErrorType"] == "BadRequestException"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("", "[Unable to parse the request body]"),
        ("{}", '[object has missing required properties (["amount","currency"])]'),
        (
            '{"amount": 1, "currency": "EUR"}',
            "[instance type (integer) does not match any allowed primitive type "
            '(allowed: ["string"])]',
        ),
        (
            '{"amount": "x", "currency": "EUR"}',
            '[ECMA 262 regex "^[0-9]+$" does not match input string "x"]',
        ),
        (
            '{"amount": "1", "currency": "CHF"}',
            '[instance value ("CHF") not found in enum (possible values: ["EUR","USD"])]',
        ),
        (
            '{"amount": "1", "currency": "EUR", "b": 1, "a": 1}',
            '[object instance has properties which are not allowed by the schema: ["a","b"]]',
        ),
    ],
)
def test_a_body_that_is_not_what_the_model_says(
    endpoint: str, api: Api, body: str, why: str
) -> None:
    plain = post(endpoint, api, body)
    assert (plain.status, plain.json) == (400, {"message": "Invalid request body"})
    customise(
        api,
        "BAD_REQUEST_BODY",
        statusCode="422",
        responseParameters={"gatewayresponse.header.Content-Type": "'application/problem+json'"},
        responseTemplates={"application/json": "$context.error.validationErrorString"},
    )
    own = post(endpoint, api, body)
    assert (own.status, own.body) == (422, why)
    assert own.headers["Content-Type"] == "application/problem+json"


def test_a_body_no_model_is_for_is_not_looked_at(endpoint: str, api: Api) -> None:
    assert post(endpoint, api, "a,b", {**KEY, "Content-Type": "text/csv"}).status == 201


def test_defaults_for_all_refusals(endpoint: str, api: Api) -> None:
    template = '{"detail": $context.error.messageString, "id": "$context.requestId"}'
    customise(api, "DEFAULT_4XX", responseTemplates={"application/json": template})
    answer = ask(endpoint, api.host, "/live/nowhere")
    assert answer.status == 403
    assert answer.json == {
        "detail": "Missing Authentication Token",
        "id": answer.headers["x-amzn-RequestId"],
    }


def test_methods_that_want_a_signature_or_a_key(endpoint: str, api: Api) -> None:
    place = {"restApiId": api.id, "resourceId": api.payment, "httpMethod": "GET"}
    for path, value, told in (
        ("/authorizationType", "AWS_IAM", "Missing Authentication Token"),
        ("/apiKeyRequired", "true", "Forbidden"),
    ):
        patch = {"op": "replace", "path": path, "value": value}
        api.gateway.update_method(**place, patchOperations=[patch])
        api.deploy()
        answer = ask(endpoint, api.host, "/live/payments/p-1")
        assert (answer.status, answer.json) == (403, {"message": told})
        back = {"op": "replace", "path": "/authorizationType", "value": "NONE"}
        api.gateway.update_method(**place, patchOperations=[back])


def test_each_method_has_a_limit_of_its_own(endpoint: str, api: Api) -> None:
    api.patch_stage(
        ("replace", "/*/*/throttling/rateLimit", "0.001"),
        ("replace", "/*/*/throttling/burstLimit", "2"),
        ("replace", "/payments/{payment_id}/GET/throttling/rateLimit", "1000"),
        ("replace", "/payments/{payment_id}/GET/throttling/burstLimit", "1000"),
    )
    seen = [post(endpoint, api).status for _ in range(4)]
    assert seen == [201, 201, 429, 429]
    assert post(endpoint, api).json == {"message": "Too Many Requests"}
    assert {ask(endpoint, api.host, "/live/payments/p").status for _ in range(4)} == {201}


def test_a_line_in_the_access_log_for_each_request(client: Client, endpoint: str, api: Api) -> None:
    logs = client("logs")
    logs.create_log_group(logGroupName="access")
    role = {"op": "replace", "path": "/cloudwatchRoleArn", "value": "arn:aws:iam::1:role/r"}
    api.gateway.update_account(patchOperations=[role])
    form = {
        "id": "$context.requestId",
        "what": "$context.httpMethod $context.resourcePath",
        "status": "$context.status",
        "integration": "$context.integrationStatus",
        "key": "$context.identity.apiKey",
    }
    api.patch_stage(
        ("replace", "/accessLogSettings/destinationArn", GROUP),
        ("replace", "/accessLogSettings/format", json.dumps(form)),
    )
    answers = [post(endpoint, api), post(endpoint, api, "{}")]
    events = logs.filter_log_events(logGroupName="access")["events"]
    lines = [json.loads(event["message"]) for event in events]
    assert [line["status"] for line in lines] == ["201", "400"]
    assert [line["integration"] for line in lines] == ["200", "-"]
    assert [line["id"] for line in lines] == [each.headers["x-amzn-RequestId"] for each in answers]
    assert (lines[0]["what"], lines[0]["key"]) == ("POST /payments", "-")


def test_figures_of_requests(client: Client, endpoint: str, api: Api) -> None:
    api.patch_stage(("replace", "/*/*/metrics/enabled", "true"))
    post(endpoint, api)
    post(endpoint, api, "{}")
    ask(endpoint, api.host, "/live/nowhere")
    stage = {"ApiName": "api-pay", "Stage": "live"}
    assert total(client, "Count", **stage) == total(client, "Count", ApiName="api-pay") == 3
    assert (total(client, "4XXError", **stage), total(client, "5XXError", **stage)) == (2, 0)
    assert total(client, "Count", **stage, Resource="/payments", Method="POST") == 2
    latency, integration = (total(client, f"{k}Latency", **stage) for k in ("", "Integration"))
    assert latency >= integration > 0


def total(client: Client, metric: str, **dimensions: str) -> float:
    now = datetime.datetime.now(datetime.UTC)
    answer = client("cloudwatch").get_metric_statistics(
        Namespace="AWS/ApiGateway",
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=now - datetime.timedelta(minutes=5),
        EndTime=now + datetime.timedelta(minutes=1),
        Period=3600,
        Statistics=["Sum"],
    )
    return float(sum(point["Sum"] for point in answer["Datapoints"]))
