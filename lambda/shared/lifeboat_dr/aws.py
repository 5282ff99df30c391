"""Clients with short timeouts, and what an AWS error means for a decision."""

from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

#: What a call to AWS may raise. `NotImplementedError` is none of them: it is a fault of a test double.
AwsError = (BotoCoreError, ClientError)


def quick(connect: float = 2, read: float = 3, attempts: int = 1) -> Config:
    """Configuration of a client that rather fails than holds up a probe; seconds, and calls in all."""
    return Config(
        connect_timeout=connect,
        read_timeout=read,
        retries={"total_max_attempts": attempts, "mode": "standard"},
    )


def error_code(error: BaseException) -> str:
    """AWS's code of an error, or the name of its class."""
    if isinstance(error, ClientError):
        detail: Any = error.response.get("Error", {})
        return str(detail.get("Code", "Unknown"))
    return type(error).__name__
