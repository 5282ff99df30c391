"""S3 bucket settings beyond moto's: kept and read back, or refused by name."""

from typing import Any

import pytest

from tests.conftest import Client
from tests.errors import error_of

BUCKET = "s3-logs-abc123"
METRICS: dict[str, Any] = {"Id": "whole", "Filter": {"Prefix": "logs/"}}
TIERING: dict[str, Any] = {
    "Id": "archive",
    "Status": "Enabled",
    "Tierings": [{"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}],
}


@pytest.fixture
def s3(client: Client) -> Any:
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    return s3


def test_metrics_are_kept_listed_and_deleted(s3: Any) -> None:
    s3.put_bucket_metrics_configuration(Bucket=BUCKET, Id="whole", MetricsConfiguration=METRICS)
    read = s3.get_bucket_metrics_configuration(Bucket=BUCKET, Id="whole")
    assert read["MetricsConfiguration"] == METRICS
    listed = s3.list_bucket_metrics_configurations(Bucket=BUCKET)
    assert listed["MetricsConfigurationList"] == [METRICS]
    assert listed["IsTruncated"] is False
    s3.delete_bucket_metrics_configuration(Bucket=BUCKET, Id="whole")
    code, _ = error_of(s3.get_bucket_metrics_configuration, Bucket=BUCKET, Id="whole")
    assert code == "NoSuchConfiguration"
    code, _ = error_of(s3.delete_bucket_metrics_configuration, Bucket=BUCKET, Id="whole")
    assert code == "NoSuchConfiguration"


def test_intelligent_tiering_is_kept(s3: Any) -> None:
    s3.put_bucket_intelligent_tiering_configuration(
        Bucket=BUCKET, Id="archive", IntelligentTieringConfiguration=TIERING
    )
    read = s3.get_bucket_intelligent_tiering_configuration(Bucket=BUCKET, Id="archive")
    assert read["IntelligentTieringConfiguration"] == TIERING
    assert "MetricsConfigurationList" not in s3.list_bucket_metrics_configurations(Bucket=BUCKET)


def test_the_owner_pays_unless_told_otherwise(s3: Any) -> None:
    assert s3.get_bucket_request_payment(Bucket=BUCKET)["Payer"] == "BucketOwner"
    s3.put_bucket_request_payment(Bucket=BUCKET, RequestPaymentConfiguration={"Payer": "Requester"})
    assert s3.get_bucket_request_payment(Bucket=BUCKET)["Payer"] == "Requester"


def test_a_missing_bucket_is_told_as_such(s3: Any) -> None:
    code, _ = error_of(s3.get_bucket_metrics_configuration, Bucket="nobodys", Id="whole")
    assert code == "NoSuchBucket"


def test_an_unknown_setting_is_refused_and_makes_no_bucket(s3: Any) -> None:
    code, _ = error_of(s3.get_bucket_metadata_configuration, Bucket=BUCKET)
    assert code == "NotImplemented"
    assert [each["Name"] for each in s3.list_buckets()["Buckets"]] == [BUCKET]
