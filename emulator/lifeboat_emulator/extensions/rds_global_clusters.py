"""CreateGlobalCluster, DescribeGlobalClusters, ModifyGlobalCluster and DeleteGlobalCluster.

Moto lists every global cluster whatever id was asked for, forgets the database name and the
tags, and cannot modify one. Who belongs to a global cluster is `rds_global_members`' subject.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import (
    InvalidGlobalClusterStateFault,
    InvalidParameterCombination,
    InvalidParameterValue,
    RDSClientError,
)
from moto.rds.models import GlobalCluster, RDSBackend, rds_backends
from moto.rds.responses import RDSResponse
from moto.utilities.utils import ARN_PARTITION_REGEX

from lifeboat_emulator.extensions import rds_cluster_fields

# Moto keeps all global clusters in the backend of this region, whichever region asks.
HOME_REGION = "us-east-1"

# Called before a global cluster is shown or used; see `rds_global_failover`.
_settlers: list[Callable[[GlobalCluster], None]] = []


class GlobalClusterNotFoundError(RDSClientError):
    """No global cluster has this identifier."""

    def __init__(self, identifier: str) -> None:
        super().__init__("GlobalClusterNotFoundFault", f"Global cluster {identifier} not found")


class GlobalClusterAlreadyExistsError(RDSClientError):
    """The identifier is taken; it is unique in the account, over all regions."""

    def __init__(self, identifier: str) -> None:
        super().__init__(
            "GlobalClusterAlreadyExistsFault", f"Global cluster {identifier} already exists"
        )


def install() -> None:
    """Replace the operations on global clusters themselves, and make their tags reachable."""
    original_backend = RDSBackend.__init__

    def __init__(self: RDSBackend, region_name: str, account_id: str) -> None:
        original_backend(self, region_name, account_id)
        self.arn_regex = re.compile(ARN_PARTITION_REGEX + r":rds:[a-z0-9-]*:[0-9]*:[a-z-]+:.+$")

    setattr(RDSBackend, "__init__", __init__)
    original_find = RDSBackend._find_resource

    def find_resource(self: RDSBackend, resource_type: str, resource_name: str) -> Any:
        if resource_type == GlobalCluster.resource_type:
            return home(self.account_id).global_clusters.get(resource_name)
        return original_find(self, resource_type, resource_name)

    setattr(RDSBackend, "_find_resource", find_resource)
    for operation in (_create, _describe, _modify, _delete):
        setattr(RDSResponse, f"{operation.__name__[1:]}_global_cluster", operation)
    setattr(RDSResponse, "describe_global_clusters", _describe)


def on_settle(settler: Callable[[GlobalCluster], None]) -> None:
    """Have `settler` called with a global cluster before it is shown or used."""
    if settler not in _settlers:
        _settlers.append(settler)


def home(account_id: str) -> RDSBackend:
    """The backend that stores the account's global clusters."""
    return rds_backends[account_id][HOME_REGION]


def find(account_id: str, identifier: str) -> GlobalCluster:
    """The settled global cluster `identifier`, or GlobalClusterNotFoundFault."""
    found = home(account_id).global_clusters.get(identifier)
    if found is None:
        raise GlobalClusterNotFoundError(identifier)
    return settled(found)


def settled(global_cluster: GlobalCluster) -> GlobalCluster:
    """`global_cluster`, after whatever was due to happen to it has happened."""
    for settler in _settlers:
        settler(global_cluster)
    return global_cluster


def _create(self: RDSResponse) -> ActionResult:
    params = self.params
    identifier = params["GlobalClusterIdentifier"]
    backend = home(self.current_account)
    if identifier in backend.global_clusters:
        raise GlobalClusterAlreadyExistsError(identifier)
    source = params.get("SourceDBClusterIdentifier")
    engine = params.get("Engine")
    if source is None and engine is None:
        raise InvalidParameterValue(
            "When creating standalone global cluster, value for engineName should be specified"
        )
    global_cluster = GlobalCluster(
        backend=backend,
        global_cluster_identifier=identifier,
        engine=engine or "aurora-mysql",
        engine_version=rds_cluster_fields.full_version(
            engine or "aurora-mysql", params.get("EngineVersion")
        ),
        storage_encrypted=params.get("StorageEncrypted"),
        deletion_protection=params.get("DeletionProtection"),
    )
    if source is not None:
        _inherit(global_cluster, self, source, params)
    state = global_cluster.__dict__
    state.setdefault("database_name", params.get("DatabaseName"))
    state["engine_lifecycle_support"] = params.get(
        "EngineLifecycleSupport", "open-source-rds-extended-support"
    )
    global_cluster.tags = params.get("Tags", [])
    backend.global_clusters[identifier] = global_cluster
    return ActionResult({"GlobalCluster": global_cluster})


