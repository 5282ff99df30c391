"""A secret's replica keeps the KMS key it was given, and has its primary's policy to be read.

Moto reports the AWS-managed key for every replica, and refuses to tell a replica's policy, so that
the provider cannot look one up. It does not tell of a primary that it is one, and calls each
replica whose name is taken "simple".
"""

import json
from typing import Any

from moto.secretsmanager.models import FakeSecret, ReplicaSecret, SecretsManagerBackend


def install() -> None:
    """Wrap the creation, the description and the policies of replicas."""
    _keep_keys()
    _tell_primaries()
    _tell_policies()


def _keep_keys() -> None:
    original_create = FakeSecret.create_replicas
    original_to_dict = ReplicaSecret.to_dict

    def create_replicas(
        self: FakeSecret, replica_regions: list[dict[str, str]], force_overwrite: bool
    ) -> list[ReplicaSecret]:
        replicas = original_create(self, replica_regions, force_overwrite)
        for replica, given in zip(replicas, replica_regions, strict=True):
            if given.get("KmsKeyId"):
                replica.config["KmsKeyId"] = given["KmsKeyId"]
            if not replica.has_replica:
                replica.config["StatusMessage"] = (
                    f"Replication failed: Secret name {self.name} already exists "
                    f"in region {replica.region}."
                )
        return replicas

    def to_dict(self: ReplicaSecret) -> dict[str, Any]:
        return {**original_to_dict(self), "KmsKeyId": self.config["KmsKeyId"]}

    setattr(FakeSecret, "create_replicas", create_replicas)
    setattr(ReplicaSecret, "to_dict", to_dict)


def _tell_primaries() -> None:
    original = FakeSecret.to_dict

    def to_dict(self: FakeSecret) -> dict[str, Any]:
        told = original(self)
        return {**told, "PrimaryRegion": self.region} if self.replicas else told

    setattr(FakeSecret, "to_dict", to_dict)


def _tell_policies() -> None:
    original = SecretsManagerBackend.get_resource_policy

    def get_resource_policy(self: SecretsManagerBackend, secret_id: str) -> str:
        known = self.secrets.get(secret_id)
        if not isinstance(known, ReplicaSecret):
            return original(self, secret_id)
        told = {"ARN": known.arn, "Name": known.name}
        if known.source.policy is not None:
            told["ResourcePolicy"] = known.source.policy
        return json.dumps(told)

    setattr(SecretsManagerBackend, "get_resource_policy", get_resource_policy)
