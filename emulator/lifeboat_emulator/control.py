"""The emulator's own endpoints: JSON under ``/_lifeboat/``, each registered by who answers it.

The path cannot be an S3 bucket's: bucket names have no underscore. Nothing here imitates AWS.
Handlers run while the turn is held.
"""

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_PREFIX = "/_lifeboat"
_routes = Map()

Handler = Callable[..., dict[str, Any]]


def route(method: str, path: str, handler: Handler) -> None:
    """Have `handler(request, **parts)` answer `path`, written as werkzeug's rules: `/a/<name>`.

    It refuses by raising werkzeug's HTTP exceptions.
    """
    _routes.add(Rule(f"{_PREFIX}{path}", endpoint=handler, methods=[method]))


def body(request: Request) -> dict[str, Any]:
    """The JSON object a request brings."""
    try:
        given = json.loads(request.get_data() or b"{}")
    except ValueError as error:
        raise BadRequest(f"reading the body: {error}") from error
    if not isinstance(given, dict):
        raise BadRequest("reading the body: give a JSON object")
    return given


def owns(path: str) -> bool:
    """Whether `path` is one of the control endpoints'."""
    return path == _PREFIX or path.startswith(_PREFIX + "/")


def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Serve one request to a control endpoint."""
    request = Request(environ)
    try:
        handler, parts = _routes.bind_to_environ(environ).match()
        answer = handler(request, **parts)
    except HTTPException as error:
        problem = {"error": error.description, "status": error.code}
        return _json(problem, error.code or 500)(environ, start_response)
    return _json(answer, 200)(environ, start_response)


def _json(content: dict[str, Any], status: int) -> Response:
    return Response(json.dumps(content) + "\n", status, content_type="application/json")
