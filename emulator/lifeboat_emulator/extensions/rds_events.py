"""RDS tells the event bus what happens to a global database: `RDS DB Cluster Event`.

Each is told in both members' regions, about the member there. Moto tells nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from moto.rds.models import DBCluster

from lifeboat_emulator import regions
from lifeboat_emulator.extensions import events_bus


@dataclass(frozen=True)
class Kind:
    """One kind of event; `text` knows the old and the new writer and its region."""

    identifier: str
    text: str


STARTED = Kind("RDS-EVENT-0181", "Global failover to DB cluster {new} in Region {region} started.")
OLD_SHUT_DOWN = Kind("RDS-EVENT-0182", "Old primary DB cluster {old} successfully shut down.")
WAITING = Kind("RDS-EVENT-0183", "Waiting for data synchronization across global cluster members.")
PROMOTED = Kind(
    "RDS-EVENT-0184", "New primary DB cluster {new} in Region {region} was successfully promoted."
)
FINISHED = Kind(
    "RDS-EVENT-0185", "Global failover to DB cluster {new} in Region {region} finished."
)
CANCELLED = Kind(
    "RDS-EVENT-0186", "Global failover to DB cluster {new} in Region {region} is cancelled."
)
_CATEGORY = "global-failover"


def tell(kind: Kind, source: DBCluster, target: DBCluster) -> None:
    """Tell both regions; one that is down hears nothing. Needs the turn."""
    message = kind.text.format(
        old=source.db_cluster_identifier,
        new=target.db_cluster_identifier,
        region=target.region,
    )
    for cluster in (source, target):
        if regions.is_down(cluster.region):
            continue
        detail = {
            "EventCategories": [_CATEGORY],
            "SourceType": "CLUSTER",
            "SourceArn": cluster.db_cluster_arn,
            "Date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
            "Message": message,
            "SourceIdentifier": cluster.db_cluster_identifier,
            "EventID": kind.identifier,
        }
        events_bus.publish(
            cluster.account_id,
            cluster.region,
            "aws.rds",
            "RDS DB Cluster Event",
            detail,
            [cluster.db_cluster_arn],
        )
