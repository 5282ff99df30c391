"""Parameter groups show what a person set, and can be set back.

Moto shows no parameter of an instance's group at all, cannot tell a person's from the engine's
(`Source`), and lacks ResetDBParameterGroup and ResetDBClusterParameterGroup.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import (
    DBClusterParameterGroupNotFoundError,
    DBParameterGroupNotFoundError,
)
from moto.rds.models import DBClusterParameterGroup, DBParameterGroup
from moto.rds.responses import RDSResponse


def install() -> None:
    """Replace the two reads, add the two resets."""
    setattr(RDSResponse, "describe_db_parameters", _describe_instance)
    setattr(RDSResponse, "describe_db_cluster_parameters", _describe_cluster)
    setattr(RDSResponse, "reset_db_parameter_group", _reset_instance)
    setattr(RDSResponse, "reset_db_cluster_parameter_group", _reset_cluster)


def _instance_group(response: RDSResponse) -> DBParameterGroup:
    name = response.params["DBParameterGroupName"]
    if name not in response.backend.db_parameter_groups:
        raise DBParameterGroupNotFoundError(name)
    return response.backend.db_parameter_groups[name]


def _cluster_group(response: RDSResponse) -> DBClusterParameterGroup:
    name = response.params["DBClusterParameterGroupName"]
    if name not in response.backend.db_cluster_parameter_groups:
        raise DBClusterParameterGroupNotFoundError(name)
    return response.backend.db_cluster_parameter_groups[name]


def _describe_instance(self: RDSResponse) -> ActionResult:
    return _describe(self, _instance_group(self))


def _describe_cluster(self: RDSResponse) -> ActionResult:
    return _describe(self, _cluster_group(self))


def _describe(
    response: RDSResponse, group: DBParameterGroup | DBClusterParameterGroup
) -> ActionResult:
    # Only what a person set is known here: the engines' own hundreds of defaults are not.
    if response.params.get("Source", "user") != "user":
        return ActionResult({"Parameters": []})
    parameters = [
        {"IsModifiable": True, **values, "ParameterName": name, "Source": "user"}
        for name, values in group.parameters.items()
    ]
    return ActionResult({"Parameters": parameters})


def _reset_instance(self: RDSResponse) -> ActionResult:
    group = _instance_group(self)
    _reset(self, group.parameters)
    return ActionResult({"DBParameterGroupName": group.name})


def _reset_cluster(self: RDSResponse) -> ActionResult:
    group = _cluster_group(self)
    _reset(self, group.parameters)
    return ActionResult({"DBClusterParameterGroupName": group.name})


def _reset(response: RDSResponse, parameters: dict[str, Any]) -> None:
    if response.params.get("ResetAllParameters"):
        parameters.clear()
        return
    for parameter in response.params.get("Parameters", []):
        parameters.pop(parameter["ParameterName"], None)
