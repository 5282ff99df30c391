"""GetSecretValue without a version reads the one labelled AWSCURRENT.

Moto goes on reading the version that bore the label before it was moved.
"""

from moto.secretsmanager.models import FakeSecret, SecretsManagerBackend


def install() -> None:
    """Wrap the moving of labels."""
    original = SecretsManagerBackend.update_secret_version_stage

    def update_secret_version_stage(
        self: SecretsManagerBackend,
        secret_id: str,
        version_stage: str,
        remove_from_version_id: str,
        move_to_version_id: str,
    ) -> tuple[str, str]:
        answer = original(
            self, secret_id, version_stage, remove_from_version_id, move_to_version_id
        )
        secret = self.secrets[secret_id]
        if version_stage == "AWSCURRENT" and move_to_version_id and isinstance(secret, FakeSecret):
            secret.set_default_version_id(move_to_version_id)
        return answer

    setattr(SecretsManagerBackend, "update_secret_version_stage", update_secret_version_stage)
