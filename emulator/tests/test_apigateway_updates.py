"""Parts of an API are changed in place, and read back as they were changed."""

import json
from typing import Any

import pytest

from tests.conftest import Client
from tests.errors import error_of
from tests.rest_api import Api

ROLE = "arn:aws:iam::123456789012:role/role-logs"


@pytest.fixture
def api(client: Client) -> Api:
    return Api(client)


def replace(**changes: str) -> list[dict[str, str]]:
    """Patches of fields by their names, with `__` for a slash and `_` for one that is escaped."""
    return [
        {"op": "replace", "path": f"/{name.replace('__', '/')}", "value": value}
        for name, value in changes.items()
    ]


def test_methods(api: Api) -> None:
    place = {"restApiId": api.id, "resourceId": api.payments, "httpMethod": "POST"}
    patches = [
        {"op": "remove", "path": "/requestParameters/method.request.header.Idempotency-Key"},
        {"op": "add", "path": "/requestParameters/method.request.querystring.q", "value": "true"},
        {"op": "replace", "path": "/requestModels/application~1json", "value": "Empty"},
        {"op": "add", "path": "/authorizationScopes/pay", "value": ""},
        {"op": "replace", "path": "/requestValidatorId", "value": ""},
        *replace(apiKeyRequired="true", operationName="Book"),
    ]
    api.gateway.update_method(**place, patchOperations=patches)
    found = api.gateway.get_method(**place)
    assert found["requestParameters"] == {"method.request.querystring.q": True}
    assert found["requestModels"] == {"application/json": "Empty"}
    assert (found["apiKeyRequired"], found["operationName"]) == (True, "Book")
    assert found["authorizationScopes"] == ["pay"]
    assert "requestValidatorId" not in found
    wrong = {"patchOperations": replace(colour="red")}
    assert error_of(api.gateway.update_method, **place, **wrong)[0] == "BadRequestException"


def test_responses_of_methods(api: Api) -> None:
    place = {"restApiId": api.id, "resourceId": api.payment, "httpMethod": "GET"}
    api.gateway.put_method_response(**place, statusCode="200")
    patch = {"op": "add", "path": "/responseParameters/method.response.header.A", "value": "true"}
    api.gateway.update_method_response(**place, statusCode="200", patchOperations=[patch])
    found = api.gateway.get_method_response(**place, statusCode="200")
    assert found["responseParameters"] == {"method.response.header.A": True}


def test_integrations_models_resources(api: Api) -> None:
    place = {"restApiId": api.id, "resourceId": api.payment, "httpMethod": "GET"}
    api.gateway.update_integration(**place, patchOperations=replace(timeoutInMillis="1500"))
    assert api.gateway.get_integration(**place)["timeoutInMillis"] == 1500
    model = {"restApiId": api.id, "modelName": "Payment"}
    schema = json.dumps({"type": "array"})
    api.gateway.update_model(**model, patchOperations=replace(schema=schema, description="D"))
    found = api.gateway.get_model(**model)
    assert (found["schema"], found["description"]) == (schema, "D")
    resource = {"restApiId": api.id, "resourceId": api.payment}
    api.gateway.update_resource(**resource, patchOperations=replace(pathPart="{id}"))
    assert api.gateway.get_resource(**resource)["path"] == "/payments/{id}"


def test_the_api_itself(api: Api) -> None:
    patches = replace(
        description="name", minimumCompressionSize="1024", disableExecuteApiEndpoint="false"
    )
    api.gateway.update_rest_api(restApiId=api.id, patchOperations=patches)
    found = api.gateway.get_rest_api(restApiId=api.id)
    assert (found["name"], found["description"]) == ("api-pay", "name")
    assert (found["minimumCompressionSize"], found["disableExecuteApiEndpoint"]) == (1024, False)
    arn = f"arn:aws:apigateway:us-east-1::/restapis/{api.id}"
    api.gateway.tag_resource(resourceArn=arn, tags={"a": "1"})
    assert api.gateway.get_rest_api(restApiId=api.id)["tags"] == {"a": "1"}
    made = api.gateway.create_rest_api(name="binary", binaryMediaTypes=["image/png"])
    assert made["binaryMediaTypes"] == ["image/png"]


def test_the_policy_of_an_api_is_text_inside_of_text(api: Api) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    patches = replace(policy=policy)
    told = api.gateway.update_rest_api(restApiId=api.id, patchOperations=patches)["policy"]
    assert json.loads(f'"{told}"') == policy
    api.gateway.update_rest_api(restApiId=api.id, patchOperations=replace(policy=""))
    assert "policy" not in api.gateway.get_rest_api(restApiId=api.id)


def test_deployments(api: Api) -> None:
    api.deploy()
    first = api.gateway.get_deployments(restApiId=api.id)["items"][0]["id"]
    place = {"restApiId": api.id, "deploymentId": first}
    api.gateway.update_deployment(**place, patchOperations=replace(description="first"))
    assert api.gateway.get_deployment(**place)["description"] == "first"
    assert error_of(api.gateway.delete_deployment, **place)[0] == "BadRequestException"
    api.deploy()
    api.gateway.delete_deployment(**place)
    assert len(api.gateway.get_deployments(restApiId=api.id)["items"]) == 1


def test_settings_of_methods_come_and_go(api: Api) -> None:
    api.deploy()
    path = "/payments/{payment_id}/GET"
    stage = api.patch_stage(("replace", f"{path}/throttling/rateLimit", "7"))
    assert stage["methodSettings"][path[1:]]["throttlingRateLimit"] == 7
    api.patch_stage(("replace", "/*/*/metrics/enabled", "true"))
    assert _settings(api) == {path[1:], "*/*"}
    for gone in (path, "/*/*"):
        remove = [{"op": "remove", "path": gone}]
        api.gateway.update_stage(restApiId=api.id, stageName="live", patchOperations=remove)
    assert _settings(api) == set()


def test_logs_need_the_account_s_role(api: Api) -> None:
    api.deploy()
    patch = ("replace", "/*/*/logging/loglevel", "ERROR")
    wanted: Any = {
        "restApiId": api.id,
        "stageName": "live",
        "patchOperations": [dict(zip(("op", "path", "value"), patch, strict=True))],
    }
    assert "role ARN must be set" in error_of(api.gateway.update_stage, **wanted)[1]
    api.gateway.update_account(patchOperations=replace(cloudwatchRoleArn=ROLE))
    api.patch_stage(patch)
    api.gateway.update_account(patchOperations=replace(cloudwatchRoleArn=""))
    assert "cloudwatchRoleArn" not in api.gateway.get_account()


def _settings(api: Api) -> set[str]:
    stage = api.gateway.get_stage(restApiId=api.id, stageName="live")
    return set(stage["methodSettings"])
