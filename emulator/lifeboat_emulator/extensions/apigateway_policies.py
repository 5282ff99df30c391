"""An API's own policy is told as AWS tells it: as text inside of text, escaped once more.

Moto tells it as it was given, which the provider cannot read.
"""

import json
from typing import Any

from moto.apigateway.models import RestAPI


def install() -> None:
    """Wrap the description of APIs."""
    original = RestAPI.to_dict

    def to_dict(self: RestAPI) -> dict[str, Any]:
        described = original(self)
        policy = described[RestAPI.PROP_POLICY]
        if policy:
            described[RestAPI.PROP_POLICY] = json.dumps(policy)[1:-1]
        return described

    setattr(RestAPI, "to_dict", to_dict)
