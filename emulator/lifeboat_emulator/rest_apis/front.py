"""The way of a request through API Gateway: find the method, check, throttle, call, record."""

import logging
import secrets
import uuid
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, unquote

from lifeboat_emulator import hosts, regions, timing, turn
from lifeboat_emulator.hosts import Answer, Request
from lifeboat_emulator.rest_apis import (
    calling,
    locating,
    proxy_event,
    records,
    refusals,
    throttling,
    validation,
)
from lifeboat_emulator.rest_apis import context as contexts
from lifeboat_emulator.rest_apis.deployed import Endpoint
from lifeboat_emulator.rest_apis.locating import Target
from lifeboat_emulator.rest_apis.refusals import Refusal

_log = logging.getLogger("lifeboat_emulator.rest_apis")

_LARGEST_BYTES = 10 * 1024 * 1024
_UNSIGNED = Refusal("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token")


@dataclass(frozen=True)
class Entrance:
    """API Gateway's entrance of a region, under one of its names: a host of the internet."""

    name: str
    region: str

    @property
    def answers(self) -> bool:
        """Whether it takes connections at this moment."""
        return not regions.is_down(self.region)

    @property
    def address(self) -> str:
        """Its address."""
        return hosts.address_of(self.name)

    def ask(self, request: Request) -> Answer | None:
        """The answer of the API that is behind the name the client asked for."""
        if not self.answers:
            return None
        with turn.taken():
            target = locating.locate(self.region, request.host, request.path)
        if target is None:
            return refusals.FORBIDDEN
        try:
            answer = _answer(target, request)
        except calling.GoneError:
            return None
        except Exception:
            # Callers are no AWS clients: none of the shapes of `faults` would say anything to them.
            _log.exception("fault: %s %s at %s", request.method, request.path, request.host)
            return refusals.BROKEN
        return answer if self.answers else None


@dataclass
class _Passage:
    """One request under way, and what is known about it."""

    target: Target
    request: Request
    started_at: float
    context: dict[str, str]
    endpoint: Endpoint | None
    path: dict[str, str]
    query: dict[str, list[str]]
    integration_latency: float | None = None
    integration_status: int | None = None


def find(name: str) -> Entrance | None:
    """The entrance of this name."""
    with turn.taken():
        region = locating.entrance(name)
    return None if region is None else Entrance(name, region)


def _answer(target: Target, request: Request) -> Answer:
    request_id, extended_id = str(uuid.uuid4()), secrets.token_urlsafe(11)
    matched = target.deployed.match(request.method, unquote(target.path))
    endpoint, path = (None, {}) if matched is None else matched
    passage = _Passage(
        target=target,
        request=request,
        started_at=timing.now(),
        context=contexts.of(target, request, request_id, extended_id, endpoint),
        endpoint=endpoint,
        path=path,
        query=parse_qs(request.query, keep_blank_values=True),
    )
    given = _UNSIGNED if endpoint is None else _pass(passage, endpoint)
    if isinstance(given, Refusal):
        given = refusals.answer(given, target.deployed, passage.context, request)
    _record(passage, given)
    ids = {"x-amzn-RequestId": request_id, "x-amz-apigw-id": extended_id}
    return replace(given, headers={**ids, **given.headers})


def _pass(passage: _Passage, endpoint: Endpoint) -> Answer | Refusal:
    """The function's answer, or the first reason against asking it."""
    target, request = passage.target, passage.request
    refusal = _check(passage, endpoint)
    if refusal is not None:
        return refusal
    event = proxy_event.event(
        target, endpoint, request, passage.path, passage.query, passage.context
    )
    # Permissions are about the path with its parameters left open.
    open_path = "/".join("*" if p.startswith("{") else p for p in endpoint.path.split("/"))
    source_arn = f"{target.arn}/{request.method}{open_path}"
    call = calling.Call(endpoint.integration, source_arn, target.variables)
    asked_at = timing.now()
    returned = calling.call(call, event)
    passage.integration_latency = timing.now() - asked_at
    if isinstance(returned, Refusal):
        return returned
    passage.integration_status = 200
    try:
        return proxy_event.answer(returned, target, request)
    except proxy_event.MalformedAnswerError:
        return calling.MALFORMED


def _check(passage: _Passage, endpoint: Endpoint) -> Refusal | None:
    """Why the integration is not asked; in API Gateway's order."""
    target, request = passage.target, passage.request
    if endpoint.authorization != "NONE" and not request.header("Authorization"):
        return _UNSIGNED
    if endpoint.needs_key:
        return Refusal("INVALID_API_KEY", "Forbidden")
    if not throttling.admits(target, endpoint, request.method):
        return Refusal("THROTTLED", "Too Many Requests")
    if len(request.body) > _LARGEST_BYTES:
        return Refusal("REQUEST_TOO_LARGE", "Request Too Long")
    return validation.check(endpoint, request, passage.path, passage.query)


def _record(passage: _Passage, answer: Answer) -> None:
    target, endpoint, method = passage.target, passage.endpoint, passage.request.method
    if regions.is_down(target.region):
        return
    outcome = records.Outcome(
        status=answer.status,
        length=len(answer.body),
        latency=timing.now() - passage.started_at,
        integration_latency=passage.integration_latency,
        integration_status=passage.integration_status,
    )
    settings = {} if endpoint is None else throttling.settings_of(target, endpoint, method)
    with turn.taken():
        detailed = bool(settings.get("metricsEnabled"))
        records.metrics(target, endpoint, method, outcome, detailed=detailed)
        records.access_log(target, passage.context, outcome)
