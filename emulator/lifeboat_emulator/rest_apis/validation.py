"""Whether a request is what its method asks for: API Gateway's request validators. Pure.

Models are JSON Schema, draft 4. A body whose content type no model is for is not looked at.
"""

import json
from typing import Any

from jsonschema import Draft4Validator
from jsonschema.exceptions import ValidationError

from lifeboat_emulator.hosts import Request
from lifeboat_emulator.rest_apis.deployed import Endpoint
from lifeboat_emulator.rest_apis.refusals import Refusal

_DEFAULT_TYPE = "application/json"
_ANY_TYPE = "$default"
_PREFIX = "method.request."


def check(
    endpoint: Endpoint, request: Request, path: dict[str, str], query: dict[str, list[str]]
) -> Refusal | None:
    """The refusal of a request that does not fit; None when it does."""
    if endpoint.validates_parameters:
        missing = [
            name.rsplit(".", 1)[-1]
            for name, needed in endpoint.parameters.items()
            if needed and not _is_given(name, request, path, query)
        ]
        if missing:
            message = f"Missing required request parameters: [{', '.join(sorted(missing))}]"
            return Refusal("BAD_REQUEST_PARAMETERS", message, validation=message)
    if endpoint.validates_body and endpoint.schemas:
        problems = _check_body(endpoint, request)
        if problems:
            listed = f"[{', '.join(problems)}]"
            return Refusal("BAD_REQUEST_BODY", "Invalid request body", validation=listed)
    return None


def _is_given(
    name: str, request: Request, path: dict[str, str], query: dict[str, list[str]]
) -> bool:
    """Whether a parameter such as ``method.request.header.X`` came, and is not empty."""
    place, _, key = name.removeprefix(_PREFIX).partition(".")
    if place == "header":
        return bool(request.header(key))
    return bool(path.get(key) if place == "path" else query.get(key))


def _check_body(endpoint: Endpoint, request: Request) -> list[str]:
    content_type = (request.header("Content-Type") or _DEFAULT_TYPE).split(";")[0].strip().lower()
    schema = endpoint.schemas.get(content_type, endpoint.schemas.get(_ANY_TYPE))
    if schema is None:
        return []
    try:
        given = json.loads(request.body)
    except ValueError:
        return ["Unable to parse the request body"]
    errors = Draft4Validator(schema).iter_errors(given)
    # Each thing that is missing is an error of its own; what is told names all at once.
    return sorted({_told(error) for error in errors})


def _told(error: ValidationError) -> str:
    """What is wrong, in the words of the validator API Gateway uses, for what is common."""
    teller = _WORDS.get(str(error.validator))
    return error.message if teller is None else teller(error)


def _missing(error: ValidationError) -> str:
    lacking = sorted(set(error.validator_value) - set(error.instance))
    return f"object has missing required properties ({json.dumps(lacking, separators=(',', ':'))})"


def _unknown(error: ValidationError) -> str:
    known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
    unknown = sorted(set(error.instance) - set(known))
    listed = json.dumps(unknown, separators=(",", ":"))
    return f"object instance has properties which are not allowed by the schema: {listed}"


def _wrong_type(error: ValidationError) -> str:
    allowed = json.dumps([error.validator_value], separators=(",", ":"))
    return (
        f"instance type ({_type_of(error.instance)}) does not match any allowed primitive type "
        f"(allowed: {allowed})"
    )


def _wrong_form(error: ValidationError) -> str:
    return (
        f'ECMA 262 regex "{error.validator_value}" does not match input string "{error.instance}"'
    )


def _wrong_value(error: ValidationError) -> str:
    allowed = json.dumps(error.validator_value, separators=(",", ":"))
    return (
        f"instance value ({json.dumps(error.instance)}) not found in enum "
        f"(possible values: {allowed})"
    )


def _type_of(instance: Any) -> str:
    for name, kind in (("null", type(None)), ("boolean", bool), ("integer", int)):
        if isinstance(instance, kind):
            return name
    names = {float: "number", str: "string", list: "array", dict: "object"}
    return names[type(instance)]


_WORDS = {
    "required": _missing,
    "additionalProperties": _unknown,
    "type": _wrong_type,
    "pattern": _wrong_form,
    "enum": _wrong_value,
}
