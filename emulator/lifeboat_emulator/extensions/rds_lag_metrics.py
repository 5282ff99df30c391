"""CloudWatch shows how far each follower of a global database is behind, a point a minute.

A point is the mean over its minute of what was really under way, and is published in the follower's
region. While the writer's or the follower's region is down nobody can know, and there is none.
"""

import time
from collections import defaultdict
from datetime import UTC, datetime

from moto.rds.models import DBCluster

from lifeboat_emulator import regions, ticker, timing
from lifeboat_emulator.data.replication import Stream
from lifeboat_emulator.extensions import cloudwatch_metrics, rds_storage

_PERIOD_SECONDS = 60.0
_SAMPLE_SECONDS = 5.0
_LAG, _PROGRESS, _RPO = (
    "AuroraGlobalDBReplicationLag",
    "AuroraGlobalDBProgressLag",
    "AuroraGlobalDBRPOLag",
)

# (region, follower, writer's region, metric) -> the milliseconds seen in the current minute.
_Key = tuple[str, str, str, str]
_samples: dict[_Key, list[float]] = defaultdict(list)
_minute: list[int] = []


def install() -> None:
    """Look at every stream a few times a minute."""
    ticker.every("aurora lag", _SAMPLE_SECONDS, _sample)


def reset() -> None:
    """Forget what was seen."""
    _samples.clear()
    _minute.clear()


def _sample() -> None:
    length = timing.seconds(_PERIOD_SECONDS)
    minute = int(time.time() / length)
    if _minute and minute != _minute[0]:
        _publish(_minute[0] * length)
    _minute[:] = [minute]
    for _, writer, follower, stream in rds_storage.streams():
        if not any(regions.is_down(each.region) for each in (writer, follower)):
            _look(writer, follower, stream)


def _look(writer: DBCluster, follower: DBCluster, stream: Stream) -> None:
    now = timing.now()
    behind = stream.age(now) * timing.factor() * 1000
    # Users' own transactions: nothing waits, nothing would be lost.
    at_risk = stream.at_risk(now) * timing.factor() * 1000
    for metric, value in ((_LAG, behind), (_PROGRESS, behind), (_RPO, at_risk)):
        key = (follower.region, follower.db_cluster_identifier, writer.region, metric)
        _samples[key].append(value)


def _publish(began: float) -> None:
    at = datetime.fromtimestamp(began, UTC)
    for (region, cluster, source, metric), seen in _samples.items():
        if regions.is_down(region) or regions.is_down(source):
            continue
        mean = sum(seen) / len(seen)
        for dimensions in (
            {"DBClusterIdentifier": cluster},
            {"DBClusterIdentifier": cluster, "SourceRegion": source},
        ):
            cloudwatch_metrics.publish(
                region, "AWS/RDS", metric, mean, dimensions, "Milliseconds", at
            )
    _samples.clear()
