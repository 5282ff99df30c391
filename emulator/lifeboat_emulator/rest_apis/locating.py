"""Which stage of which API a request is for: by the host's name and the path.

A host is API Gateway's entrance of one region. It is reached under a regional domain name or an
API's own name, and looks at the name the client asked for: each custom domain of the region, and
each API, whatever entrance it came through.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.apigateway.models import APIGatewayBackend, RestAPI, apigateway_backends
from moto.core.models import DEFAULT_ACCOUNT_ID

from lifeboat_emulator.rest_apis import deployed
from lifeboat_emulator.rest_apis.deployed import Deployed

_API_HOST = re.compile(r"([a-z0-9-]+)\.execute-api\.([a-z0-9-]+)\.amazonaws\.com")
_NO_BASE_PATH = "(none)"


@dataclass(frozen=True)
class Target:
    """A stage, with all that is needed of it to answer. `path` is the path below it."""

    account: str
    region: str
    api_id: str
    api_name: str
    stage: str
    path: str
    domain: str
    # The path as the caller knows it, below the host; an API's own host has the stage in it.
    full_path: str
    deployed: Deployed
    settings: Mapping[str, Any]
    access_log: Mapping[str, str]
    variables: Mapping[str, str]
    deployment_id: str

    @property
    def arn(self) -> str:
        """What permissions to call an integration are about."""
        return f"arn:aws:execute-api:{self.region}:{self.account}:{self.api_id}/{self.stage}"


def entrance(name: str) -> str | None:
    """The region whose entrance is called so; None where there is no such name. Needs the turn."""
    found = _API_HOST.fullmatch(name)
    if found is None:
        return None
    backend = _backend(found[2])
    domains = {domain.regional_domain_name for domain in backend.domain_names.values()}
    return found[2] if name in domains or found[1] in backend.apis else None


def locate(region: str, host: str, path: str) -> Target | None:
    """The target of a request at the region's entrance; None is Forbidden. Needs the turn."""
    backend = _backend(region)
    found = _API_HOST.fullmatch(host)
    if found is not None:
        return _own_host(backend, found[1], host, path)
    return _custom_domain(backend, host, path)


def _own_host(backend: APIGatewayBackend, api_id: str, host: str, path: str) -> Target | None:
    api = backend.apis.get(api_id)
    if api is None or api.disableExecuteApiEndpoint:
        return None
    stage, below = _first(path)
    return _target(api, stage, below, host, path)


def _custom_domain(backend: APIGatewayBackend, host: str, path: str) -> Target | None:
    mappings = backend.base_path_mappings.get(host, {}) if host in backend.domain_names else {}
    base, below = _first(path)
    mapping = mappings.get(base)
    if mapping is None:
        mapping, below = mappings.get(_NO_BASE_PATH), path
    api = None if mapping is None else backend.apis.get(mapping.rest_api_id)
    if mapping is None or api is None:
        return None
    stage = mapping.stage
    if not stage:
        # A mapping without a stage: the caller names it.
        stage, below = _first(below)
    return _target(api, stage, below, host, path)


def _target(api: RestAPI, stage: str, below: str, host: str, path: str) -> Target | None:
    known = api.stages.get(stage)
    deployment = None if known is None else api.deployments.get(known.deployment_id or "")
    content = None if deployment is None else deployed.of(deployment)
    if known is None or deployment is None or content is None:
        return None
    return Target(
        account=api.account_id,
        region=api.region_name,
        api_id=api.id,
        api_name=api.name,
        stage=stage,
        path=below,
        domain=host,
        full_path=path,
        deployed=content,
        settings={name: dict(given) for name, given in known.method_settings.items()},
        access_log=dict(known.access_log_settings or {}),
        variables=dict(known.variables),
        deployment_id=deployment.id,
    )


def _first(path: str) -> tuple[str, str]:
    """The first part of a path, and the path below it."""
    first, _, rest = path.lstrip("/").partition("/")
    return first, f"/{rest}"


def _backend(region: str) -> APIGatewayBackend:
    backend: APIGatewayBackend = apigateway_backends[DEFAULT_ACCOUNT_ID][region]
    return backend
