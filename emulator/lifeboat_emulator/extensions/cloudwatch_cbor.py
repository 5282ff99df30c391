"""CloudWatch speaks CBOR too (smithy rpc-v2-cbor), which newer SDKs use and nothing else.

Moto reads JSON and the query protocol. A CBOR request is written again as JSON, and the answer as
CBOR; between the two only times differ, which CBOR marks as such.
"""

import json
import math
from datetime import UTC, datetime
from typing import Any

import cbor2
from botocore.model import ListShape, MapShape, Shape, StructureShape
from moto.cloudwatch import urls
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.request import Request
from moto.core.utils import get_service_model
from werkzeug.exceptions import BadRequest

_TARGET = "GraniteServiceVersion20100801"
_PATH = rf"{{0}}/service/{_TARGET}/operation/(?P<operation>\w+)$"
_JSON = "application/x-amz-json-1.0"
_CBOR = "application/cbor"


def install() -> None:
    """Route the protocol's path."""
    urls.url_paths.setdefault(_PATH, _dispatch)


def _dispatch(request: Request, full_url: str, headers: Any) -> Any:
    operation = request.path.rsplit("/", 1)[-1]
    if operation not in get_service_model("cloudwatch").operation_names:
        raise NotImplementedError(f"CloudWatch has no operation {operation}")
    status, answered, body = CloudWatchResponse.dispatch(
        _as_json(request, operation), full_url, headers
    )
    content = json.loads(body or "{}")
    model = get_service_model("cloudwatch").operation_model(operation)
    shape = model.output_shape if status < 400 else None
    answered = {name: value for name, value in answered.items() if name.lower() != "content-type"}
    answered |= {"Content-Type": _CBOR, "smithy-protocol": "rpc-v2-cbor"}
    return status, answered, cbor2.dumps(_marked(content, shape), datetime_as_timestamp=True)


def _as_json(request: Request, operation: str) -> Request:
    body = request.get_data()
    try:
        given = cbor2.loads(body) if body else {}
    except cbor2.CBORDecodeError as error:
        raise BadRequest(f"reading the CBOR body: {error}") from error
    headers = {
        name: value
        for name, value in request.headers.items()
        if name.lower() not in ("content-type", "content-length", "smithy-protocol")
    }
    headers |= {"Content-Type": _JSON, "X-Amz-Target": f"{_TARGET}.{operation}"}
    converted = Request.from_primitives(
        "POST", request.url_root, headers, json.dumps(_plain(given)).encode()
    )
    converted.from_wsgi_server = True
    return converted


def _plain(value: Any) -> Any:
    """What JSON can hold: times as epoch seconds."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    return value


def _marked(value: Any, shape: Shape | None) -> Any:
    """The answer with its times and its floating-point numbers marked, as the shape has them."""
    if shape is None or value is None:
        return value
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        members = shape.members
        return {name: _marked(each, members.get(name)) for name, each in value.items()}
    if isinstance(shape, ListShape):
        return [_marked(each, shape.member) for each in value]
    if isinstance(shape, MapShape):
        return {name: _marked(each, shape.value) for name, each in value.items()}
    if shape.type_name == "timestamp":
        return datetime.fromtimestamp(float(value), UTC)
    return float(value) if shape.type_name in ("double", "float") else value
