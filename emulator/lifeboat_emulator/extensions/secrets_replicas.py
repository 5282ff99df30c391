"""A secret's replica keeps the KMS key it was given, and says so in DescribeSecret.

Moto reports the AWS-managed key for every replica.
"""

from typing import Any

from moto.secretsmanager.models import FakeSecret, ReplicaSecret


def install() -> None:
    """Wrap the creation and the description of replicas."""
    original_create = FakeSecret.create_replicas
    original_to_dict = ReplicaSecret.to_dict

    def create_replicas(
        self: FakeSecret, replica_regions: list[dict[str, str]], force_overwrite: bool
    ) -> list[ReplicaSecret]:
        replicas = original_create(self, replica_regions, force_overwrite)
        for replica, given in zip(replicas, replica_regions, strict=True):
            if given.get("KmsKeyId"):
                replica.config["KmsKeyId"] = given["KmsKeyId"]
        return replicas

    def to_dict(self: ReplicaSecret) -> dict[str, Any]:
        return {**original_to_dict(self), "KmsKeyId": self.config["KmsKeyId"]}

    setattr(FakeSecret, "create_replicas", create_replicas)
    setattr(ReplicaSecret, "to_dict", to_dict)
