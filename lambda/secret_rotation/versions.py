"""The secret's versions and their labels, as Secrets Manager keeps them. What stands in them is never logged."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifeboat_dr.aws import error_code

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

CURRENT, PENDING, PREVIOUS = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"

_LENGTH = 32


@dataclass(frozen=True)
class Versions:
    """The versions of one secret."""

    client: "SecretsManagerClient"
    secret_arn: str

    def labels(self) -> dict[str, list[str]]:
        """Labels by version; raises when the secret is not set up for rotation."""
        answer = self.client.describe_secret(SecretId=self.secret_arn)
        return answer.get("VersionIdsToStages", {})

    def with_label(self, label: str) -> str | None:
        """Version that bears a label, or None."""
        return next((version for version, labels in self.labels().items() if label in labels), None)

    def read(self, version: str) -> dict[str, object] | None:
        """Content of a version; None for one that was announced and has none yet."""
        try:
            answer = self.client.get_secret_value(SecretId=self.secret_arn, VersionId=version)
        except self.client.exceptions.ResourceNotFoundException:
            return None
        content: dict[str, object] = json.loads(answer["SecretString"])
        return content

    def add(self, version: str, content: dict[str, object]) -> None:
        """Give an announced version its content. One that has content keeps it: a twin was quicker, and both go on with that."""
        try:
            self.client.put_secret_value(
                SecretId=self.secret_arn,
                ClientRequestToken=version,
                SecretString=json.dumps(content),
                VersionStages=[PENDING],
            )
        except self.client.exceptions.ResourceExistsException as error:
            if self.read(version) is None:
                raise RuntimeError(f"version {version} neither exists nor can be made: {error_code(error)}") from error

    def make_current(self, version: str, instead_of: str) -> None:
        """Move the label that everybody reads by; the other version becomes the previous one."""
        self.client.update_secret_version_stage(
            SecretId=self.secret_arn, VersionStage=CURRENT, MoveToVersionId=version, RemoveFromVersionId=instead_of
        )

    def new_password(self) -> str:
        """Letters and digits only: every engine and every connection string takes them."""
        return self.client.get_random_password(PasswordLength=_LENGTH, ExcludePunctuation=True)["RandomPassword"]
