"""A replicated secret: the replica keeps its own KMS key, and tells its primary's policy."""

import json

from tests.conftest import Client

KEY = "arn:aws:kms:us-west-2:123456789012:key/11111111-2222-3333-4444-555555555555"


def test_the_replicas_key_is_read_back_in_both_regions(client: Client) -> None:
    primary, secondary = (
        client("secretsmanager", "us-east-1"),
        client("secretsmanager", "us-west-2"),
    )
    arn = primary.create_secret(
        Name="secret-db-abc123",
        SecretString="s3cret",
        AddReplicaRegions=[{"Region": "us-west-2", "KmsKeyId": KEY}],
    )["ARN"]
    (status,) = primary.describe_secret(SecretId=arn)["ReplicationStatus"]
    assert (status["Region"], status["KmsKeyId"], status["Status"]) == ("us-west-2", KEY, "InSync")
    replica = secondary.describe_secret(SecretId=arn.replace("us-east-1", "us-west-2"))
    assert replica["KmsKeyId"] == KEY
    assert replica["PrimaryRegion"] == "us-east-1"
    value = secondary.get_secret_value(SecretId=replica["ARN"])["SecretString"]
    assert value == "s3cret"


def test_a_replica_follows_and_both_name_the_primary(client: Client) -> None:
    secrets, replicas = client("secretsmanager"), client("secretsmanager", "us-west-2")
    arn = secrets.create_secret(Name="secret-db-abc123", SecretString="s3cret")["ARN"]
    assert "PrimaryRegion" not in secrets.describe_secret(SecretId=arn)
    secrets.replicate_secret_to_regions(SecretId=arn, AddReplicaRegions=[{"Region": "us-west-2"}])
    secrets.put_secret_value(SecretId=arn, SecretString="n3wer")
    primary = secrets.describe_secret(SecretId=arn)
    replica = replicas.describe_secret(SecretId=arn.replace("us-east-1", "us-west-2"))
    assert primary["PrimaryRegion"] == replica["PrimaryRegion"] == "us-east-1"
    assert primary["VersionIdsToStages"] == replica["VersionIdsToStages"]
    assert sorted(primary["VersionIdsToStages"].values()) == [["AWSCURRENT"], ["AWSPREVIOUS"]]


def test_a_name_that_is_taken_is_told_by_the_primary(client: Client) -> None:
    secrets, others = client("secretsmanager"), client("secretsmanager", "us-west-2")
    taken = others.create_secret(Name="secret-db-abc123", SecretString="another")["ARN"]
    arn = secrets.create_secret(
        Name="secret-db-abc123", SecretString="s3cret", AddReplicaRegions=[{"Region": "us-west-2"}]
    )["ARN"]
    (status,) = secrets.describe_secret(SecretId=arn)["ReplicationStatus"]
    assert status["Status"] == "Failed"
    assert "secret-db-abc123 already exists in region us-west-2" in status["StatusMessage"]
    assert "PrimaryRegion" not in others.describe_secret(SecretId=taken)


def test_without_a_key_it_is_the_managed_one(client: Client) -> None:
    secrets = client("secretsmanager")
    arn = secrets.create_secret(Name="secret-db-abc123", SecretString="s3cret")["ARN"]
    secrets.replicate_secret_to_regions(
        SecretId=arn, AddReplicaRegions=[{"Region": "us-west-2"}, {"Region": "eu-west-1"}]
    )
    statuses = secrets.describe_secret(SecretId=arn)["ReplicationStatus"]
    assert [status["KmsKeyId"] for status in statuses] == ["alias/aws/secretsmanager"] * 2


def test_a_replica_has_its_primarys_policy(client: Client) -> None:
    secrets, replicas = client("secretsmanager"), client("secretsmanager", "us-west-2")
    arn = secrets.create_secret(
        Name="secret-db-abc123", SecretString="s3cret", AddReplicaRegions=[{"Region": "us-west-2"}]
    )["ARN"]
    assert "ResourcePolicy" not in replicas.get_resource_policy(SecretId="secret-db-abc123")
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    secrets.put_resource_policy(SecretId=arn, ResourcePolicy=policy)
    told = replicas.get_resource_policy(SecretId="secret-db-abc123")
    assert (told["ResourcePolicy"], told["ARN"]) == (policy, arn.replace("us-east-1", "us-west-2"))
