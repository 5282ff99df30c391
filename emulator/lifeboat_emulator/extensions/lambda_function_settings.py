"""A function keeps its dead-letter queue, log settings and tracing, and their updates.

Moto drops the first two, ignores updates of more, answers the first event-invoke configuration for
ever, and puts every function into a VPC of its invention.
"""

from typing import Any

from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.ec2.models import ec2_backends

_KEPT = ("DeadLetterConfig", "LoggingConfig")
# Attributes of moto's own that an update leaves as they are.
_UPDATED = {
    "TracingConfig": "tracing_config",
    "KMSKeyArn": "kms_key_arn",
}
_SETTINGS = "lifeboat_settings"


def install() -> None:
    """Wrap creation, update and description."""
    _wrap_creation()
    _wrap_update()
    _wrap_description()
    _replace_invoke_config()
    _replace_network()


def _settings(function: LambdaFunction) -> dict[str, Any]:
    settings: dict[str, Any] = function.__dict__.setdefault(_SETTINGS, {})
    return settings


def _wrap_creation() -> None:
    original = LambdaFunction.__init__

    def __init__(
        self: LambdaFunction, account_id: str, spec: dict[str, Any], *others: Any, **named: Any
    ) -> None:
        original(self, account_id, spec, *others, **named)
        _settings(self).update({name: spec[name] for name in _KEPT if spec.get(name)})

    setattr(LambdaFunction, "__init__", __init__)


def _wrap_update() -> None:
    original = LambdaFunction.update_configuration

    def update_configuration(self: LambdaFunction, config_updates: dict[str, Any]) -> Any:
        _settings(self).update(
            {name: config_updates[name] for name in _KEPT if name in config_updates}
        )
        for name, attribute in _UPDATED.items():
            if name in config_updates:
                setattr(self, attribute, config_updates[name])
        if "EphemeralStorage" in config_updates:
            self.ephemeral_storage = config_updates["EphemeralStorage"]["Size"]
        return original(self, config_updates)

    setattr(LambdaFunction, "update_configuration", update_configuration)


def _wrap_description() -> None:
    original = LambdaFunction.get_configuration

    def get_configuration(self: LambdaFunction, on_create: bool = False) -> dict[str, Any]:
        config = original(self, on_create)
        settings = _settings(self)
        if (settings.get("DeadLetterConfig") or {}).get("TargetArn"):
            config["DeadLetterConfig"] = settings["DeadLetterConfig"]
        config["LoggingConfig"] = {
            "LogFormat": "Text",
            "LogGroup": self.logs_group_name,
            **(settings.get("LoggingConfig") or {}),
        }
        return config

    setattr(LambdaFunction, "get_configuration", get_configuration)


def _replace_invoke_config() -> None:
    """The newest configuration is the one; moto adds it behind the others."""
    original_put = LambdaBackend.put_function_event_invoke_config

    def put(self: LambdaBackend, function_name: str, config: dict[str, Any]) -> dict[str, Any]:
        kept = self.get_function(function_name).event_invoke_config
        kept.clear()
        return original_put(self, function_name, config)

    def update(self: LambdaBackend, function_name: str, config: dict[str, Any]) -> dict[str, Any]:
        kept = self.get_function(function_name).event_invoke_config
        before = dict(kept[-1].config) if kept else {}
        return put(self, function_name, {**before, **config})

    setattr(LambdaBackend, "put_function_event_invoke_config", put)
    setattr(LambdaBackend, "update_function_event_invoke_config", update)


def _replace_network() -> None:
    """The VPC of a function is its subnets'."""

    def vpc_config(self: LambdaFunction) -> dict[str, Any] | None:
        config = self._vpc_config
        if not config:
            return None
        backend = ec2_backends[self.account_id][self.region]
        known = [
            zone[subnet]
            for subnet in config.get("SubnetIds", [])
            for zone in backend.subnets.values()
            if subnet in zone
        ]
        return {**config, "VpcId": known[0].vpc_id if known else ""}

    setattr(LambdaFunction, "vpc_config", property(vpc_config))
