"""S3 replication: what is written here arrives there, what the rules say and nothing else."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.clock import compressed
from tests.conftest import Client
from tests.control_client import Control

SOURCE, TARGET = "s3-logs-primary-abc123", "s3-logs-secondary-abc123"
KEY = "arn:aws:kms:us-west-2:123456789012:key/1"


@pytest.fixture(autouse=True)
def _quick(control: Control) -> Iterator[None]:
    """A second of the emulator's is 20 ms."""
    with compressed(50):
        control.reset()
        yield


@pytest.fixture
def here(client: Client) -> Any:
    return client("s3", "us-east-1")


@pytest.fixture
def there(client: Client) -> Any:
    return client("s3", "us-west-2")


def rule(source: str, target: str, **more: Any) -> dict[str, Any]:
    destination = {
        "Bucket": f"arn:aws:s3:::{target}",
        "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}},
        **more.pop("Destination", {}),
    }
    return {
        "ID": "all",
        "Priority": 0,
        "Status": "Enabled",
        "Filter": {},
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
        "Destination": destination,
        **more,
    }


def connect(here: Any, there: Any, **more: Any) -> None:
    """Both buckets, each replicating to the other, as the profile has them."""
    here.create_bucket(Bucket=SOURCE)
    there.create_bucket(
        Bucket=TARGET, CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
    )
    for s3, own, other in ((here, SOURCE, TARGET), (there, TARGET, SOURCE)):
        s3.put_bucket_versioning(Bucket=own, VersioningConfiguration={"Status": "Enabled"})
        s3.put_bucket_replication(
            Bucket=own,
            ReplicationConfiguration={
                "Role": "arn:aws:iam::123456789012:role/replication",
                "Rules": [rule(own, other, **more)],
            },
        )


def eventually(look: Callable[[], Any]) -> Any:
    for _ in range(150):
        try:
            found = look()
        except ClientError:
            found = None
        if found:
            return found
        time.sleep(0.02)
    pytest.fail("it did not arrive")


def names(s3: Any, bucket: str) -> list[str]:
    return [each["Key"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def a_while() -> None:
    """Long enough for everything that would arrive."""
    time.sleep(0.15)


def test_an_object_arrives_with_all_that_belongs_to_it(here: Any, there: Any) -> None:
    encryption = {
        "EncryptionConfiguration": {"ReplicaKmsKeyID": KEY},
        "StorageClass": "STANDARD_IA",
    }
    connect(here, there, Destination=encryption)
    put = here.put_object(
        Bucket=SOURCE,
        Key="2026/a.log",
        Body=b"booked",
        Metadata={"kind": "log"},
        ContentType="text/plain",
        Tagging="class=audit",
        ServerSideEncryption="aws:kms",
    )
    head = here.head_object(Bucket=SOURCE, Key="2026/a.log")
    assert head["ReplicationStatus"] in ("PENDING", "COMPLETED")
    copy = eventually(lambda: there.get_object(Bucket=TARGET, Key="2026/a.log"))
    assert copy["Body"].read() == b"booked"
    assert copy["ETag"] == put["ETag"]
    assert copy["VersionId"] == put["VersionId"]
    assert copy["Metadata"] == {"kind": "log"}
    assert copy["ContentType"] == "text/plain"
    assert copy["SSEKMSKeyId"] == KEY
    assert copy["StorageClass"] == "STANDARD_IA"
    assert copy["ReplicationStatus"] == "REPLICA"
    tags = there.get_object_tagging(Bucket=TARGET, Key="2026/a.log")["TagSet"]
    assert tags == [{"Key": "class", "Value": "audit"}]
    head = here.head_object(Bucket=SOURCE, Key="2026/a.log")
    assert head["ReplicationStatus"] == "COMPLETED"


def test_a_replica_goes_no_further(here: Any, there: Any) -> None:
    connect(here, there)
    here.put_object(Bucket=SOURCE, Key="a", Body=b"1")
    eventually(lambda: names(there, TARGET))
    a_while()
    assert len(here.list_object_versions(Bucket=SOURCE)["Versions"]) == 1
    there.put_object(Bucket=TARGET, Key="b", Body=b"2")
    eventually(lambda: names(here, SOURCE) == ["a", "b"])


def test_deleting_is_replicated_and_deleting_a_version_is_not(here: Any, there: Any) -> None:
    connect(here, there)
    version = here.put_object(Bucket=SOURCE, Key="a", Body=b"1")["VersionId"]
    eventually(lambda: names(there, TARGET))
    here.delete_object(Bucket=SOURCE, Key="a")
    eventually(lambda: not names(there, TARGET))
    here.delete_object(Bucket=SOURCE, Key="a", VersionId=version)
    a_while()
    assert len(there.list_object_versions(Bucket=TARGET)["Versions"]) == 1


@pytest.mark.parametrize(
    ("more", "arrived"),
    [
        ({"Filter": {"Prefix": "logs/"}}, ["logs/a"]),
        ({"Filter": {"Tag": {"Key": "keep", "Value": "yes"}}}, ["b"]),
        (
            {"Filter": {"And": {"Prefix": "b", "Tags": [{"Key": "keep", "Value": "yes"}]}}},
            ["b"],
        ),
        ({"Status": "Disabled"}, []),
        (
            {"SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Disabled"}}},
            ["b", "logs/a"],
        ),
    ],
)
def test_rules_choose(here: Any, there: Any, more: dict[str, Any], arrived: list[str]) -> None:
    connect(here, there, **more)
    here.put_object(Bucket=SOURCE, Key="logs/a", Body=b"1")
    here.put_object(Bucket=SOURCE, Key="b", Body=b"1", Tagging="keep=yes")
    here.put_object(Bucket=SOURCE, Key="sealed", Body=b"1", ServerSideEncryption="aws:kms")
    a_while()
    found = [name for name in names(there, TARGET) if name != "sealed" or "Source" not in more]
    assert [name for name in found if name in ("b", "logs/a")] == arrived
    if "SourceSelectionCriteria" in more:
        assert "sealed" not in names(there, TARGET)


