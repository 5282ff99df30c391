"""KMS: a key behind an ``alias/aws/…`` is managed by AWS."""

from tests.conftest import Client


def test_the_manager_of_a_key_is_told(client: Client) -> None:
    kms = client("kms")
    managed = kms.describe_key(KeyId="alias/aws/rds")["KeyMetadata"]
    own = kms.create_key()["KeyMetadata"]
    assert managed["KeyManager"] == "AWS"
    assert kms.describe_key(KeyId=managed["KeyId"])["KeyMetadata"]["KeyManager"] == "AWS"
    assert own["KeyManager"] == "CUSTOMER"
