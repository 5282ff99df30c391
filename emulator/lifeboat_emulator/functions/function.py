"""A function as an invocation needs it: a copy of what moto knows, good without the turn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.awslambda.models import LambdaBackend, LambdaFunction, lambda_backends
from moto.sts.models import sts_backends

from lifeboat_emulator.functions import roles

LATEST = "$LATEST"


@dataclass(frozen=True)
class Function:
    """One version of a function, with its settings at this moment."""

    arn: str
    account: str
    region: str
    name: str
    version: str
    handler: str
    role: str
    timeout: float
    memory: int
    reserved: int | None
    log_group: str
    log_format: str
    code_digest: str
    code: bytes = field(repr=False, compare=False)
    environment: Mapping[str, str] = field(repr=False, hash=False)
    # What does not make another process necessary: how its events are queued, and where they end.
    invoke_config: Mapping[str, Any] = field(compare=False)
    dead_letter_target: str | None = field(compare=False)

    @property
    def qualified_arn(self) -> str:
        """The ARN that names the version too, but for the newest."""
        return self.arn if self.version == LATEST else f"{self.arn}:{self.version}"


def find(account: str, region: str, name: str, qualifier: str | None = None) -> Function:
    """The function of this name or ARN; moto's error when there is none. Needs the turn."""
    backend: LambdaBackend = lambda_backends[account][region]
    return of(backend.get_function(name, qualifier))


def of(model: LambdaFunction) -> Function:
    """A copy of moto's. Needs the turn."""
    published = str(model.version)
    arn = model.function_arn.removesuffix(f":{published}")
    latest = model.function_arn == arn
    settings: dict[str, Any] = model.__dict__.get("lifeboat_settings", {})
    logging_config = settings.get("LoggingConfig") or {}
    return Function(
        arn=arn,
        account=model.account_id,
        region=model.region,
        name=model.function_name,
        version=LATEST if latest else published,
        handler=str(model.handler),
        role=model.role,
        timeout=float(model.timeout),
        memory=int(model.memory_size),
        reserved=None if model.reserved_concurrency is None else int(model.reserved_concurrency),
        log_group=logging_config.get("LogGroup") or model.logs_group_name,
        log_format=logging_config.get("LogFormat") or "Text",
        code_digest=model.code_sha_256,
        code=model.code_bytes,
        environment=dict(model.environment_vars),
        invoke_config=model.event_invoke_config[-1].config if model.event_invoke_config else {},
        dead_letter_target=(settings.get("DeadLetterConfig") or {}).get("TargetArn") or None,
    )


def credentials(function: Function) -> dict[str, str]:
    """Those of the function's role, so that its requests belong to its account. Needs the turn."""
    assumed = sts_backends[function.account]["aws"].assume_role(
        region_name=function.region,
        role_session_name=function.name,
        role_arn=function.role,
        policy="",
        duration=43_200,
        external_id="",
    )
    identity = roles.Identity(function.account, function.role, function.name)
    roles.remember(assumed.access_key_id, identity)
    return {
        "AWS_ACCESS_KEY_ID": assumed.access_key_id,
        "AWS_SECRET_ACCESS_KEY": assumed.secret_access_key,
        "AWS_SESSION_TOKEN": assumed.session_token,
    }
