"""Tags of APIs and of custom domains can be changed, not only those of stages.

Moto takes every ARN for a stage's.
"""

import json
from typing import Any
from urllib.parse import unquote

from moto.apigateway import urls
from moto.apigateway.responses import APIGatewayResponse

# The server has decoded the ARN, slashes too, when it looks for a route.
_PATH = "{0}/tags/arn:(?P<partition>[^/]+):apigateway:(?P<region>[^/]+)::/%s/(?P<name>[^/]+)$"
_KINDS = ("restapis", "domainnames")


def install() -> None:
    """Replace the three operations on tags, and lead to them."""
    for kind in _KINDS:
        urls.url_paths.setdefault(_PATH.replace("%s", kind), APIGatewayResponse.dispatch)
    setattr(APIGatewayResponse, "get_tags", _get)
    setattr(APIGatewayResponse, "tag_resource", _tag)
    setattr(APIGatewayResponse, "untag_resource", _untag)


def _get(self: APIGatewayResponse) -> str:
    return json.dumps({"tags": _named(self).tags or {}})


def _tag(self: APIGatewayResponse) -> tuple[int, dict[str, Any], str]:
    found = _named(self)
    found.tags = {**(found.tags or {}), **(self._get_param("tags") or {})}
    return 204, {"status": 204}, ""


def _untag(self: APIGatewayResponse) -> tuple[int, dict[str, Any], str]:
    found = _named(self)
    removed = self.querystring.get("tagKeys") or []
    found.tags = {name: value for name, value in (found.tags or {}).items() if name not in removed}
    return 204, {"status": 204}, ""


def _named(self: APIGatewayResponse) -> Any:
    """The resource whose ARN is in the path: /restapis/id, …/stages/name, /domainnames/name."""
    arn = unquote(self.path.split("/tags/", 1)[1])
    kind, identifier, *rest = arn.split("::/", 1)[-1].split("/")
    if kind == "restapis" and rest:
        return self.backend.get_stage(identifier, rest[-1])
    if kind == "restapis":
        return self.backend.get_rest_api(identifier)
    if kind == "domainnames":
        return self.backend.get_domain_name(identifier)
    raise NotImplementedError(f"no tags of {arn}")
