"""DescribeDBClusters shows what was asked for, and AWS's defaults for the rest.

Moto invents a `ScalingConfigurationInfo` for clusters without one, drops the Data API flag and
some settings of the cluster, and defaults to engine versions that AWS retired long ago.
"""

from typing import Any

from moto.rds.models import DBCluster

DEFAULT_ENGINE_VERSIONS = {
    "aurora-mysql": "8.0.mysql_aurora.3.08.2",
    "aurora-postgresql": "16.6",
}
# What AWS makes of a version that names a release line only.
_FULL_VERSIONS = {
    "aurora-mysql": {"8.0": "8.0.mysql_aurora.3.08.2", "5.7": "5.7.mysql_aurora.2.12.5"},
    "aurora-postgresql": {"13": "13.18", "14": "14.15", "15": "15.10", "16": "16.6", "17": "17.4"},
}
_DEFAULT_LIFECYCLE = "open-source-rds-extended-support"
# Given at creation, shown by describe, otherwise forgotten by moto.
_KEPT = (
    "monitoring_interval",
    "monitoring_role_arn",
    "performance_insights_retention_period",
    "database_insights_mode",
    "engine_lifecycle_support",
    "local_write_forwarding_requested",
)


def install() -> None:
    """Replace the constructor and the properties that misreport."""
    original = DBCluster.__init__

    def __init__(self: DBCluster, backend: Any, **kwargs: Any) -> None:
        engine = kwargs.get("engine", "")
        kwargs["engine_version"] = full_version(engine, kwargs.get("engine_version"))
        original(self, backend, **kwargs)
        _keep(self, kwargs)

    setattr(DBCluster, "__init__", __init__)
    setattr(DBCluster, "enable_http_endpoint", property(_http_endpoint, _set_http_endpoint))
    setattr(DBCluster, "scaling_configuration_info", property(_scaling_configuration))


def full_version(engine: str, version: str | None) -> str | None:
    """The version AWS runs for `version`; the default of the engine when it is None."""
    if version is None:
        return DEFAULT_ENGINE_VERSIONS.get(engine)
    return _FULL_VERSIONS.get(engine, {}).get(version, version)


def default_parameter_group(engine: str, version: str) -> str:
    """Name of the cluster parameter group AWS attaches when none is given."""
    if engine == "aurora-mysql":
        return f"default.aurora-mysql{'.'.join(version.split('.')[:2])}"
    return f"default.aurora-postgresql{version.split('.')[0]}"


def _keep(cluster: DBCluster, given: dict[str, Any]) -> None:
    for name in _KEPT:
        if given.get(name) is not None:
            setattr(cluster, name, given[name])
    if not cluster.engine.startswith("aurora-"):
        return
    cluster.__dict__.setdefault("engine_lifecycle_support", _DEFAULT_LIFECYCLE)
    cluster.__dict__["performance_insights_enabled"] = bool(
        given.get("enable_performance_insights", False)
    )
    if given.get("performance_insights_kms_key_id"):
        cluster.__dict__["performance_insights_kms_key_id"] = given[
            "performance_insights_kms_key_id"
        ]
    if not given.get("db_cluster_parameter_group_name"):
        cluster.parameter_group = default_parameter_group(cluster.engine, cluster.engine_version)
    # Aurora reports no storage type for its standard configuration, and a size of 1.
    if given.get("storage_type") in (None, "aurora"):
        cluster.storage_type = None


def _http_endpoint(cluster: DBCluster) -> bool:
    return bool(cluster.__dict__.get("_enable_http_endpoint", False))


def _set_http_endpoint(cluster: DBCluster, value: bool | None) -> None:
    cluster.__dict__["_enable_http_endpoint"] = bool(value)


def _scaling_configuration(cluster: DBCluster) -> dict[str, Any] | None:
    given = cluster.scaling_configuration
    if not given:
        return None
    return {
        "MinCapacity": given.get("min_capacity"),
        "MaxCapacity": given.get("max_capacity"),
        "AutoPause": given.get("auto_pause"),
        "SecondsUntilAutoPause": given.get("seconds_until_auto_pause"),
        "TimeoutAction": given.get("timeout_action"),
        "SecondsBeforeTimeout": given.get("seconds_before_timeout"),
    }
