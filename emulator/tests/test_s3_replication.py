"""S3 replication: the whole configuration is read back."""

from typing import Any

import pytest

from tests.conftest import Client
from tests.errors import error_of

ROLE = "arn:aws:iam::123456789012:role/replication"
DESTINATION: dict[str, Any] = {
    "Bucket": "arn:aws:s3:::s3-logs-secondary-abc123",
    "StorageClass": "STANDARD_IA",
    "EncryptionConfiguration": {"ReplicaKmsKeyID": "arn:aws:kms:us-west-2:123456789012:key/1"},
    "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
    "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}},
}


def put(client: Client, *rules: dict[str, Any]) -> list[dict[str, Any]]:
    s3 = client("s3")
    s3.create_bucket(Bucket="s3-logs-primary-abc123")
    s3.put_bucket_versioning(
        Bucket="s3-logs-primary-abc123", VersioningConfiguration={"Status": "Enabled"}
    )
    s3.put_bucket_replication(
        Bucket="s3-logs-primary-abc123",
        ReplicationConfiguration={"Role": ROLE, "Rules": list(rules)},
    )
    answer = s3.get_bucket_replication(Bucket="s3-logs-primary-abc123")
    configuration = answer["ReplicationConfiguration"]
    assert configuration["Role"] == ROLE
    read: list[dict[str, Any]] = configuration["Rules"]
    return read


@pytest.mark.parametrize(
    "selection",
    [
        {"Prefix": ""},
        {"Prefix": "logs/"},
        {"Tag": {"Key": "kind", "Value": "log"}},
        {"And": {"Prefix": "logs/", "Tags": [{"Key": "kind", "Value": "log"}]}},
        {
            "And": {
                "Prefix": "",
                "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
            }
        },
    ],
)
def test_a_rule_is_read_back_as_it_was_put(client: Client, selection: dict[str, Any]) -> None:
    rule = {
        "ID": "everything",
        "Priority": 7,
        "Status": "Enabled",
        "Filter": selection,
        "SourceSelectionCriteria": {
            "SseKmsEncryptedObjects": {"Status": "Enabled"},
            "ReplicaModifications": {"Status": "Enabled"},
        },
        "ExistingObjectReplication": {"Status": "Enabled"},
        "Destination": DESTINATION,
        "DeleteMarkerReplication": {"Status": "Enabled"},
    }
    assert put(client, rule) == [rule]


def test_several_rules_keep_their_order(client: Client) -> None:
    rules = [
        {
            "ID": f"rule-{number}",
            "Priority": number,
            "Status": "Enabled",
            "Filter": {"Prefix": f"{number}/"},
            "Destination": {"Bucket": "arn:aws:s3:::s3-logs-secondary-abc123"},
            "DeleteMarkerReplication": {"Status": "Disabled"},
        }
        for number in (2, 1)
    ]
    assert put(client, *rules) == rules


def test_the_first_version_of_rules_has_a_prefix_and_no_priority(client: Client) -> None:
    rule = {
        "ID": "old",
        "Status": "Enabled",
        "Prefix": "logs/",
        "Destination": {"Bucket": "arn:aws:s3:::s3-logs-secondary-abc123"},
    }
    assert put(client, rule) == [rule]


def test_no_configuration_is_an_error_of_its_own(client: Client) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="s3-logs-primary-abc123")
    code, _ = error_of(s3.get_bucket_replication, Bucket="s3-logs-primary-abc123")
    assert code == "ReplicationConfigurationNotFoundError"
