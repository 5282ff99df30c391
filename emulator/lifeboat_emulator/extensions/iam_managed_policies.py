"""AWS's managed policies exist in every account.

Moto has them, but leaves them out unless told otherwise; a role could not attach one.
"""

import json
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend


def install() -> None:
    """Give every account the policies."""
    setattr(IAMBackend, "_init_aws_policies", _managed_policies)


def _managed_policies(self: IAMBackend) -> list[AWSManagedPolicy]:
    return [
        AWSManagedPolicy.from_data(name, self.account_id, self.region_name, data)
        for name, data in _parsed().items()
    ]


@cache
def _parsed() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(aws_managed_policies_data)
    return parsed
