"""Rotation calls the secret's function, step by step, at once or when its days are over.

Moto calls it while it holds everything up, takes every outcome for success, and forgets the rules
but for their days.
"""

import logging
import time
import uuid
from dataclasses import dataclass
from typing import Any

from moto.secretsmanager.exceptions import (
    InvalidRequestException,
    OperationNotPermittedOnReplica,
    ResourceNotFoundException,
    SecretNotFoundException,
    SecretsManagerClientError,
)
from moto.secretsmanager.models import (
    FakeSecret,
    ReplicaSecret,
    SecretsManagerBackend,
    secretsmanager_backends,
)

from lifeboat_emulator import delivery, ticker, timing, turn
from lifeboat_emulator.extensions import events_schedules
from lifeboat_emulator.functions import function, running

_log = logging.getLogger("lifeboat_emulator.secrets")

_SERVICE = "secretsmanager.amazonaws.com"
_STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
_ATTEMPTS = 5
_FIRST_WAIT = 60.0
_DAY = 86_400.0
_RULES = "lifeboat_rotation_rules"

_scheduled: set[str] = set()


def install() -> None:
    """Replace RotateSecret, and keep the rules."""
    _replace_rotate()
    _wrap_cancel()
    _wrap_description()


def reset() -> None:
    """Rotate nothing any more."""
    for arn in list(_scheduled):
        _unschedule(arn)


@dataclass
class _Rotation:
    """One rotation of one secret, however often it is tried."""

    account: str
    region: str
    name: str
    version: str
    steps: tuple[str, ...]
    attempts: int = 0

    def secret(self) -> FakeSecret | None:
        """The secret, while it is there and still to be rotated. Needs the turn."""
        found = secretsmanager_backends[self.account][self.region].secrets.get(self.name)
        if not isinstance(found, FakeSecret) or found.is_deleted() or not found.rotation_enabled:
            return None
        return found


def _replace_rotate() -> None:
    original = SecretsManagerBackend.rotate_secret

    def rotate_secret(
        self: SecretsManagerBackend,
        secret_id: str,
        client_request_token: str | None = None,
        rotation_lambda_arn: str | None = None,
        rotation_rules: dict[str, Any] | None = None,
        rotate_immediately: bool = True,
    ) -> str:
        secret = _writable(self, secret_id)
        arn = rotation_lambda_arn or secret.rotation_lambda_arn
        if not arn:
            return original(
                self, secret_id, client_request_token, None, rotation_rules, rotate_immediately
            )
        _check(secret, arn)
        secret.rotation_lambda_arn = arn
        secret.rotation_requested = secret.rotation_enabled = True
        if rotation_rules:
            secret.__dict__[_RULES] = dict(rotation_rules)
            secret.auto_rotate_after_days = rotation_rules.get("AutomaticallyAfterDays", 0)
        _schedule(secret)
        version = client_request_token or str(uuid.uuid4())
        _begin(secret, version, _STEPS if rotate_immediately else ("testSecret",))
        return secret.to_short_dict(version_id=version)

    setattr(SecretsManagerBackend, "rotate_secret", rotate_secret)


def _writable(backend: SecretsManagerBackend, secret_id: str) -> FakeSecret:
    if not backend._is_valid_identifier(secret_id):
        raise SecretNotFoundException
    secret = backend.secrets[secret_id]
    if isinstance(secret, ReplicaSecret):
        raise OperationNotPermittedOnReplica
    if secret.is_deleted():
        raise InvalidRequestException(
            "You tried to perform the operation on a secret that's currently marked deleted."
        )
    return secret


def _check(secret: FakeSecret, arn: str) -> None:
    under_way = [
        version
        for version in secret.versions.values()
        if "AWSPENDING" in version["version_stages"]
        and "AWSCURRENT" not in version["version_stages"]
    ]
    if under_way:
        raise InvalidRequestException(
            "A previous rotation isn't complete. That rotation will be reattempted."
        )
    try:
        function.find(secret.account_id, arn.split(":")[3], arn)
    except Exception as error:
        raise ResourceNotFoundException(
            f"Secrets Manager can't find the specified Lambda function {arn}."
        ) from error
    try:
        delivery.check(arn, _SERVICE, secret.arn)
    except delivery.UndeliverableError as error:
        raise SecretsManagerClientError(
            "AccessDeniedException",
            "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function "
            f"policy grants access to the principal {_SERVICE}.",
        ) from error


