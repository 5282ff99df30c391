"""Reading a function's environment variables, with errors that name the variable and the remedy."""

from collections.abc import Mapping
from dataclasses import dataclass


class SettingsError(ValueError):
    """A variable is missing or out of bounds; the message says which and what to set."""


@dataclass(frozen=True)
class Variables:
    """Environment variables, read by type."""

    values: Mapping[str, str]

    def text(self, name: str) -> str:
        """Value of a variable that must be there."""
        value = self.values.get(name, "").strip()
        if not value:
            raise SettingsError(f"{name} is not set: give the function this environment variable")
        return value

    def optional(self, name: str) -> str | None:
        """Value of a variable that may be missing or empty."""
        return self.values.get(name, "").strip() or None

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """Whole number within bounds; `default` when the variable is missing."""
        raw = self.optional(name)
        if raw is None:
            return default
        try:
            value = int(raw)
        except ValueError as error:
            raise SettingsError(f"{name} is {raw!r}: give a whole number") from error
        if not least <= value <= most:
            raise SettingsError(f"{name} is {value}: give {least} to {most}")
        return value


@dataclass(frozen=True)
class Place:
    """Which environment a function serves, and where its two halves lie."""

    environment_suffix: str
    primary_region: str
    standby_region: str
    state_table: str
    global_cluster: str
    primary_cluster: str
    standby_cluster: str
    alert_topic_arn: str

    @staticmethod
    def read(variables: Variables) -> "Place":
        """Read the variables all functions of the standby region share."""
        return Place(
            environment_suffix=variables.text("ENVIRONMENT_SUFFIX"),
            primary_region=variables.text("PRIMARY_REGION"),
            standby_region=variables.text("STANDBY_REGION"),
            state_table=variables.text("STATE_TABLE"),
            global_cluster=variables.text("GLOBAL_CLUSTER_IDENTIFIER"),
            primary_cluster=variables.text("PRIMARY_CLUSTER_IDENTIFIER"),
            standby_cluster=variables.text("STANDBY_CLUSTER_IDENTIFIER"),
            alert_topic_arn=variables.text("ALERT_TOPIC_ARN"),
        )
