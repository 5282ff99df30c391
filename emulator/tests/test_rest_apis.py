"""REST APIs answer callers: with what event, under which names, and when not at all."""

import http.client
import json
from typing import Any

import pytest

from tests.clock import compressed
from tests.conftest import Client
from tests.control_client import Control
from tests.rest_api import PAYMENT, ZONE, Api, ask, connect, put_alias, zone
from tests.zips import eventually

KEY = {"Idempotency-Key": "k-1", "Content-Type": "application/json"}


def ready(client: Client, **given: Any) -> Api:
    api = Api(client, **given)
    api.permit()
    api.deploy()
    return api


def health_check(client: Client, **config: Any) -> str:
    made = client("route53").create_health_check(
        CallerReference="check",
        HealthCheckConfig={"RequestInterval": 10, "FailureThreshold": 1, **config},
    )
    return str(made["HealthCheck"]["Id"])


def test_a_request_becomes_a_proxy_event_and_its_answer_a_response(
    client: Client, endpoint: str
) -> None:
    api = ready(client)
    path = "/live/payments?dry=1&dry=2"
    answer = ask(endpoint, api.host, path, "POST", body=PAYMENT, headers=KEY)
    assert (answer.status, answer.headers["X-Own"]) == (201, "yes")
    assert answer.headers["Content-Type"] == "application/json"
    event = answer.json["event"]
    assert (event["resource"], event["path"], event["httpMethod"]) == (
        "/payments",
        "/payments",
        "POST",
    )
    assert (event["body"], event["isBase64Encoded"]) == (PAYMENT, False)
    assert event["headers"]["Idempotency-Key"] == "k-1"
    assert event["multiValueHeaders"]["Idempotency-Key"] == ["k-1"]
    assert event["queryStringParameters"] == {"dry": "2"}
    assert event["multiValueQueryStringParameters"] == {"dry": ["1", "2"]}
    assert (event["pathParameters"], event["stageVariables"]) == (None, None)
    context = event["requestContext"]
    assert (context["stage"], context["resourcePath"], context["path"]) == (
        "live",
        "/payments",
        "/live/payments",
    )
    assert context["requestId"] == answer.headers["x-amzn-RequestId"]
    assert context["identity"]["sourceIp"] == "127.0.0.1"

    found = ask(endpoint, api.host, "/live/payments/p%201").json["event"]
    assert found["pathParameters"] == {"payment_id": "p 1"}
    assert (found["body"], found["queryStringParameters"]) == (None, None)


def test_names_lead_to_the_api_of_the_region_that_dns_answers(
    client: Client, control: Control, endpoint: str
) -> None:
    domain, own = f"api.{ZONE}", f"primary.api.{ZONE}"
    with compressed(50):
        hosted = zone(client)
        targets = {}
        for region in ("us-east-1", "us-east-2"):
            targets[region] = ready(client, region=region).serve(domain, hosted)
        put_alias(client, hosted, own, targets["us-east-1"])
        check = health_check(client, Type="TCP", Port=443, FullyQualifiedDomainName=own)
        for region, role in (("us-east-1", "PRIMARY"), ("us-east-2", "SECONDARY")):
            more = {"SetIdentifier": role, "Failover": role}
            if role == "PRIMARY":
                more["HealthCheckId"] = check
            put_alias(client, hosted, domain, targets[region], **more)

    def served_by() -> Any:
        return ask(endpoint, domain, "/payments/p-1").json["region"]

    assert served_by() == "us-east-1"
    connection = connect(domain)
    connection.request("GET", "/payments/p-1")
    answer = json.loads(connection.getresponse().read())
    assert answer["region"] == "us-east-1"
    assert answer["event"]["requestContext"]["domainName"] == domain
    # A name that leads to the region, and is no custom domain of it.
    assert ask(endpoint, own, "/payments/p-1").json == {"message": "Forbidden"}

    control.put("/regions/us-east-1", {"state": "down"})
    with pytest.raises(http.client.RemoteDisconnected):
        served_by()
    with compressed(20):
        eventually(lambda: not control.get("/health-checks")["health_checks"][0]["healthy"])
    assert served_by() == "us-east-2"
    # An open connection stays where it was opened to, and is dead.
    connection.request("GET", "/payments/p-1")
    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()
    connection.close()
    with pytest.raises(http.client.RemoteDisconnected):
        ask(endpoint, own, "/payments/p-1")


