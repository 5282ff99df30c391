"""The operators' switch against changes of roles: an SSM parameter of the standby region."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


class KillSwitch(Protocol):
    """The operators' switch against failovers and failbacks."""

    def armed(self) -> bool:
        """Whether roles may change; raises when that cannot be read."""
        ...


@dataclass(frozen=True)
class SsmKillSwitch:
    """An SSM parameter: `armed`, and anything else means no change of roles."""

    client: "SSMClient"
    parameter: str

    def armed(self) -> bool:
        """Whether the parameter says `armed`."""
        answer = self.client.get_parameter(Name=self.parameter)
        return answer["Parameter"].get("Value", "").strip() == "armed"
