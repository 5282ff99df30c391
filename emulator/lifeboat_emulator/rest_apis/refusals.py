"""Answers API Gateway gives itself, without the integration: its gateway responses. Pure.

The API's owner may give each kind, and the two defaults, another status, headers and body.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from lifeboat_emulator.hosts import Answer, Request
from lifeboat_emulator.rest_apis import context as contexts
from lifeboat_emulator.rest_apis.deployed import Deployed, GatewayResponse

_TYPE = "application/json"
_HEADER = "gatewayresponse.header."
_LITERAL = re.compile(r"'(.*)'")

# Status and the error's name, as the header x-amzn-ErrorType has it.
_KINDS = {
    "ACCESS_DENIED": (403, "AccessDeniedException"),
    "API_CONFIGURATION_ERROR": (500, "InternalServerErrorException"),
    "BAD_REQUEST_BODY": (400, "BadRequestException"),
    "BAD_REQUEST_PARAMETERS": (400, "BadRequestException"),
    "INTEGRATION_TIMEOUT": (504, "InternalServerErrorException"),
    "INVALID_API_KEY": (403, "ForbiddenException"),
    "MALFORMED_ANSWER": (502, "InternalServerErrorException"),
    "MISSING_AUTHENTICATION_TOKEN": (403, "MissingAuthenticationTokenException"),
    "REQUEST_TOO_LARGE": (413, "RequestTooLargeException"),
    "THROTTLED": (429, "TooManyRequestsException"),
}


@dataclass(frozen=True)
class Refusal:
    """Why a request is not answered by the integration."""

    kind: str
    message: str
    validation: str = ""


def _plain(status: int, message: str, error: str) -> Answer:
    body = json.dumps({"message": message}).encode()
    return Answer(status, body, {"Content-Type": _TYPE, "x-amzn-ErrorType": error})


#: Of no API: nobody can say how these look.
FORBIDDEN = _plain(403, "Forbidden", "ForbiddenException")
BROKEN = _plain(500, "Internal server error", "InternalServerErrorException")


def answer(
    refusal: Refusal, deployed: Deployed, context: Mapping[str, str], request: Request
) -> Answer:
    """The refusal as the API's owner wants it told."""
    status, error = _KINDS[refusal.kind]
    wanted = _wanted(refusal, deployed, status)
    told = {
        **context,
        "error.message": refusal.message,
        "error.messageString": json.dumps(refusal.message),
        "error.responseType": refusal.kind,
        "error.validationErrorString": refusal.validation,
    }
    headers = {"Content-Type": _TYPE, "x-amzn-ErrorType": error}
    body = json.dumps({"message": refusal.message})
    if wanted is not None:
        status = wanted.status or status
        template = wanted.templates.get(_TYPE)
        body = body if template is None else contexts.render(template, told, absent="")
        headers.update(_headers(wanted.parameters, told, request))
    return Answer(status, body.encode(), headers)


def _wanted(refusal: Refusal, deployed: Deployed, status: int) -> GatewayResponse | None:
    default = "DEFAULT_4XX" if status < 500 else "DEFAULT_5XX"
    return deployed.responses.get(refusal.kind, deployed.responses.get(default))


def _headers(
    parameters: Mapping[str, str], context: Mapping[str, str], request: Request
) -> dict[str, str]:
    """Headers from quoted text, from the context, and from the request's own headers."""
    found: dict[str, str] = {}
    for name, source in parameters.items():
        literal = _LITERAL.fullmatch(source)
        value: str | None
        if literal:
            value = literal[1]
        elif source.startswith("context."):
            value = context.get(source.removeprefix("context."))
        else:
            value = request.header(source.rsplit(".", 1)[-1])
        if name.startswith(_HEADER) and value is not None:
            found[name.removeprefix(_HEADER)] = value
    return found