def _begin(secret: FakeSecret, version: str, steps: tuple[str, ...]) -> None:
    """Announce the new version and have its steps done. Needs the turn."""
    announced: dict[str, Any] = {
        "createdate": int(time.time()),
        "version_id": version,
        "version_stages": ["AWSPENDING"],
    }
    if steps != _STEPS:
        # The trial of a new configuration: the version goes again when it is over.
        current = secret.versions.get(secret.default_version_id or "", {})
        announced |= {
            name: current[name] for name in ("secret_string", "secret_binary") if name in current
        }
    secret.remove_version_stages_from_old_versions(["AWSPENDING"])
    secret.versions[version] = announced
    rotation = _Rotation(secret.account_id, secret.region, secret.name, version, steps)
    ticker.offload(lambda: _attempt(rotation))


def _attempt(rotation: _Rotation) -> None:
    with turn.taken():
        secret = rotation.secret()
        arn = None if secret is None else secret.rotation_lambda_arn
    failure = None if arn is None else _do_steps(rotation, arn)
    with turn.taken():
        secret = rotation.secret()
        if secret is None:
            return
        if rotation.steps != _STEPS:
            secret.versions.pop(rotation.version, None)
        elif failure is None:
            secret.last_rotation_date = int(time.time())
        else:
            _again(rotation)
    if failure is not None:
        _log.warning("rotating %s: %s", rotation.name, failure)


def _do_steps(rotation: _Rotation, arn: str) -> str | None:
    """Why a step failed; None when all are done. Waits for the function."""
    region = arn.split(":")[3]
    for step in rotation.steps:
        with turn.taken():
            secret = rotation.secret()
            if secret is None:
                return "it was cancelled"
            event = {
                "Step": step,
                "SecretId": secret.arn,
                "ClientRequestToken": rotation.version,
                "RotationToken": str(uuid.uuid4()),
            }
            try:
                target = function.find(rotation.account, region, arn)
            except Exception:
                return f"{step}: the function {arn} is gone"
        outcome = running.run(target, event, str(uuid.uuid4()))
        if outcome.status != "succeeded":
            return f"{step}: {outcome.error or outcome.status}"
    return None


def _again(rotation: _Rotation) -> None:
    """As on AWS a rotation that failed is tried again from its first step."""
    rotation.attempts += 1
    if rotation.attempts < _ATTEMPTS:
        wait = _FIRST_WAIT * 2.0 ** (rotation.attempts - 1)
        ticker.once(
            f"rotation to {rotation.version}",
            wait,
            lambda: ticker.offload(lambda: _attempt(rotation)),
        )


def _job(arn: str) -> str:
    return f"rotation of {arn}"


def _unschedule(arn: str) -> None:
    ticker.cancel(_job(arn))
    _scheduled.discard(arn)


def _schedule(secret: FakeSecret) -> None:
    rules: dict[str, Any] = secret.__dict__.get(_RULES, {})
    days = rules.get("AutomaticallyAfterDays")
    expression = rules.get("ScheduleExpression") or (f"rate({days} days)" if days else None)
    if expression is None:
        return
    account, region, name = secret.account_id, secret.region, secret.name
    _scheduled.add(secret.arn)

    def rotate() -> None:
        found = secretsmanager_backends[account][region].secrets.get(name)
        if isinstance(found, FakeSecret) and found.rotation_enabled:
            backend = secretsmanager_backends[account][region]
            try:
                backend.rotate_secret(name)
            except SecretsManagerClientError as error:
                _log.warning("rotating %s: %s", name, error)

    events_schedules.arm(_job(secret.arn), expression, rotate)
    if days:
        secret.next_rotation_date = int(time.time() + timing.seconds(days * _DAY))


def _wrap_cancel() -> None:
    original = SecretsManagerBackend.cancel_rotate_secret

    def cancel_rotate_secret(self: SecretsManagerBackend, secret_id: str) -> str:
        answer = original(self, secret_id)
        secret = _writable(self, secret_id)
        secret.next_rotation_date = None
        _unschedule(secret.arn)
        return answer

    setattr(SecretsManagerBackend, "cancel_rotate_secret", cancel_rotate_secret)


def _wrap_description() -> None:
    original = FakeSecret.to_dict

    def to_dict(self: FakeSecret) -> dict[str, Any]:
        told = original(self)
        rules = self.__dict__.get(_RULES)
        if rules and "RotationRules" in told:
            told["RotationRules"] = rules
        return told

    setattr(FakeSecret, "to_dict", to_dict)
