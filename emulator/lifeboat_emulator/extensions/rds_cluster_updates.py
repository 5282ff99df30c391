"""ModifyDBCluster changes what it says, and the Data API can be switched on and off.

Moto looks for the log export changes under the wrong name, forgets renamed settings, and has no
EnableHttpEndpoint and DisableHttpEndpoint, which the provider calls for provisioned clusters.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import DBClusterNotFoundError
from moto.rds.models import DBCluster, RDSBackend, find_cluster
from moto.rds.responses import RDSResponse

# Request name -> attribute that describe reads.
_RENAMED = {
    "enable_performance_insights": "performance_insights_enabled",
    "enable_iam_database_authentication": "iam_auth",
}


def install() -> None:
    """Wrap ModifyDBCluster and add the two operations of the Data API."""
    original = RDSBackend.modify_db_cluster

    def modify_db_cluster(self: RDSBackend, kwargs: Any) -> DBCluster:
        identifier = kwargs["db_cluster_identifier"]
        cluster = self.clusters.get(identifier)
        if cluster is None:
            raise DBClusterNotFoundError(identifier)
        # Taken out: moto makes an attribute of the cluster out of every argument.
        exports = kwargs.pop("cloudwatch_logs_export_configuration", None)
        answer = original(self, kwargs)
        _apply_exports(cluster, exports or {})
        for name, attribute in _RENAMED.items():
            if kwargs.get(name) is not None:
                setattr(cluster, attribute, kwargs[name])
        return answer

    setattr(RDSBackend, "modify_db_cluster", modify_db_cluster)
    setattr(RDSResponse, "enable_http_endpoint", _enable_http_endpoint)
    setattr(RDSResponse, "disable_http_endpoint", _disable_http_endpoint)


def _apply_exports(cluster: DBCluster, exports: Any) -> None:
    enabled = [
        kind
        for kind in cluster.enabled_cloudwatch_logs_exports
        if kind not in (exports.get("DisableLogTypes") or [])
    ]
    enabled += [kind for kind in exports.get("EnableLogTypes") or [] if kind not in enabled]
    cluster.enabled_cloudwatch_logs_exports = enabled


def _enable_http_endpoint(self: RDSResponse) -> ActionResult:
    return _switch_http_endpoint(self, True)


def _disable_http_endpoint(self: RDSResponse) -> ActionResult:
    return _switch_http_endpoint(self, False)


def _switch_http_endpoint(response: RDSResponse, enabled: bool) -> ActionResult:
    arn = response.params["ResourceArn"]
    setattr(find_cluster(arn), "enable_http_endpoint", enabled)
    return ActionResult({"ResourceArn": arn, "HttpEndpointEnabled": enabled})
