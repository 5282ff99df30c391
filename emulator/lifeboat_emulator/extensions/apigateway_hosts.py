"""REST APIs answer: under their own hosts and their custom domains, on the emulated internet.

Moto has the APIs but nobody who answers for them in a server. What answers is `rest_apis`; here it
is put where callers look: on the internet, and for simple clients on the emulator's own port, told
by the Host header.
"""

from ipaddress import ip_address
from typing import Any

from werkzeug.wrappers import Request as HttpRequest
from werkzeug.wrappers import Response

from lifeboat_emulator import application, internet
from lifeboat_emulator.hosts import Request
from lifeboat_emulator.http_handler import HANG_UP
from lifeboat_emulator.rest_apis import front, throttling

_LOCAL = "localhost"


def install() -> None:
    """Be found by name, and stand before the AWS requests."""
    internet.also(front.find)
    application.guard(_answer_by_host)


def reset() -> None:
    """Forget who asked how often."""
    throttling.reset()


def _answer_by_host(environ: dict[str, Any]) -> Response | None:
    """The answer to a request for a host of the internet; None where it is one for AWS."""
    name = str(environ.get("HTTP_HOST", "")).rsplit(":", 1)[0].lower()
    if not name or name == _LOCAL or _is_address(name):
        return None
    found = internet.host(name)
    if not isinstance(found, front.Entrance):
        return None
    answer = found.ask(_request(name, environ))
    if answer is None:
        # What is in a region that is down says nothing at all.
        environ[HANG_UP] = True
        return Response()
    return Response(answer.body, answer.status, headers=dict(answer.headers))


def _request(name: str, environ: dict[str, Any]) -> Request:
    given = HttpRequest(environ)
    body = environ["wsgi.input"].getvalue()
    return Request(
        host=name,
        method=given.method,
        path=str(environ.get("REQUEST_URI") or given.path).partition("?")[0],
        query=given.query_string.decode(),
        headers=tuple(given.headers.items()),
        body=body,
        source_ip=given.remote_addr or "127.0.0.1",
    )


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
