"""The id of a hosted zone begins with Z, which profiles check before they take one."""

from typing import Any

from moto.moto_api._internal import mock_random
from moto.route53 import models

_LENGTH = 20


def install() -> None:
    """Replace the function moto makes the ids with."""

    def zone_id(*_arguments: Any, **_keywords: Any) -> str:
        letters = (mock_random.choice(models.ROUTE53_ID_CHOICE) for _ in range(_LENGTH))
        return "Z" + "".join(letters)

    setattr(models, "create_route53_zone_id", zone_id)
