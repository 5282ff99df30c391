"""A deployment holds what the API was when it was made, and goes only when no stage has it.

Moto's deployments are names; it forgets their description's updates, and lets go of one that a
stage still serves.
"""

from typing import Any

from moto.apigateway.exceptions import BadRequestException
from moto.apigateway.models import APIGatewayBackend, Deployment, RestAPI

from lifeboat_emulator.rest_apis import deployed


def install() -> None:
    """Wrap creation and deletion."""
    _keep_content()
    _guard_deletion()


def _keep_content() -> None:
    original = APIGatewayBackend.create_deployment

    def create_deployment(
        self: APIGatewayBackend, function_id: str, *others: Any, **named: Any
    ) -> Deployment:
        made = original(self, function_id, *others, **named)
        deployed.keep(self.get_rest_api(function_id), made)
        return made

    setattr(APIGatewayBackend, "create_deployment", create_deployment)
    # Moto's own way to answer, which no request to a server takes; it would keep every API.
    setattr(RestAPI, "update_integration_mocks", lambda self, stage_name: None)


def _guard_deletion() -> None:
    original = RestAPI.delete_deployment

    def delete_deployment(self: RestAPI, deployment_id: str) -> Deployment:
        if any(stage.deployment_id == deployment_id for stage in self.stages.values()):
            raise BadRequestException(
                "Active stages pointing to this deployment must be moved or deleted"
            )
        # Which stage it was made for says nothing any more.
        if deployment_id in self.deployments:
            self.deployments[deployment_id].stage_name = ""
        return original(self, deployment_id)

    setattr(RestAPI, "delete_deployment", delete_deployment)
