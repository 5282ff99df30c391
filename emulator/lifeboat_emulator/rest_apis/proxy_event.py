"""Lambda proxy integrations: the event a function gets (payload version 1.0), and its answer. Pure.

Headers and query parameters come once with their last value and once with all.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from lifeboat_emulator.hosts import Answer, Request
from lifeboat_emulator.rest_apis.deployed import Endpoint
from lifeboat_emulator.rest_apis.locating import Target

_IDENTITY = (
    "accessKey",
    "accountId",
    "apiKey",
    "apiKeyId",
    "caller",
    "clientCert",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "user",
    "userArn",
)
_ANSWER_PARTS = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
# What the server itself says of the body.
_OWN_HEADERS = {"content-length", "connection", "transfer-encoding"}


class MalformedAnswerError(ValueError):
    """What a function returned is no answer to a proxy integration."""


def event(
    target: Target,
    endpoint: Endpoint,
    request: Request,
    path: Mapping[str, str],
    query: Mapping[str, list[str]],
    context: Mapping[str, str],
) -> dict[str, Any]:
    """The event for a request."""
    headers: dict[str, list[str]] = {}
    for name, _ in request.headers:
        headers[name] = request.header_values(name)
    body, encoded = _event_body(target, request)
    return {
        "resource": endpoint.path,
        "path": target.path if target.domain.endswith(".amazonaws.com") else target.full_path,
        "httpMethod": request.method,
        "headers": {name: values[-1] for name, values in headers.items()} or None,
        "multiValueHeaders": headers or None,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": dict(query) or None,
        "pathParameters": dict(path) or None,
        "stageVariables": dict(target.variables) or None,
        "requestContext": _request_context(context),
        "body": body,
        "isBase64Encoded": encoded,
    }


def answer(payload: str, target: Target, request: Request) -> Answer:
    """The answer a function gave. Raises MalformedAnswerError."""
    try:
        given = json.loads(payload)
    except ValueError as error:
        raise MalformedAnswerError("not JSON") from error
    if not isinstance(given, dict) or not given.keys() <= _ANSWER_PARTS:
        raise MalformedAnswerError("an object with other parts than an answer has")
    status = _status(given.get("statusCode"))
    headers = {"Content-Type": "application/json"}
    _add_headers(headers, given)
    return Answer(status, _body(given, target, request), headers)


def _request_context(context: Mapping[str, str]) -> dict[str, Any]:
    identity: dict[str, Any] = dict.fromkeys(_IDENTITY)
    told: dict[str, Any] = {}
    for name, value in context.items():
        if name.startswith("identity."):
            identity[name.removeprefix("identity.")] = value
        else:
            told[name] = int(value) if name == "requestTimeEpoch" else value
    return {**told, "identity": identity}


def _event_body(target: Target, request: Request) -> tuple[str | None, bool]:
    if not request.body:
        return None, False
    if _is_binary(target, request.header("Content-Type")):
        return base64.b64encode(request.body).decode(), True
    return request.body.decode(errors="replace"), False


def _is_binary(target: Target, content_type: str | None) -> bool:
    known = (content_type or "").split(";")[0].strip()
    return any(each in ("*/*", known) for each in target.deployed.binary_types)


def _status(given: Any) -> int:
    try:
        status = int(given)
    except (TypeError, ValueError) as error:
        raise MalformedAnswerError("no statusCode") from error
    if not 100 <= status <= 599:
        raise MalformedAnswerError(f"the statusCode {status}")
    return status


def _add_headers(headers: dict[str, str], given: Mapping[str, Any]) -> None:
    single = given.get("headers") or {}
    several = given.get("multiValueHeaders") or {}
    if not isinstance(single, dict) or not isinstance(several, dict):
        raise MalformedAnswerError("headers that are no object")
    joined = {
        **{str(name): _text(value) for name, value in single.items()},
        **{str(name): ", ".join(map(_text, values)) for name, values in several.items()},
    }
    for name, value in joined.items():
        if name.lower() == "content-type":
            headers.pop("Content-Type", None)
        if name.lower() not in _OWN_HEADERS:
            headers[name] = value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise MalformedAnswerError("a header that is no text")


def _body(given: Mapping[str, Any], target: Target, request: Request) -> bytes:
    body = given.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise MalformedAnswerError("a body that is no text")
    # Only an API that knows of binary types decodes.
    if given.get("isBase64Encoded") and _is_binary(target, request.header("Accept")):
        try:
            return base64.b64decode(body, validate=True)
        except binascii.Error as error:
            raise MalformedAnswerError("a body that is no base64") from error
    return body.encode()
