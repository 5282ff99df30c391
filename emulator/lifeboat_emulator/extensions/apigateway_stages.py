"""A stage keeps the settings of each method, and logs only where the account has a role for it.

Moto loses settings of methods whose path has more than one part, never removes any, and breaks when
the account's role is taken away.
"""

from collections.abc import Mapping
from typing import Any

from moto.apigateway.exceptions import BadRequestException
from moto.apigateway.models import Account, APIGatewayBackend, RestAPI, Stage

_SETTINGS = (
    "metrics/enabled",
    "logging/loglevel",
    "logging/dataTrace",
    "throttling/burstLimit",
    "throttling/rateLimit",
    "caching/enabled",
    "caching/ttlInSeconds",
    "caching/dataEncrypted",
    "caching/requireAuthorizationForCacheControl",
    "caching/unauthorizedCacheControlHeaderStrategy",
)
# What a stage has apart from settings of methods.
_OWN = ("/variables/", "/accessLogSettings", "/canarySettings")


def install() -> None:
    """Wrap the updates of stages and of the account, and what deletes a stage."""
    _wrap_stage_updates()
    _wrap_account_updates()
    _guard_mapped_stages()


def _wrap_stage_updates() -> None:
    original = APIGatewayBackend.update_stage
    plain = Stage.apply_operations

    def update_stage(
        self: APIGatewayBackend, function_id: str, stage_name: str, patch_operations: Any
    ) -> Stage:
        if any(_asks_for_logs(each) for each in patch_operations):
            _check_role(self)
        return original(self, function_id, stage_name, patch_operations)

    def apply_operations(self: Stage, patch_operations: list[dict[str, Any]]) -> Stage:
        others = [each for each in patch_operations if not _apply_setting(self, each)]
        return plain(self, others)

    setattr(APIGatewayBackend, "update_stage", update_stage)
    setattr(Stage, "apply_operations", apply_operations)


def _apply_setting(stage: Stage, patch: Mapping[str, Any]) -> bool:
    """Apply a patch of a method's settings; false where it is about something else."""
    path, operation = str(patch["path"]), patch["op"]
    if path.startswith(_OWN):
        return False
    setting = next((each for each in _SETTINGS if path.endswith(f"/{each}")), None)
    if setting is not None and operation != "remove":
        method = path[1 : -len(setting) - 1]
        stage._patch_method_setting(method, setting, str(patch["value"]))
        return True
    if operation == "remove" and "/" in path[1:]:
        method = path[1:] if setting is None else path[1 : -len(setting) - 1]
        stage.method_settings.pop(method, None)
        return True
    return False


def _asks_for_logs(patch: Mapping[str, Any]) -> bool:
    if patch["op"] == "remove":
        return False
    path, value = str(patch["path"]), str(patch.get("value"))
    return path.startswith("/accessLogSettings") or (
        path.endswith("/logging/loglevel") and value != "OFF"
    )


def _check_role(backend: APIGatewayBackend) -> None:
    if not backend.account.cloudwatch_role_arn:
        raise BadRequestException(
            "CloudWatch Logs role ARN must be set in account settings to enable logging"
        )


def _wrap_account_updates() -> None:
    original = Account.apply_patch_operations

    def apply_patch_operations(self: Account, patch_operations: list[dict[str, Any]]) -> Account:
        others = []
        for patch in patch_operations:
            if patch["path"] == "/cloudwatchRoleArn":
                self.cloudwatch_role_arn = patch.get("value") or None
            else:
                others.append(patch)
        return original(self, others)

    setattr(Account, "apply_patch_operations", apply_patch_operations)


def _guard_mapped_stages() -> None:
    """A stage or an API that a custom domain leads to cannot be deleted."""
    delete_stage, delete_api = APIGatewayBackend.delete_stage, APIGatewayBackend.delete_rest_api

    def guarded_delete_stage(self: APIGatewayBackend, function_id: str, stage_name: str) -> None:
        _check_unmapped(self, function_id, stage_name)
        delete_stage(self, function_id, stage_name)

    def guarded_delete_api(self: APIGatewayBackend, function_id: str) -> RestAPI:
        _check_unmapped(self, function_id, None)
        return delete_api(self, function_id)

    setattr(APIGatewayBackend, "delete_stage", guarded_delete_stage)
    setattr(APIGatewayBackend, "delete_rest_api", guarded_delete_api)


def _check_unmapped(backend: APIGatewayBackend, api_id: str, stage: str | None) -> None:
    for mappings in backend.base_path_mappings.values():
        for mapping in mappings.values():
            if mapping.rest_api_id == api_id and stage in (None, mapping.stage):
                raise BadRequestException(
                    "Please remove all base path mappings related to the API stage in your domain"
                )