def _inherit(
    global_cluster: GlobalCluster, response: RDSResponse, source: str, params: Mapping[str, Any]
) -> None:
    for name in ("Engine", "EngineVersion", "DatabaseName", "StorageEncrypted"):
        if params.get(name) is not None:
            raise InvalidParameterCombination(
                f"When creating global cluster from existing db cluster, value for {name} should "
                "not be specified since it will be inherited from source cluster"
            )
    if not re.match(ARN_PARTITION_REGEX + ":rds:", source):
        raise InvalidParameterValue("Malformed db cluster arn dbci")
    region = source.split(":")[3]
    primary = rds_backends[response.current_account][region].describe_db_clusters(source)[0]
    global_cluster.engine = primary.engine
    global_cluster.engine_version = primary.engine_version
    global_cluster.storage_encrypted = primary.storage_encrypted
    global_cluster.__dict__["database_name"] = primary.database_name
    primary.global_cluster_identifier = global_cluster.global_cluster_identifier
    primary.is_writer = True
    global_cluster.members.append(primary)


def _describe(self: RDSResponse) -> ActionResult:
    identifier = self.params.get("GlobalClusterIdentifier")
    if identifier:
        found = [find(self.current_account, identifier)]
    else:
        found = [settled(each) for each in home(self.current_account).global_clusters.values()]
    for condition in self.params.get("Filters", []):
        found = [each for each in found if _matches(each, condition)]
    return ActionResult({"GlobalClusters": found})


def _matches(global_cluster: GlobalCluster, condition: Mapping[str, Any]) -> bool:
    name, values = condition["Name"], condition["Values"]
    if name == "db-cluster-id":
        return any(
            value in (member.db_cluster_arn, member.db_cluster_identifier)
            for member in global_cluster.members
            for value in values
        )
    if name == "region":
        return any(member.region in values for member in global_cluster.members)
    raise InvalidParameterValue(f"Unrecognized filter name: {name}")


def _modify(self: RDSResponse) -> ActionResult:
    params = self.params
    global_cluster = find(self.current_account, params["GlobalClusterIdentifier"])
    if params.get("DeletionProtection") is not None:
        global_cluster.deletion_protection = params["DeletionProtection"]
    version = rds_cluster_fields.full_version(global_cluster.engine, params.get("EngineVersion"))
    if params.get("EngineVersion") and version:
        _upgrade(global_cluster, version, bool(params.get("AllowMajorVersionUpgrade")))
    if params.get("NewGlobalClusterIdentifier"):
        _rename(global_cluster, params["NewGlobalClusterIdentifier"])
    return ActionResult({"GlobalCluster": global_cluster})


def _upgrade(global_cluster: GlobalCluster, version: str, allow_major: bool) -> None:
    major = _release_line(global_cluster.engine_version) != _release_line(version)
    if major and not allow_major:
        raise InvalidParameterCombination(
            "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major "
            "version."
        )
    global_cluster.engine_version = version
    for member in global_cluster.members:
        member.engine_version = version


def _release_line(version: str) -> str:
    parts = version.split(".")
    return ".".join(parts[:2]) if "mysql_aurora" in version else parts[0]


def _rename(global_cluster: GlobalCluster, identifier: str) -> None:
    clusters = home(global_cluster.account_id).global_clusters
    if identifier in clusters:
        raise GlobalClusterAlreadyExistsError(identifier)
    del clusters[global_cluster.global_cluster_identifier]
    global_cluster.global_cluster_identifier = identifier
    clusters[identifier] = global_cluster
    for member in global_cluster.members:
        member.global_cluster_identifier = identifier


def _delete(self: RDSResponse) -> ActionResult:
    identifier = self.params["GlobalClusterIdentifier"]
    global_cluster = find(self.current_account, identifier)
    if global_cluster.deletion_protection:
        raise InvalidParameterCombination(
            "Cannot delete protected Global Cluster, please disable deletion protection and try "
            "again."
        )
    if global_cluster.members:
        raise InvalidGlobalClusterStateFault(global_cluster.global_cluster_arn)
    del home(self.current_account).global_clusters[identifier]
    global_cluster.status = "deleting"
    return ActionResult({"GlobalCluster": global_cluster})
