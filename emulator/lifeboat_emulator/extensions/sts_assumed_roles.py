"""AssumeRole requests are remembered, so that tests can look at what a caller really sent.

Moto lets any role, external id and session policy pass; `control` shows this record.
"""

from dataclasses import asdict, dataclass
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import iso_8601_datetime_with_milliseconds
from moto.sts.responses import TokenResponse
from werkzeug.wrappers import Request

from lifeboat_emulator import control

_KEPT = 1000


@dataclass(frozen=True)
class AssumedRole:
    """One AssumeRole request. The policy itself is kept: tests judge how narrow it is."""

    role_arn: str
    session_name: str
    external_id: str | None
    session_policy: str | None
    policy_arns: tuple[str, ...]
    duration_seconds: int | None
    region: str
    at: str


_assumed: list[AssumedRole] = []


def install() -> None:
    """Wrap AssumeRole."""
    original = TokenResponse.assume_role

    def assume_role(self: TokenResponse) -> ActionResult:
        answer = original(self)
        duration = self._get_param("DurationSeconds")
        _assumed.append(
            AssumedRole(
                role_arn=self._get_param("RoleArn"),
                session_name=self._get_param("RoleSessionName"),
                external_id=self._get_param("ExternalId"),
                session_policy=self._get_param("Policy"),
                policy_arns=tuple(
                    each["arn"] for each in self._get_param("PolicyArns") or [] if "arn" in each
                ),
                duration_seconds=None if duration is None else int(duration),
                region=self.region,
                at=iso_8601_datetime_with_milliseconds(),
            )
        )
        del _assumed[:-_KEPT]
        return answer

    setattr(TokenResponse, "assume_role", assume_role)
    control.route("GET", "/sts/assumed", _answer)


def _answer(_request: Request) -> dict[str, Any]:
    """The requests since the last reset, oldest first; the last thousand are kept."""
    return {"assumed": [asdict(each) for each in _assumed]}


def reset() -> None:
    """Forget them."""
    _assumed.clear()
