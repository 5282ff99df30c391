"""ModifyDBCluster changes the administrator's password, in the database and after a moment.

While the change is pending, the cluster says so. Moto keeps the text and nothing else. A secondary
has the primary's users, so its password cannot be changed.
"""

from typing import Any

from moto.rds.exceptions import InvalidParameterCombination
from moto.rds.models import DBCluster, RDSBackend

from lifeboat_emulator import ticker
from lifeboat_emulator.extensions import rds_global_members, rds_storage

_RESETTING, _AVAILABLE = "resetting-master-credentials", "available"
_SECONDS = 2.0
_SHORTEST = 8


def install() -> None:
    """Wrap ModifyDBCluster."""
    original = RDSBackend.modify_db_cluster

    def modify_db_cluster(self: RDSBackend, kwargs: Any) -> DBCluster:
        password = kwargs.pop("master_user_password", None)
        named = self.clusters.get(kwargs["db_cluster_identifier"])
        if password is not None and named is not None:
            _check(named, password)
        cluster = original(self, kwargs)
        if password is None or named is None:
            return cluster
        _begin(named, password)
        # The answer shows the cluster as it is now.
        cluster.status = named.status
        cluster.__dict__["pending_modified_values"] = {"MasterUserPassword": "****"}
        return cluster

    setattr(RDSBackend, "modify_db_cluster", modify_db_cluster)


def _check(cluster: DBCluster, password: str) -> None:
    if rds_global_members.global_cluster_of(cluster) is not None and not cluster.is_writer:
        raise InvalidParameterCombination(
            "You can't change the master user password of a secondary cluster: change it on the "
            "primary cluster"
        )
    if len(password) < _SHORTEST or any(letter in password for letter in '/"@ '):
        raise InvalidParameterCombination(
            "The parameter MasterUserPassword is not a valid password: use at least 8 printable "
            "characters besides '/', '@', '\"' and space"
        )


def _begin(cluster: DBCluster, password: str) -> None:
    cluster.__dict__["pending_modified_values"] = {"MasterUserPassword": "****"}
    cluster.status = _RESETTING
    name = f"password of {cluster.db_cluster_arn}"
    ticker.once(name, _SECONDS, lambda: _finish(cluster, password))


def _finish(cluster: DBCluster, password: str) -> None:
    cluster.__dict__.pop("pending_modified_values", None)
    if cluster.status == _RESETTING:
        cluster.status = _AVAILABLE
    own = rds_storage.storage_of(cluster)
    if own is not None and own.database is not None and cluster.master_username:
        own.database.set_password(cluster.master_username, rds_storage.digest(password))
