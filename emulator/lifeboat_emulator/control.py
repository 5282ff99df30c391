"""The emulator's own endpoints, JSON under ``/_lifeboat/``: health, leftovers, reset, records.

The path cannot be an S3 bucket's: bucket names have no underscore. Nothing here imitates AWS.
"""

import dataclasses
import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from moto import __version__ as moto_version
from moto.core.base_backend import BackendDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from lifeboat_emulator import __version__, extensions, leftovers
from lifeboat_emulator.extensions import sts_assumed_roles

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_PREFIX = "/_lifeboat"


def owns(path: str) -> bool:
    """Whether `path` is one of the control endpoints'."""
    return path == _PREFIX or path.startswith(_PREFIX + "/")


def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Serve one request to a control endpoint."""
    request = Request(environ)
    try:
        endpoint, _ = _ROUTES.bind_to_environ(environ).match()
        body = _HANDLERS[endpoint](request)
    except HTTPException as error:
        problem = {"error": error.description, "status": error.code}
        return _json(problem, error.code or 500)(environ, start_response)
    return _json(body, 200)(environ, start_response)


def _json(body: dict[str, Any], status: int) -> Response:
    return Response(json.dumps(body) + "\n", status, content_type="application/json")


def _health(_request: Request) -> dict[str, Any]:
    return {
        "status": "ok",
        "version": __version__,
        "moto": moto_version,
        "extensions": [extension.name for extension in extensions.EXTENSIONS],
    }


def _leftovers(request: Request) -> dict[str, Any]:
    found = leftovers.find(request.args.get("suffix") or None)
    return {"count": len(found), "resources": [dataclasses.asdict(each) for each in found]}


def _assumed(_request: Request) -> dict[str, Any]:
    return {"assumed": [dataclasses.asdict(each) for each in sts_assumed_roles.assumed()]}


def _reset(_request: Request) -> dict[str, Any]:
    BackendDict.reset()
    extensions.reset()
    return {"status": "ok"}


_HANDLERS: dict[str, Callable[[Request], dict[str, Any]]] = {
    "health": _health,
    "leftovers": _leftovers,
    "assumed": _assumed,
    "reset": _reset,
}
_ROUTES = Map(
    [
        Rule(f"{_PREFIX}/health", endpoint="health", methods=["GET"]),
        Rule(f"{_PREFIX}/leftovers", endpoint="leftovers", methods=["GET"]),
        Rule(f"{_PREFIX}/sts/assumed", endpoint="assumed", methods=["GET"]),
        Rule(f"{_PREFIX}/reset", endpoint="reset", methods=["POST"]),
    ]
)
