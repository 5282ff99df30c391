"""Server access logging: policies, the key format, and a delivery that ends."""

import json
from typing import Any

import pytest

from lifeboat_emulator.extensions import s3_access_logs
from tests.conftest import Client
from tests.errors import error_of

TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::logs-abc123", "arn:aws:s3:::logs-abc123/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
DELIVERY = {
    "Effect": "Allow",
    "Principal": {"Service": ["logging.s3.amazonaws.com"]},
    "Action": ["s3:PutObject"],
    "Resource": ["arn:aws:s3:::logs-abc123/data/*"],
}


@pytest.fixture
def s3(client: Client) -> Any:
    s3 = client("s3")
    for name in ("data-abc123", "logs-abc123"):
        s3.create_bucket(Bucket=name)
    return s3


def allow(s3: Any, *statements: Any) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    s3.put_bucket_policy(Bucket="logs-abc123", Policy=policy)


def log(s3: Any, bucket: str = "data-abc123", prefix: str = "data/", **given: Any) -> None:
    enabled = {"TargetBucket": "logs-abc123", "TargetPrefix": prefix, **given}
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": enabled})


def delivered(s3: Any) -> list[str]:
    listed = s3.list_objects_v2(Bucket="logs-abc123").get("Contents", [])
    return [
        s3.get_object(Bucket="logs-abc123", Key=each["Key"])["Body"].read().decode()
        for each in listed
    ]


def test_what_was_set_is_read_back(s3: Any) -> None:
    allow(s3, TLS_ONLY, DELIVERY)
    wanted = {"PartitionedPrefix": {"PartitionDateSource": "EventTime"}}
    log(s3, TargetObjectKeyFormat=wanted)
    enabled = s3.get_bucket_logging(Bucket="data-abc123")["LoggingEnabled"]
    assert enabled == {
        "TargetBucket": "logs-abc123",
        "TargetPrefix": "data/",
        "TargetObjectKeyFormat": wanted,
    }
    s3.put_bucket_logging(Bucket="data-abc123", BucketLoggingStatus={})
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket="data-abc123")


@pytest.mark.parametrize(
    ("statements", "prefix"), [([TLS_ONLY], "data/"), ([TLS_ONLY, DELIVERY], "other/")]
)
def test_a_target_that_lets_nobody_in_is_refused(
    s3: Any, statements: list[Any], prefix: str
) -> None:
    allow(s3, *statements)
    code, _ = error_of(lambda: log(s3, prefix=prefix))
    assert code == "InvalidTargetBucketForLogging"


def test_lines_come_in_one_object_after_a_while(s3: Any) -> None:
    allow(s3, TLS_ONLY, DELIVERY)
    log(s3)
    s3.put_object(Bucket="data-abc123", Key="one", Body=b"1")
    s3.list_objects_v2(Bucket="data-abc123")
    assert delivered(s3) == []
    s3_access_logs.deliver()
    (content,) = delivered(s3)
    kinds = [line.split(" - ")[1].split()[1] for line in content.splitlines()]
    assert kinds == ["REST.PUT.OBJECT", "REST.GET.BUCKET"]
    s3_access_logs.deliver()
    assert len(delivered(s3)) == 1


def test_a_bucket_that_logs_into_itself_gets_empty(s3: Any) -> None:
    allow(s3, {**DELIVERY, "Resource": "arn:aws:s3:::logs-abc123/*"})
    log(s3, "logs-abc123", "")
    s3.put_object(Bucket="logs-abc123", Key="one", Body=b"1")
    s3_access_logs.deliver()
    for each in s3.list_objects_v2(Bucket="logs-abc123")["Contents"]:
        s3.delete_object(Bucket="logs-abc123", Key=each["Key"])
    s3.delete_bucket(Bucket="logs-abc123")
    s3_access_logs.deliver()
