"""Faults of the emulator itself, in the shape the caller's protocol asks for.

All are 400s: the SDKs and the Terraform provider repeat a 5xx for minutes or for ever, so an
operation that is missing here would look like a resource that hangs. Each is logged in one line.
The exception is a region that was taken down: that is AWS's 503, as wanted.
"""

import json
import logging
from xml.sax.saxutils import escape

from moto.core.request import Request
from moto.core.routing import get_service_router
from werkzeug.wrappers import Response

_log = logging.getLogger("lifeboat_emulator")

NOT_IMPLEMENTED = "NotImplemented"
BROKEN = "EmulatorFault"
UNAVAILABLE = "ServiceUnavailable"

# Moto names its backends after the SDK's services, but for these.
_SDK_NAMES = {"awslambda": "lambda"}
_REQUEST_ID = "00000000-0000-0000-0000-000000000000"


def not_implemented(service: str, request: Request, error: Exception) -> Response:
    """The answer for an operation that neither moto nor an extension has."""
    operation = operation_name(service, request)
    region = _scope(request)[0]
    _log.warning("not implemented: %s %s in %s (%s)", service, operation, region, error)
    message = f"The emulator does not implement {service}:{operation}."
    return _answer(service, request, NOT_IMPLEMENTED, message)


def unknown_service(request: Request) -> Response:
    """The answer to a request for a service that moto does not have."""
    service = _scope(request)[1]
    error = NotImplementedError(f"no service {service}")
    return not_implemented(service, request, error)


def broken(service: str, request: Request, error: Exception) -> Response:
    """The answer when the emulator itself failed; the log has the trace."""
    operation = operation_name(service, request)
    _log.error("fault: %s %s in %s", service, operation, _scope(request)[0], exc_info=error)
    message = f"The emulator broke in {service}:{operation}: {type(error).__name__}: {error}"
    return _answer(service, request, BROKEN, message)


def unavailable(request: Request, region: str) -> Response:
    """The answer of every service of a region that is down."""
    message = f"The emulated region {region} is down."
    return _answer(_scope(request)[1], request, UNAVAILABLE, message, status=503)


def denied(request: Request, caller: str, action: str, resource: str) -> Response:
    """The answer to one whose policies do not allow what it asks for."""
    _log.warning("denied: %s may not %s on %s", caller, action, resource)
    message = (
        f"User: {caller} is not authorized to perform: {action} on resource: {resource} because no "
        f"identity-based policy allows the {action} action"
    )
    xml = bool(request.values.get("Action"))
    code = "AccessDenied" if xml else "AccessDeniedException"
    return _answer(_scope(request)[1], request, code, message, status=403 if xml else 400)


def operation_name(service: str, request: Request) -> str:
    """The operation as AWS names it, or the method and path where no such name is known."""
    target = request.headers.get("X-Amz-Target")
    if target:
        return target.rsplit(".", 1)[-1]
    action = request.values.get("Action")
    if action:
        return action
    try:
        operation, _ = get_service_router(_SDK_NAMES.get(service, service)).match(request)
        return str(operation.name)
    except Exception:
        # The router raises a different error for each way of not knowing; the path says it all.
        return f"{request.method} {request.path}"


def call_of(request: Request) -> str:
    """Service, operation and region of a request, in one line for a log."""
    region, service = _scope(request)
    return f"{service} {operation_name(service, request)} in {region}"


def _scope(request: Request) -> tuple[str, str]:
    """Region and service the request was signed for."""
    scope = request.headers.get("Authorization", "").split(",")[0].split("/")
    return (scope[2], scope[3]) if len(scope) == 5 else ("unknown", "unknown")


def _answer(
    service: str, request: Request, code: str, message: str, *, status: int = 400
) -> Response:
    headers = {"x-amzn-RequestId": _REQUEST_ID}
    if request.headers.get("Smithy-Protocol") == "rpc-v2-cbor":
        headers["Smithy-Protocol"] = "rpc-v2-cbor"
        return Response(_cbor(code, message), status, headers, content_type="application/cbor")
    xml = _xml(service, request, code, message)
    if xml is not None:
        return Response(xml, status, headers, content_type="text/xml")
    headers["X-Amzn-ErrorType"] = code
    body = json.dumps({"__type": code, "message": message})
    return Response(body, status, headers, content_type="application/x-amz-json-1.1")


def _xml(service: str, request: Request, code: str, message: str) -> str | None:
    """The error in the XML of S3, of EC2 or of the others; None for services that speak JSON."""
    error = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    request_id = f"<RequestId>{_REQUEST_ID}</RequestId>"
    if service in ("s3", "s3control"):
        return f"<Error>{error}{request_id}</Error>"
    if service == "ec2":
        errors = f"<Errors><Error>{error}</Error></Errors>"
        return f"<Response>{errors}<RequestID>{_REQUEST_ID}</RequestID></Response>"
    if service in ("route53", "cloudfront") or request.values.get("Action"):
        sender = "<Type>Sender</Type>"
        return f"<ErrorResponse><Error>{sender}{error}</Error>{request_id}</ErrorResponse>"
    return None


def _cbor(code: str, message: str) -> bytes:
    """RFC 8949: a map of two entries, texts with a length of two bytes."""

    def text(value: str) -> bytes:
        encoded = value.encode()
        return b"\x79" + len(encoded).to_bytes(2, "big") + encoded

    return b"\xa2" + text("__type") + text(code) + text("message") + text(message)
