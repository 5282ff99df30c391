"""AWS's managed policies exist in every account.

Moto has them, but leaves them out unless told otherwise; a role could not attach one.
"""

import copy
import json
from functools import cache

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend


def install() -> None:
    """Give every account the policies."""
    setattr(IAMBackend, "_init_aws_policies", _managed_policies)


def _managed_policies(self: IAMBackend) -> list[AWSManagedPolicy]:
    # Copies, because a policy counts its attachments; what is in them nobody can change.
    return [copy.copy(policy) for policy in _prototypes(self.account_id, self.region_name)]


@cache
def _prototypes(account_id: str, region_name: str) -> list[AWSManagedPolicy]:
    return [
        AWSManagedPolicy.from_data(name, account_id, region_name, data)
        for name, data in json.loads(aws_managed_policies_data).items()
    ]
