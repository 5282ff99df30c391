"""Parts of an API are updated in place, and answer with what they are then.

API Gateway's updates are lists of patches with JSON pointers. Moto has none for methods,
integrations, models, deployments, responses of methods and custom domains; for an API it takes
``false`` for true, and the pointer of one field for another's.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.apigateway.exceptions import BadRequestException, NotFoundException
from moto.apigateway.models import RestAPI
from moto.apigateway.responses import APIGatewayResponse

Patch = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """Where a pointer leads: an attribute, or an entry of one that holds many."""

    attribute: str
    read: Callable[[Any], Any] = str
    entries: bool = False


def _boolean(value: Any) -> bool:
    return str(value).lower() == "true"


_METHOD = {
    "apiKeyRequired": Field("api_key_required", _boolean),
    "authorizationScopes": Field("authorization_scopes", entries=True),
    "authorizationType": Field("authorization_type"),
    "authorizerId": Field("authorizer_id"),
    "operationName": Field("operation_name"),
    "requestModels": Field("request_models", entries=True),
    "requestParameters": Field("request_parameters", _boolean, entries=True),
    "requestValidatorId": Field("request_validator_id"),
}
_METHOD_RESPONSE = {
    "responseModels": Field("response_models", entries=True),
    "responseParameters": Field("response_parameters", _boolean, entries=True),
}
_INTEGRATION = {
    "cacheKeyParameters": Field("cache_key_parameters", entries=True),
    "cacheNamespace": Field("cache_namespace"),
    "connectionType": Field("connection_type"),
    "contentHandling": Field("content_handling"),
    "credentials": Field("credentials"),
    "httpMethod": Field("http_method"),
    "passthroughBehavior": Field("passthrough_behaviour"),
    "requestParameters": Field("request_parameters", entries=True),
    "requestTemplates": Field("request_templates", entries=True),
    "timeoutInMillis": Field("timeout_in_millis", int),
    "uri": Field("uri"),
}
_MODEL = {"description": Field("description"), "schema": Field("schema")}
_RESOURCE = {"parentId": Field("parent_id"), "pathPart": Field("path_part")}
_DEPLOYMENT = {"description": Field("description")}
_API = {
    "apiKeySource": Field("api_key_source"),
    "binaryMediaTypes": Field("binaryMediaTypes", entries=True),
    "description": Field("description"),
    "disableExecuteApiEndpoint": Field("disableExecuteApiEndpoint", _boolean),
    "minimumCompressionSize": Field("minimum_compression_size", int),
    "name": Field("name"),
    "policy": Field("policy"),
    "version": Field("version"),
}


def install() -> None:
    """Add the updates, and replace an API's."""
    setattr(APIGatewayResponse, "update_method", _update_method)
    setattr(APIGatewayResponse, "update_method_response", _update_method_response)
    setattr(APIGatewayResponse, "update_integration", _update_integration)
    setattr(APIGatewayResponse, "update_model", _update_model)
    setattr(APIGatewayResponse, "update_resource", _update_resource)
    setattr(APIGatewayResponse, "update_deployment", _update_deployment)
    setattr(RestAPI, "apply_patch_operations", _patch_api)
    _keep_binary_types()


def apply(thing: Any, patches: Iterable[Patch], fields: Mapping[str, Field]) -> None:
    """Patch the attributes of one of moto's objects."""
    for patch in patches:
        name, *rest = pointer(patch["path"])
        field = fields.get(name)
        if field is None:
            raise BadRequestException(f"Invalid patch path {patch['path']}")
        if field.entries:
            _patch_entry(thing, field, patch, "/".join(rest))
        elif patch["op"] == "remove" or patch.get("value") in (None, ""):
            setattr(thing, field.attribute, None)
        else:
            setattr(thing, field.attribute, field.read(patch["value"]))


def pointer(path: str) -> list[str]:
    """The parts of a JSON pointer."""
    return [part.replace("~1", "/").replace("~0", "~") for part in path.lstrip("/").split("/")]


def _patch_entry(thing: Any, field: Field, patch: Patch, name: str) -> None:
    known = getattr(thing, field.attribute)
    # Lists are told by their name alone: an entry is added or removed.
    if isinstance(known, list) or (known is None and "value" not in patch):
        kept = [each for each in known or [] if each != name]
        added = [] if patch["op"] == "remove" else [name]
        setattr(thing, field.attribute, kept + added)
        return
    entries = dict(known or {})
    entries.pop(name, None)
    if patch["op"] != "remove":
        entries[name] = field.read(patch.get("value"))
    setattr(thing, field.attribute, entries)


def _patches(self: APIGatewayResponse) -> list[Patch]:
    patches: list[Patch] = self._get_param("patchOperations") or []
    return patches


def _parts(self: APIGatewayResponse) -> list[str]:
    """Of the path: restapis, id, kind, id, …"""
    return [part for part in pointer(self.path) if part]


def _update_method(self: APIGatewayResponse) -> str:
    _, api, _, resource, _, method = _parts(self)
    found = self.backend.get_method(api, resource, method)
    apply(found, _patches(self), _METHOD)
    return json.dumps(found.to_json())


def _update_method_response(self: APIGatewayResponse) -> tuple[int, dict[str, Any], str]:
    _, api, _, resource, _, method, _, status = _parts(self)
    found = self.backend.get_method_response(api, resource, method, status)
    if found is None:
        raise NotFoundException("Invalid Response status code specified")
    apply(found, _patches(self), _METHOD_RESPONSE)
    return 201, {"status": 201}, json.dumps(found.to_json())


def _update_integration(self: APIGatewayResponse) -> str:
    _, api, _, resource, _, method, _ = _parts(self)
    found = self.backend.get_integration(api, resource, method)
    if found is None:
        raise NotFoundException("Invalid Integration identifier specified")
    apply(found, _patches(self), _INTEGRATION)
    return json.dumps(found.to_json())


def _update_model(self: APIGatewayResponse) -> str:
    _, api, _, name = _parts(self)
    found = self.backend.get_model(api, name)
    apply(found, _patches(self), _MODEL)
    return json.dumps(found.to_json())


def _update_resource(self: APIGatewayResponse) -> str:
    _, api, _, identifier = _parts(self)
    found = self.backend.get_resource(api, identifier)
    apply(found, _patches(self), _RESOURCE)
    return json.dumps(found.to_dict())


def _update_deployment(self: APIGatewayResponse) -> str:
    _, api, _, identifier = _parts(self)
    found = self.backend.get_deployment(api, identifier)
    apply(found, _patches(self), _DEPLOYMENT)
    return json.dumps(found.to_json())


def _patch_api(self: RestAPI, patch_operations: list[Patch]) -> None:
    for patch in patch_operations:
        name, *rest = pointer(patch["path"])
        if name == "endpointConfiguration" and rest and rest[0] == "types":
            self.endpoint_configuration["types"] = [patch["value"]]
        else:
            apply(self, [patch], _API)


def _keep_binary_types() -> None:
    original = APIGatewayResponse.create_rest_api

    def create_rest_api(self: APIGatewayResponse) -> Any:
        answer = original(self)
        status, headers, body = answer
        types = self._get_param("binaryMediaTypes")
        if status != 200 or not types:
            return answer
        api = self.backend.get_rest_api(json.loads(body)["id"])
        api.binaryMediaTypes = list(types)
        return status, headers, json.dumps(api.to_dict())

    setattr(APIGatewayResponse, "create_rest_api", create_rest_api)
