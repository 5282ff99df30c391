"""A deployment: what an API consisted of when it was deployed, good without the turn.

API Gateway serves deployments. A method that is changed afterwards answers as before until somebody
deploys again, which is what a redeployment trigger is for.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moto.apigateway.models import Deployment, Method, Resource, RestAPI

_KEPT = "lifeboat_deployed"
_ANY = "ANY"
# The integration's own limit, where nothing else is said.
_LONGEST_SECONDS = 29.0


@dataclass(frozen=True)
class Integration:
    """What answers a method. `timeout` is in seconds."""

    kind: str
    uri: str
    timeout: float
    credentials: str | None


@dataclass(frozen=True)
class Endpoint:
    """One method of one resource. `path` is the resource's, such as ``/payments/{id}``."""

    path: str
    resource_id: str
    authorization: str
    needs_key: bool
    parameters: Mapping[str, bool]
    schemas: Mapping[str, Any]
    validates_body: bool
    validates_parameters: bool
    integration: Integration | None


@dataclass(frozen=True)
class GatewayResponse:
    """How the API's owner wants a refusal to look. None where nothing is said."""

    status: int | None
    parameters: Mapping[str, str]
    templates: Mapping[str, str]


@dataclass(frozen=True)
class Deployed:
    """All of it."""

    # By the parts of the path, then by HTTP method.
    routes: Mapping[tuple[str, ...], Mapping[str, Endpoint]]
    responses: Mapping[str, GatewayResponse]
    binary_types: tuple[str, ...]

    def match(self, method: str, path: str) -> tuple[Endpoint, dict[str, str]] | None:
        """The endpoint for a path (decoded), with the values of the path's parameters."""
        parts = tuple(part for part in path.split("/") if part)
        for route in sorted(self.routes, key=_rank):
            values = _values(route, parts)
            if values is None:
                continue
            methods = self.routes[route]
            endpoint = methods.get(method) or methods.get(_ANY)
            if endpoint is not None:
                return endpoint, values
        return None


def keep(api: RestAPI, deployment: Deployment) -> None:
    """Have the deployment hold what the API is at this moment. Needs the turn."""
    deployment.__dict__[_KEPT] = _take(api)


def of(deployment: Deployment) -> Deployed | None:
    """What it holds."""
    kept: Deployed | None = deployment.__dict__.get(_KEPT)
    return kept


def _take(api: RestAPI) -> Deployed:
    routes = {
        tuple(part for part in resource.get_path().split("/") if part): {
            name: _endpoint(api, resource, method)
            for name, method in resource.resource_methods.items()
        }
        for resource in api.resources.values()
    }
    responses = {
        kind: GatewayResponse(
            None if given.status_code is None else int(given.status_code),
            dict(given.response_parameters or {}),
            dict(given.response_templates or {}),
        )
        for kind, given in api.gateway_responses.items()
    }
    return Deployed(routes, responses, tuple(api.binaryMediaTypes))


def _endpoint(api: RestAPI, resource: Resource, method: Method) -> Endpoint:
    validator = api.request_validators.get(method.request_validator_id or "")
    return Endpoint(
        path=resource.get_path(),
        resource_id=resource.id,
        authorization=method.authorization_type or "NONE",
        needs_key=_is_true(method.api_key_required),
        parameters={
            name: _is_true(needed) for name, needed in (method.request_parameters or {}).items()
        },
        schemas=dict(_schemas(api, method.request_models or {})),
        validates_body=validator is not None and _is_true(validator.validate_request_body),
        validates_parameters=(
            validator is not None and _is_true(validator.validate_request_parameters)
        ),
        integration=_integration(method),
    )


def _schemas(api: RestAPI, models: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Schemas by content type; `Empty` and `Error` are models every API has."""
    for content_type, name in models.items():
        model = api.models.get(name)
        if model is not None and model.schema:
            yield content_type.lower(), json.loads(model.schema)


def _integration(method: Method) -> Integration | None:
    given = method.method_integration
    if given is None:
        return None
    timeout = _LONGEST_SECONDS
    if given.timeout_in_millis:
        timeout = int(given.timeout_in_millis) / 1000
    return Integration(given.integration_type, given.uri, timeout, given.credentials)


def _rank(route: tuple[str, ...]) -> tuple[int, ...]:
    """Fixed parts go before parameters, parameters before what takes the rest."""
    return tuple(2 if _takes_rest(part) else int(part.startswith("{")) for part in route)


def _values(route: tuple[str, ...], parts: tuple[str, ...]) -> dict[str, str] | None:
    """The values of the route's parameters; None where it does not fit."""
    values: dict[str, str] = {}
    for position, wanted in enumerate(route):
        if position >= len(parts):
            return None
        if _takes_rest(wanted):
            values[wanted[1:-2]] = "/".join(parts[position:])
            return values
        if wanted.startswith("{"):
            values[wanted[1:-1]] = parts[position]
        elif wanted != parts[position]:
            return None
    return values if len(parts) == len(route) else None


def _takes_rest(part: str) -> bool:
    return part.endswith("+}")


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"
