"""Calls the function behind a method: its policy is asked, and the real zip runs.

Nobody may hold the turn meanwhile.
"""

import logging
import re
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.awslambda.exceptions import LambdaClientError

from lifeboat_emulator import delivery, turn
from lifeboat_emulator.functions import function, running
from lifeboat_emulator.rest_apis.deployed import Integration
from lifeboat_emulator.rest_apis.refusals import Refusal

_log = logging.getLogger("lifeboat_emulator.rest_apis")

_SERVICE = "apigateway.amazonaws.com"
_PROXY = "AWS_PROXY"
_FUNCTION = re.compile(
    r"arn:aws:apigateway:[a-z0-9-]+:lambda:path/2015-03-31/functions/(?P<arn>arn:aws:lambda:"
    r"(?P<region>[a-z0-9-]+):(?P<account>\d+):function:(?P<name>[^:/]+)(?::(?P<qualifier>[^/]+))?)"
    r"/invocations"
)
_BROKEN = Refusal("API_CONFIGURATION_ERROR", "Internal server error")
MALFORMED = Refusal("MALFORMED_ANSWER", "Internal server error")
_TIMED_OUT = Refusal("INTEGRATION_TIMEOUT", "Endpoint request timed out")


class GoneError(Exception):
    """The region died while its function ran: there is nobody left to answer."""


@dataclass(frozen=True)
class Call:
    """One call of a function. `source_arn` is the method it is made for."""

    integration: Integration | None
    source_arn: str
    variables: Mapping[str, str]


def call(this: Call, event: dict[str, Any]) -> str | Refusal:
    """What the function returned, as JSON, or why there is nothing. Raises GoneError."""
    target = _target(this)
    if isinstance(target, Refusal):
        return target
    outcome = _run(target, event, this.integration.timeout if this.integration else 0.0)
    if outcome is None:
        return _TIMED_OUT
    if outcome.status == "succeeded":
        return outcome.payload
    if outcome.status == "unavailable":
        raise GoneError
    # Lambda's own refusals are a 500, an error of the function is a 502.
    return MALFORMED if outcome.status == "failed" else _BROKEN


def _target(this: Call) -> function.Function | Refusal:
    """The function to call; a refusal where the API may not, or is not made for it."""
    integration = this.integration
    found = None if integration is None else _FUNCTION.fullmatch(_filled(integration.uri, this))
    if integration is None or integration.kind != _PROXY or found is None:
        _log.warning("not implemented: the integration of %s", this.source_arn)
        return _BROKEN
    with turn.taken():
        try:
            if integration.credentials is None:
                delivery.check(found["arn"], _SERVICE, this.source_arn)
            return function.find(
                found["account"], found["region"], found["name"], found["qualifier"]
            )
        except (
            delivery.UndeliverableError,
            delivery.UnavailableError,
            LambdaClientError,
        ) as error:
            _log.warning("%s cannot call its function: %s", this.source_arn, error)
            return _BROKEN


def _filled(uri: str, this: Call) -> str:
    """An integration's address with the stage's variables."""
    return re.sub(
        r"\$\{stageVariables\.([A-Za-z0-9_]+)\}",
        lambda found: this.variables.get(found[1], ""),
        uri,
    )


def _run(
    target: function.Function, event: dict[str, Any], patience: float
) -> running.Outcome | None:
    """What came of it; None when it took longer than the integration waits."""
    if target.timeout < patience:
        return running.run(target, event, str(uuid.uuid4()))
    outcomes: list[running.Outcome] = []

    def work() -> None:
        outcomes.append(running.run(target, event, str(uuid.uuid4())))

    # It runs on after nobody waits for it any more, as on AWS.
    thread = threading.Thread(target=work, name="integration", daemon=True)
    thread.start()
    thread.join(patience)
    return outcomes[0] if outcomes else None
