"""The keys behind ``alias/aws/…`` are AWS's, not the customer's."""

from moto.kms.models import KmsBackend


def install() -> None:
    """Mark the keys moto makes when such an alias is first used."""
    original = KmsBackend._generate_default_keys

    def generate_default_keys(self: KmsBackend, alias_name: str) -> str | None:
        key_id = original(self, alias_name)
        if key_id is not None:
            self.keys[key_id].key_manager = "AWS"
        return key_id

    setattr(KmsBackend, "_generate_default_keys", generate_default_keys)
