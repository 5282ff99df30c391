"""CloudWatch over CBOR, with botocore's own writer and reader of that protocol."""

import http.client
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from tests.conftest import Client

PROTOCOL = "smithy-rpc-v2-cbor"
SCOPE = "AWS4-HMAC-SHA256 Credential=test/20250101/us-west-2/monitoring/aws4_request, x"
NOW = datetime.now(UTC).replace(microsecond=0)


def call(endpoint: str, client: Client, operation: str, **given: Any) -> Any:
    """The parsed answer, an error's too."""
    model = client("cloudwatch").meta.service_model.operation_model(operation)
    request = create_serializer(PROTOCOL).serialize_to_request(given, model)
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=10)
    headers = {**request["headers"], "Authorization": SCOPE}
    connection.request(request["method"], request["url_path"], request["body"], headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.headers["smithy-protocol"] == "rpc-v2-cbor"
    assert answer.headers["Content-Type"] == "application/cbor"
    received = {"status_code": answer.status, "headers": dict(answer.headers), "body": body}
    return create_parser(PROTOCOL).parse(received, model.output_shape)


def test_what_is_put_is_got_with_its_times(endpoint: str, client: Client) -> None:
    dimensions = [{"Name": "Environment", "Value": "abc123"}]
    datum = {"MetricName": "Lag", "Dimensions": dimensions, "Timestamp": NOW, "Value": 1.5}
    call(endpoint, client, "PutMetricData", Namespace="Lifeboat/DR", MetricData=[datum])
    metric = {"Namespace": "Lifeboat/DR", "MetricName": "Lag", "Dimensions": dimensions}
    query = {"Id": "lag", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"}}
    (result,) = call(
        endpoint,
        client,
        "GetMetricData",
        MetricDataQueries=[query],
        StartTime=NOW - timedelta(minutes=5),
        EndTime=NOW + timedelta(minutes=1),
    )["MetricDataResults"]
    assert result["Values"] == [1.5]
    assert result["Timestamps"] == [NOW.replace(second=0)]
    # The JSON protocol sees the same.
    (listed,) = client("cloudwatch", "us-west-2").list_metrics()["Metrics"]
    assert listed["Dimensions"] == dimensions


def test_alarms_are_described(endpoint: str, client: Client) -> None:
    client("cloudwatch", "us-west-2").put_metric_alarm(
        AlarmName="lag",
        Namespace="Lifeboat/DR",
        MetricName="Lag",
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    (alarm,) = call(endpoint, client, "DescribeAlarms")["MetricAlarms"]
    assert (alarm["AlarmName"], alarm["Threshold"]) == ("lag", 1.0)
    assert abs(alarm["StateUpdatedTimestamp"] - datetime.now(UTC)) < timedelta(minutes=1)


def test_errors_have_a_type(endpoint: str, client: Client) -> None:
    answer = call(
        endpoint, client, "GetMetricData", MetricDataQueries=[], StartTime=NOW, EndTime=NOW
    )
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert "must not equal" in answer["Error"]["Message"]
    missing = call(endpoint, client, "GetMetricWidgetImage", MetricWidget="{}")
    assert missing["Error"]["Code"] == "NotImplemented"
