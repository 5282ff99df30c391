"""One live emulator for the session, emptied before each test; boto3 clients that talk to it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from botocore.config import Config

from lifeboat_emulator import dns_server, server, timing
from tests.control_client import Control

Client = Callable[..., Any]


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    timing.configure(transition_seconds=0.2)
    dns_server.listen(0)
    with server.start("127.0.0.1", 0) as running:
        yield running.url


@pytest.fixture
def control(endpoint: str) -> Control:
    control = Control(endpoint)
    control.reset()
    return control


@pytest.fixture(scope="session")
def session() -> Any:
    """Shared, because it keeps the models of the services it has read."""
    return boto3.session.Session()


@pytest.fixture
def client(endpoint: str, control: Control, session: Any) -> Iterator[Client]:
    """`client("rds", "us-west-2")`: retries are off, so that a fault shows as what it is."""
    with ExitStack() as clients:

        def make(service: str, region: str = "us-east-1") -> Any:
            made = session.client(
                service,
                region_name=region,
                endpoint_url=endpoint,
                aws_access_key_id="test",
                aws_secret_access_key="test",
                config=Config(retries={"total_max_attempts": 1}),
            )
            clients.callback(made.close)
            return made

        yield make
