"""The variables `$context.…` of a request, and templates that name them. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from lifeboat_emulator.hosts import Request
from lifeboat_emulator.rest_apis.deployed import Endpoint
from lifeboat_emulator.rest_apis.locating import Target

_VARIABLE = re.compile(r"\$(?:\{context|context)((?:\.[A-Za-z0-9_-]+)+)\}?")


def of(
    target: Target, request: Request, request_id: str, extended_id: str, endpoint: Endpoint | None
) -> dict[str, str]:
    """What is known when a request comes in."""
    now = datetime.now(UTC)
    resource = "" if endpoint is None else endpoint.path
    known = {
        "accountId": target.account,
        "apiId": target.api_id,
        "deploymentId": target.deployment_id,
        "domainName": target.domain,
        "domainPrefix": target.domain.split(".", 1)[0],
        "extendedRequestId": extended_id,
        "httpMethod": request.method,
        "identity.sourceIp": request.source_ip,
        "identity.userAgent": request.header("User-Agent") or "",
        "path": target.full_path,
        "protocol": "HTTP/1.1",
        "requestId": request_id,
        "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": str(int(now.timestamp() * 1000)),
        "resourceId": "" if endpoint is None else endpoint.resource_id,
        "resourcePath": resource,
        "stage": target.stage,
        "xrayTraceId": "",
    }
    return {name: value for name, value in known.items() if value}


def render(template: str, variables: Mapping[str, str], *, absent: str = "-") -> str:
    """`template` with each variable's value; `absent` for those that have none."""
    return _VARIABLE.sub(lambda found: variables.get(found[1][1:]) or absent, template)
