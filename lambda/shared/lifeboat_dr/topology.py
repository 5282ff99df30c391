"""Who writes and who follows in the global database: pure values, parsed from RDS's answers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_rds.type_defs import DBClusterTypeDef, GlobalClusterTypeDef


class TopologyError(RuntimeError):
    """The global database does not look as it must for a decision."""


def region_of(arn: str) -> str:
    """Region of an ARN."""
    parts = arn.split(":")
    if len(parts) < 6 or not parts[3]:
        raise TopologyError(f"{arn!r} names no region")
    return parts[3]


@dataclass(frozen=True)
class Topology:
    """Members of the global database. `moving_to` is the ARN a change of roles under way will make the writer."""

    status: str
    writer_arn: str
    follower_arns: tuple[str, ...]
    moving_to: str | None = None

    @property
    def writer_region(self) -> str:
        """Region that takes writes."""
        return region_of(self.writer_arn)

    def member_in(self, region: str) -> str | None:
        """ARN of the member in a region."""
        arns = (self.writer_arn, *self.follower_arns)
        return next((arn for arn in arns if region_of(arn) == region), None)


def parse_topology(answer: "GlobalClusterTypeDef") -> Topology:
    """Topology as DescribeGlobalClusters tells it; raises TopologyError unless exactly one member writes."""
    members = answer.get("GlobalClusterMembers", [])
    writers = [member["DBClusterArn"] for member in members if member.get("IsWriter")]
    if len(writers) != 1:
        raise TopologyError(f"{answer.get('GlobalClusterIdentifier', 'the global cluster')} has {len(writers)} writers, not one")
    state = answer.get("FailoverState") or {}
    under_way = state.get("Status") in {"pending", "failing-over", "switching-over"}
    return Topology(
        status=answer.get("Status", "unknown"),
        writer_arn=writers[0],
        follower_arns=tuple(m["DBClusterArn"] for m in members if not m.get("IsWriter")),
        moving_to=state.get("ToDbClusterArn") if under_way else None,
    )


@dataclass(frozen=True)
class ClusterHealth:
    """Status of one regional cluster and how many of its instances are available."""

    status: str
    instances: int
    available_instances: int
    writer_instances: int

    @property
    def promotable(self) -> bool:
        """Whether it can take over: available, with at least one available instance."""
        return self.status == "available" and self.available_instances > 0


def parse_cluster(answer: "DBClusterTypeDef", instance_statuses: list[str]) -> ClusterHealth:
    """Health as DescribeDBClusters and DescribeDBInstances tell it."""
    members = answer.get("DBClusterMembers", [])
    return ClusterHealth(
        status=answer.get("Status", "unknown"),
        instances=len(members),
        available_instances=sum(1 for status in instance_statuses if status == "available"),
        writer_instances=sum(1 for member in members if member.get("IsClusterWriter")),
    )
