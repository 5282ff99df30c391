"""Functions run: Invoke executes the zip, whoever asks for it.

Moto wants Docker for it, and waits for the container while it holds everything up. Here a request
that waits for its answer gives the turn away meanwhile; what services start is queued as on AWS.
"""

import base64
import json
import uuid
from typing import Any
from urllib.parse import unquote

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.awslambda.responses import LambdaResponse
from werkzeug.wrappers import Request

from lifeboat_emulator import control, regions, turn
from lifeboat_emulator.functions import endings, function, queueing, records, running

_TAIL_BYTES = 4096
_REQUEST_ID = "x-amzn-requestid"

Answer = tuple[int, dict[str, str], str | bytes]


def install() -> None:
    """Replace moto's invocations; end what runs in a region that dies, or is deleted."""
    setattr(LambdaResponse, "invoke", _invoke)
    setattr(LambdaResponse, "invoke_async", _invoke_async)
    _keep_request_ids()
    setattr(LambdaBackend, "invoke", _invoke_for_a_service)
    setattr(LambdaFunction, "invoke", _invoke_for_an_event_source)
    _end_with_deletion()
    regions.watch(_end_with_region)
    endings.install()
    control.route("GET", "/invocations", _history)


def reset() -> None:
    """End all processes and forget what ran."""
    running.end(lambda _: True)
    records.reset()


def _invoke(self: LambdaResponse) -> Answer:
    # An ARN is encoded in the path.
    name = unquote(self.path.rsplit("/", 2)[-2])
    qualifier = self._get_param("Qualifier")
    target = function.of(self.backend.get_function(name, qualifier))
    kind = self.headers.get("X-Amz-Invocation-Type", "RequestResponse")
    if kind == "DryRun":
        return 204, {"status": "204"}, ""
    try:
        event = json.loads(self.body or "{}")
    except ValueError as error:
        raise LambdaClientError(
            "InvalidRequestContentException", f"Could not parse request body into json: {error}"
        ) from error
    if kind == "Event":
        request_id = queueing.accept(
            target.account, target.region, name, json.dumps(event), qualifier
        )
        return 202, {"status": "202", _REQUEST_ID: request_id}, ""
    request_id = str(uuid.uuid4())
    with turn.released():
        outcome = running.run(target, event, request_id)
    tail = self.headers.get("X-Amz-Log-Type") == "Tail"
    return _answer(target, outcome, request_id, with_tail=tail)


def _answer(
    target: function.Function, outcome: running.Outcome, request_id: str, *, with_tail: bool
) -> Answer:
    headers = {_REQUEST_ID: request_id, "content-type": "application/json"}
    if outcome.status == "throttled":
        message = {
            "Reason": "ReservedFunctionConcurrentInvocationLimitExceeded",
            "Type": "User",
            "message": "Rate Exceeded.",
        }
        headers["x-amzn-ErrorType"] = "TooManyRequestsException"
        return 429, {**headers, "status": "429"}, json.dumps(message)
    if outcome.status == "unavailable":
        headers["x-amzn-ErrorType"] = "ServiceException"
        body = json.dumps({"Type": "Service", "message": "Service is unavailable."})
        return 503, {**headers, "status": "503"}, body
    headers["x-amz-executed-version"] = target.version
    if outcome.status == "failed":
        headers["x-amz-function-error"] = "Unhandled"
    if with_tail:
        last = outcome.log_tail.encode()[-_TAIL_BYTES:]
        headers["x-amz-log-result"] = base64.b64encode(last).decode()
    return 200, headers, outcome.payload


def _invoke_async(self: LambdaResponse) -> Answer:
    parts = self.path.rstrip("/").split("/")
    name = unquote(parts[-2])
    queueing.accept(self.current_account, self.region, name, str(self.body or "{}"))
    return 202, {"status": "202"}, ""


def _invoke_for_a_service(
    self: LambdaBackend,
    function_name: str,
    qualifier: str | None,
    body: Any,
    headers: Any,
    response_headers: Any,
) -> str:
    """Queue the event; moto's services do not look at the answer, but for its absence."""
    queueing.accept(self.account_id, self.region_name, function_name, _text(body), qualifier)
    return ""


def _invoke_for_an_event_source(
    self: LambdaFunction, body: Any, request_headers: Any, response_headers: Any
) -> str:
    queueing.accept(self.account_id, self.region, self.function_name, _text(body))
    return ""


def _text(body: Any) -> str:
    return body.decode() if isinstance(body, bytes) else str(body or "{}")


def _keep_request_ids() -> None:
    """The id the function was told is the one in the answer; moto invents another."""
    original = LambdaResponse._enrich_response

    def enrich(headers: dict[str, str], body: Any) -> tuple[dict[str, str], Any]:
        told = headers.get(_REQUEST_ID)
        headers, body = original(headers, body)
        if told is not None:
            headers[_REQUEST_ID] = told
        return headers, body

    setattr(LambdaResponse, "_enrich_response", staticmethod(enrich))


def _end_with_deletion() -> None:
    original = LambdaBackend.delete_function

    def delete_function(
        self: LambdaBackend, function_name: str, qualifier: str | None = None
    ) -> None:
        arn = function.of(self.get_function(function_name, qualifier)).arn
        original(self, function_name, qualifier)
        if self.get_function_by_arn(arn) is None:
            running.end(lambda each: each.arn == arn)

    setattr(LambdaBackend, "delete_function", delete_function)


def _end_with_region(region: str, down: bool) -> None:
    if down:
        running.end(lambda each: each.region == region)


def _history(_request: Request) -> dict[str, Any]:
    return {"invocations": records.history(), "processes": running.processes()}
