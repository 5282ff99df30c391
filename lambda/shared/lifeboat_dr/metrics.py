"""Publishing metrics with PutMetricData.

Not with the embedded metric format: alarms and the switch of the DNS hang on these values, and must not wait for logs.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lifeboat_dr.lag import moment

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.literals import StandardUnitType
    from mypy_boto3_cloudwatch.type_defs import DimensionTypeDef

NAMESPACE = "Lifeboat/DR"


@dataclass(frozen=True)
class Metric:
    """One value. `signal` adds a second dimension of that name."""

    name: str
    value: float
    unit: "StandardUnitType" = "None"
    signal: str | None = None


class Metrics(Protocol):
    """Where metrics go."""

    def put(self, metrics: list[Metric], at: int) -> None:
        """Publish values of that moment (epoch milliseconds)."""
        ...


@dataclass(frozen=True)
class CloudWatchMetrics:
    """CloudWatch of the function's own region, dimension `Environment`."""

    client: "CloudWatchClient"
    environment_suffix: str

    def put(self, metrics: list[Metric], at: int) -> None:
        """Publish values of that moment (epoch milliseconds)."""
        self.client.put_metric_data(
            Namespace=NAMESPACE,
            MetricData=[
                {
                    "MetricName": metric.name,
                    "Dimensions": self._dimensions(metric),
                    "Timestamp": moment(at),
                    "Value": metric.value,
                    "Unit": metric.unit,
                }
                for metric in metrics
            ],
        )

    def _dimensions(self, metric: Metric) -> "list[DimensionTypeDef]":
        dimensions: list[DimensionTypeDef] = [{"Name": "Environment", "Value": self.environment_suffix}]
        if metric.signal is not None:
            dimensions.append({"Name": "Signal", "Value": metric.signal})
        return dimensions
