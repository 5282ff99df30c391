"""The WSGI application: control endpoints, AWS requests one at a time, faults shaped like AWS's.

Which AWS service a request is for is moto's decision (its dispatcher reads the signature);
what the answer says is moto's and the extensions'.
"""

import io
import logging
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, current_app, request
from moto.backends import list_of_moto_modules
from moto.core.request import Request
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from lifeboat_emulator import control, faults, turn

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


_access = logging.getLogger("lifeboat_emulator.access")


Guard = Callable[["WSGIEnvironment"], Response | None]
_guards: list[Guard] = []


class _UnknownServiceError(Exception):
    """Moto has no backend for the service of a request."""


class _Dispatcher(DomainDispatcherApplication):
    def get_backend_for_host(self, host: str | None) -> Any:
        """Moto's own, which prints a line to standard output for a host it does not know."""
        if host is None or host == "moto_api" or host in list_of_moto_modules():
            return host
        url = f"http://{host}"
        return next((name for name, base in self.backend_url_patterns if base.match(url)), None)


def guard(check: Guard) -> None:
    """Have `check` look at each AWS request before the turn; what it answers is the answer.

    It must leave the body as it was.
    """
    _guards.append(check)


class Application:
    """Serves both halves: ``/_lifeboat/…`` and everything else, which is AWS."""

    def __init__(self) -> None:
        self._aws = _Dispatcher(_create_service_app)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        # Read before the turn is taken: a slow sender must not hold up the others.
        _buffer_body(environ)
        if control.owns(environ.get("PATH_INFO", "")):
            with turn.taken():
                return control.application(environ, start_response)
        logged = _logged(environ, start_response)
        for check in _guards:
            refusal = check(environ)
            if refusal is not None:
                return refusal(environ, logged)
        with turn.taken():
            return self._answer_aws(environ, logged)

    def _answer_aws(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        try:
            answer: Iterable[bytes] = self._aws(environ, start_response)
        except _UnknownServiceError:
            answer = faults.unknown_service(Request(environ))(environ, start_response)
        except Exception as error:
            # Nothing of moto's or of an extension's may end in a 500; see `faults`.
            answer = faults.broken("unknown", Request(environ), error)(environ, start_response)
        return answer


def _logged(environ: "WSGIEnvironment", start_response: "StartResponse") -> "StartResponse":
    """`start_response`, writing a line about the request too when the access log is on."""
    if not _access.isEnabledFor(logging.DEBUG):
        return start_response
    what = faults.call_of(Request({**environ, "wsgi.input": _peek(environ)}))
    started = time.monotonic()

    def logging_start_response(status: str, *arguments: Any) -> Any:
        elapsed = (time.monotonic() - started) * 1000
        _access.debug("%s %s %.0f ms", what, status.split(" ", 1)[0], elapsed)
        return start_response(status, *arguments)

    return logging_start_response


def _peek(environ: "WSGIEnvironment") -> io.BytesIO:
    """The body once more; `_buffer_body` has read it."""
    buffered: io.BytesIO = environ["wsgi.input"]
    return io.BytesIO(buffered.getvalue())


def _buffer_body(environ: "WSGIEnvironment") -> None:
    stream = environ["wsgi.input"]
    if environ.get("wsgi.input_terminated"):
        body = stream.read()
    else:
        body = stream.read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))


def _create_service_app(service: Any) -> Flask:
    if service is None:
        raise _UnknownServiceError
    app = create_backend_app(service)
    app.register_error_handler(Exception, _answer_fault)
    return app


def _answer_fault(error: Exception) -> Response:
    service = str(getattr(current_app, "service", "unknown"))
    # Moto sets this class as the application's `request_class`.
    current = cast(Request, request)
    if isinstance(error, HTTPException) and error is not request.routing_exception:
        # An answer that moto raised instead of returning it.
        return Response(error.get_body(), error.code, headers=error.get_headers())
    if isinstance(error, NotImplementedError | HTTPException):
        return faults.not_implemented(service, current, error)
    return faults.broken(service, current, error)
