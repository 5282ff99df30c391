"""A standby's database instances fail and come back: `/_lifeboat/clusters/<region>/<cluster>`.

AWS has no such switch; broken hardware is what it stands for. The cluster's storage goes on
following its writer, as on AWS, but nothing is there that could take over.
"""

from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.rds.models import DBCluster, rds_backends
from werkzeug.exceptions import BadRequest, Conflict, NotFound

from lifeboat_emulator import control
from lifeboat_emulator.extensions import rds_global_members

_FAILED, _AVAILABLE = "failed", "available"


def install() -> None:
    """Offer the control endpoints."""
    control.route("GET", "/clusters/<region>/<identifier>", _get)
    control.route("PUT", "/clusters/<region>/<identifier>", _put)


def _find(region: str, identifier: str) -> DBCluster:
    backends = rds_backends[DEFAULT_ACCOUNT_ID]
    found = backends[region].clusters.get(identifier) if region in backends.regions else None
    if found is None:
        raise NotFound(f"there is no cluster {identifier} in {region}")
    return found


def _get(_request: Any, region: str, identifier: str) -> dict[str, Any]:
    return _describe(_find(region, identifier))


def _put(request: Any, region: str, identifier: str) -> dict[str, Any]:
    cluster = _find(region, identifier)
    wanted = control.body(request).get("instances")
    if wanted not in (_FAILED, _AVAILABLE):
        raise BadRequest('instances must be "failed" or "available"')
    if wanted == _FAILED and not _follows(cluster):
        raise Conflict(f"{identifier} writes: take its region down instead")
    for instance in cluster.members:
        # One that is on its way somewhere else is left to go there.
        if instance.status in (_FAILED, _AVAILABLE):
            instance.status = wanted
    return _describe(cluster)


def _follows(cluster: DBCluster) -> bool:
    return rds_global_members.global_cluster_of(cluster) is not None and not cluster.is_writer


def _describe(cluster: DBCluster) -> dict[str, Any]:
    return {
        "cluster": cluster.db_cluster_identifier,
        "region": cluster.region,
        "writes": not _follows(cluster),
        "instances": {each.db_instance_identifier: each.status for each in cluster.members},
    }