def test_what_is_not_deployed_does_not_answer(client: Client, endpoint: str) -> None:
    api = Api(client)
    api.permit()
    assert ask(endpoint, api.host, "/live/payments/p-1").status == 403
    api.deploy()
    assert ask(endpoint, api.host, "/live/payments/p-1").status == 201
    api.gateway.delete_method(restApiId=api.id, resourceId=api.payment, httpMethod="GET")
    assert ask(endpoint, api.host, "/live/payments/p-1").status == 201
    api.deploy()
    gone = ask(endpoint, api.host, "/live/payments/p-1")
    assert (gone.status, gone.json) == (403, {"message": "Missing Authentication Token"})


def test_an_api_can_close_its_own_host(client: Client, endpoint: str) -> None:
    api = ready(client)
    for value, status in (("true", 403), ("false", 201)):
        patch = {"op": "replace", "path": "/disableExecuteApiEndpoint", "value": value}
        api.gateway.update_rest_api(restApiId=api.id, patchOperations=[patch])
        assert ask(endpoint, api.host, "/live/payments/p-1").status == status


def test_without_permission_nothing_is_called(
    client: Client, control: Control, endpoint: str
) -> None:
    api = Api(client)
    api.permit("/*/POST/payments")
    api.deploy()
    assert (
        ask(endpoint, api.host, "/live/payments", "POST", body=PAYMENT, headers=KEY).status == 201
    )
    refused = ask(endpoint, api.host, "/live/payments/p-1")
    assert (refused.status, refused.json) == (500, {"message": "Internal server error"})
    assert len(control.get("/invocations")["invocations"]) == 1


@pytest.mark.parametrize(
    "returned", ["'text'", "{'body': 'no status'}", "{'statusCode': 200, 'extra': 1}", "1 / 0"]
)
def test_an_answer_that_is_none_is_a_bad_gateway(
    client: Client, endpoint: str, returned: str
) -> None:
    api = ready(client, source=f"def handle(event, context):\n    return {returned}\n")
    answer = ask(endpoint, api.host, "/live/payments/p-1")
    assert (answer.status, answer.json) == (502, {"message": "Internal server error"})


def test_an_integration_is_not_waited_for_longer_than_it_says(
    client: Client, endpoint: str
) -> None:
    slow = "import time\ndef handle(event, context):\n    time.sleep(3)\n"
    api = Api(client, source=slow, Timeout=10)
    api.permit()
    api.gateway.update_integration(
        restApiId=api.id,
        resourceId=api.payment,
        httpMethod="GET",
        patchOperations=[{"op": "replace", "path": "/timeoutInMillis", "value": "500"}],
    )
    api.deploy()
    answer = ask(endpoint, api.host, "/live/payments/p-1")
    assert (answer.status, answer.json) == (504, {"message": "Endpoint request timed out"})


def test_health_checks_ask_the_function_behind_a_host(client: Client, control: Control) -> None:
    source = "def handle(event, context):\n    return {'statusCode': 503, 'body': 'not now'}\n"
    api = ready(client, source=source)
    with compressed(20):
        identifier = health_check(
            client,
            Type="HTTPS",
            FullyQualifiedDomainName=api.host,
            ResourcePath="/live/payments/health",
            MeasureLatency=True,
        )

        def found() -> Any:
            return control.get("/health-checks")["health_checks"][0]

        eventually(lambda: not found()["healthy"])
        assert "HTTP Status Code 503" in found()["why"]
    runs = control.get("/invocations")["invocations"]
    assert {run["function"] for run in runs} == {"fn-pay"}
    dimensions = [{"Name": "HealthCheckId", "Value": identifier}]
    metrics = client("cloudwatch").list_metrics(MetricName="TimeToFirstByte", Dimensions=dimensions)
    assert metrics["Metrics"]
