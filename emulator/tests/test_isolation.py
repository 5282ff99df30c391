"""The process cannot reach anything but this machine."""

import subprocess
import sys

import pytest

from lifeboat_emulator import isolation

PROBE = """
import os, socket, sys
from lifeboat_emulator import isolation
isolation.isolate()
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname()).close()
for attempt in (
    lambda: socket.socket().connect(("192.0.2.1", 80)),
    lambda: socket.getaddrinfo("example.net", 443),
    lambda: socket.gethostbyname("example.net"),
):
    try:
        attempt()
    except PermissionError as error:
        print(error)
"""


def test_only_loopback_can_be_connected_to_or_resolved() -> None:
    # In a process of its own: the guard cannot be taken off again.
    ended = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, timeout=30, check=True
    )
    assert ended.stdout.splitlines() == [
        "connecting to 192.0.2.1: the emulator stays on loopback",
        "resolving example.net: the emulator stays on loopback",
        "resolving example.net: the emulator stays on loopback",
    ]


def test_the_environment_loses_every_aws_setting() -> None:
    environment = {
        "AWS_ACCESS_KEY_ID": "real",
        "AWS_PROFILE": "production",
        "MOTO_ACCOUNT_ID": "1",
        "PATH": "/bin",
    }
    isolation.clear_environment(environment)
    assert environment == {
        "PATH": "/bin",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("bucket.localhost", True),
        ("10.0.0.1", False),
        ("rds.us-east-1.amazonaws.com", False),
        ("localhost.example.net", False),
    ],
)
def test_what_counts_as_this_machine(host: str, local: bool) -> None:
    assert isolation.is_local(host) is local