@pytest.mark.parametrize("region", ["us-east-1", "us-west-2"])
def test_a_dead_region_holds_copies_up(
    here: Any, there: Any, control: Control, region: str
) -> None:
    connect(here, there)
    here.put_object(Bucket=SOURCE, Key="a", Body=b"1")
    control.put(f"/regions/{region}", {"state": "down"})
    a_while()
    control.put(f"/regions/{region}", {"state": "up"})
    eventually(lambda: names(there, TARGET) == ["a"])


def test_what_cannot_be_copied_fails_and_is_counted(client: Client, here: Any, there: Any) -> None:
    connect(here, there)
    there.put_bucket_versioning(Bucket=TARGET, VersioningConfiguration={"Status": "Suspended"})
    here.put_object(Bucket=SOURCE, Key="a", Body=b"1")
    eventually(lambda: here.head_object(Bucket=SOURCE, Key="a")["ReplicationStatus"] == "FAILED")
    eventually(lambda: points(client, "us-east-1", "OperationsFailedReplication").count(1.0) == 1)


def points(client: Client, region: str, metric: str) -> list[float]:
    now = datetime.now(UTC)
    answer: Any = client("cloudwatch", region).get_metric_statistics(
        Namespace="AWS/S3",
        MetricName=metric,
        Dimensions=[
            {"Name": "SourceBucket", "Value": SOURCE},
            {"Name": "DestinationBucket", "Value": TARGET},
            {"Name": "RuleId", "Value": "all"},
        ],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=1),
        Period=1,
        Statistics=["Sum"],
    )
    return [point["Sum"] for point in answer["Datapoints"]]


def test_what_waits_shows_in_cloudwatch(
    client: Client, here: Any, there: Any, control: Control
) -> None:
    connect(here, there)
    eventually(lambda: points(client, "us-west-2", "ReplicationLatency"))
    assert set(points(client, "us-west-2", "OperationsPendingReplication")) == {0.0}
    assert points(client, "us-east-1", "ReplicationLatency") == []
