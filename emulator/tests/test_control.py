"""The emulator's own endpoints: health, reset, and the record of assumed roles."""

import pytest

from lifeboat_emulator.extensions import EXTENSIONS
from tests.conftest import Client
from tests.control_client import Control


def test_health_names_what_runs(control: Control) -> None:
    health = control.get("/health")
    assert health["status"] == "ok"
    assert health["moto"] == "5.2.5"
    assert health["extensions"] == [extension.name for extension in EXTENSIONS]


def test_reset_forgets_everything(client: Client, control: Control) -> None:
    client("sns").create_topic(Name="sns-alerts-abc123")
    client("sts").assume_role(
        RoleArn="arn:aws:iam::123456789012:role/plan", RoleSessionName="run-1"
    )
    control.reset()
    assert client("sns").list_topics()["Topics"] == []
    assert control.get("/sts/assumed") == {"assumed": []}
    assert control.leftovers() == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/reset", 405),
        ("POST", "/health", 405),
        ("DELETE", "/leftovers", 405),
    ],
)
def test_other_paths_and_methods_are_refused(
    control: Control, method: str, path: str, status: int
) -> None:
    assert control.status_of(method, path) == status


def test_a_bucket_cannot_hide_behind_the_control_path(client: Client) -> None:
    assert client("s3").list_buckets()["Buckets"] == []
