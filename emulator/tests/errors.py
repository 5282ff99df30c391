"""Checks of the error a call is answered with."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError


def error_of(call: Callable[..., Any], **arguments: Any) -> tuple[str, str]:
    """Code and message of the error `call` must end in."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert 400 <= caught.value.response["ResponseMetadata"]["HTTPStatusCode"] < 500
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]
