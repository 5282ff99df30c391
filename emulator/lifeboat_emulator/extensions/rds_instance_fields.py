"""DescribeDBInstances shows every instance's own identity, and the settings it was given.

Moto gives all instances one resource id, forgets Performance Insights, and names a certificate
authority that AWS does not have.
"""

from typing import Any

from moto.moto_api._internal import mock_random
from moto.rds.models import DBInstance

_KEPT = (
    "performance_insights_kms_key_id",
    "performance_insights_retention_period",
    "database_insights_mode",
    "network_type",
)
_ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_DEFAULT_CA = "rds-ca-rsa2048-g1"


def install() -> None:
    """Wrap the constructor and the update of instances."""
    original_init = DBInstance.__init__
    original_update = DBInstance.update

    def __init__(self: DBInstance, backend: Any, **kwargs: Any) -> None:
        kwargs.setdefault("ca_certificate_identifier", _DEFAULT_CA)
        original_init(self, backend, **kwargs)
        self.dbi_resource_id = "db-" + "".join(mock_random.choice(_ID_LETTERS) for _ in range(26))
        self.__dict__["performance_insights_enabled"] = False
        self.__dict__["network_type"] = "IPV4"
        self.publicly_accessible = bool(kwargs.get("publicly_accessible", False))
        _keep(self, kwargs)

    def update(self: DBInstance, **kwargs: Any) -> None:
        original_update(self, **kwargs)
        _keep(self, kwargs)

    setattr(DBInstance, "__init__", __init__)
    setattr(DBInstance, "update", update)


def _keep(instance: DBInstance, given: Any) -> None:
    if given.get("enable_performance_insights") is not None:
        enabled = bool(given["enable_performance_insights"])
        instance.__dict__["performance_insights_enabled"] = enabled
        if enabled:
            instance.__dict__.setdefault("performance_insights_retention_period", 7)
    for name in _KEPT:
        if given.get(name) is not None:
            instance.__dict__[name] = given[name]
