"""A rotation: each step any number of times, refused where it must not be, and never a secret that nobody can log in with."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from lifeboat_dr.database import RdsDatabase
from lifeboat_dr.logs import logger
from lifeboat_dr.topology import Topology
from secret_rotation.credentials import AuroraCredentials, LoginRefused
from secret_rotation.rotation import Rotation, RotationRefused
from secret_rotation.versions import CURRENT, PENDING, PREVIOUS, Versions
from tests import fakes

pytestmark = pytest.mark.usefixtures("aws")

VERSION = "8c2f6a4e-2f5b-4c3e-9a37-d0a1c7f4b2e6"
FIRST = {"engine": "mysql", "username": "lifeboat_admin", "password": "first", "dbname": "ledger", "port": 3306}


@dataclass
class FakeCredentials:
    """A cluster that takes a new password some time after it was asked to, and lets in whoever knows the one in effect."""

    clock: fakes.FakeClock
    current_secret: Callable[[], str]
    password: str = "first"
    takes: int = 5_000
    shows_early: bool = False
    deaf: bool = False
    region: str = "us-east-1"
    writer: str = fakes.EAST
    moving: str | None = None
    error: ClientError | None = None
    asked: list[tuple[int, str]] = field(default_factory=list)

    def topology(self) -> Topology:
        return Topology("available", self.writer, (fakes.WEST,), self.moving)

    def set(self, password: str) -> None:
        self.asked.append((self.clock.now(), password))

    def settled(self) -> bool:
        return self.shows_early or not self.asked or self.clock.now() >= self.asked[-1][0] + self.takes

    def log_in(self, secret_arn: str) -> None:
        if self.error is not None:
            raise self.error
        for asked_at, password in self.asked:
            if not self.deaf and self.clock.now() >= asked_at + self.takes:
                self.password = password
        if self.password != self.current_secret():
            raise LoginRefused("aurora-cluster-primary-demo refuses the secret: BadRequestException")


@dataclass
class Ground:
    """A secret in moto with a version announced, a cluster, and a rotation of one to the other."""

    clock: fakes.FakeClock

    def __post_init__(self) -> None:
        self.client = boto3.client("secretsmanager", region_name="us-east-1")
        made = self.client.create_secret(Name="secret-database-demo", SecretString=json.dumps(FIRST))
        self.arn, self.first = made["ARN"], made["VersionId"]
        self.versions = Versions(self.client, self.arn)
        self.credentials = FakeCredentials(self.clock, lambda: str(self.current()["password"]))

    def current(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.client.get_secret_value(SecretId=self.arn, VersionStage=CURRENT)["SecretString"])
        return found

    def rotation(self, seconds: int = 285) -> Rotation:
        until = self.clock.now() + seconds * 1000
        return Rotation(self.versions, VERSION, self.credentials, self.clock, until, logger("test"))

    def rotate(self, times: int = 1) -> None:
        for step in ("create", "set", "test", "finish"):
            for _ in range(times):
                getattr(self.rotation(), step)()

    def labels(self) -> dict[str, list[str]]:
        return {version: sorted(labels) for version, labels in self.versions.labels().items()}

    def assert_everybody_can_log_in(self) -> None:
        self.credentials.log_in(self.arn)


@pytest.fixture
def ground(clock: fakes.FakeClock) -> Ground:
    return Ground(clock)


@pytest.mark.parametrize("times", [1, 2], ids=["once", "each step twice"])
def test_rotation(ground: Ground, times: int) -> None:
    ground.rotate(times)
    new = ground.current()
    assert new == {**FIRST, "password": new["password"]}
    assert len(str(new["password"])) == 32
    assert str(new["password"]).isalnum()
    assert CURRENT in ground.labels()[VERSION]
    assert PREVIOUS in ground.labels()[ground.first]
    assert {password for _, password in ground.credentials.asked} == {new["password"]}
    ground.assert_everybody_can_log_in()


@pytest.mark.parametrize("broken", ["create", "set", "test", "finish"])
def test_every_step_dies_and_the_rotation_is_repeated(ground: Ground, broken: str) -> None:
    """Secrets Manager begins again with the first step, with the same version."""
    for step in ("create", "set", "test", "finish"):
        getattr(ground.rotation(), step)()
        if step == broken:
            break
    ground.rotate()
    assert CURRENT in ground.labels()[VERSION]
    ground.assert_everybody_can_log_in()


def test_refused_while_another_region_writes(ground: Ground) -> None:
    ground.credentials.writer = fakes.WEST
    for step in ("create", "set"):
        with pytest.raises(RotationRefused, match="us-west-2 writes, not us-east-1: fail back first"):
            getattr(ground.rotation(), step)()
    assert ground.credentials.asked == []
    assert ground.current() == FIRST


def test_refused_while_roles_change(ground: Ground) -> None:
    ground.credentials.moving = fakes.WEST
    with pytest.raises(RotationRefused, match="changes roles"):
        ground.rotation().create()


def test_cluster_that_takes_too_long_is_left_to_the_next_try(ground: Ground) -> None:
    ground.credentials.takes = 600_000
    ground.rotation().create()
    with pytest.raises(RotationRefused, match="has not applied the new password"):
        ground.rotation().set()
    assert ground.current() == FIRST
    ground.clock.sleep(600_000)
    ground.credentials.takes = 5_000
    ground.rotate()
    ground.assert_everybody_can_log_in()


def test_password_that_takes_effect_later_than_it_seems(ground: Ground) -> None:
    """RDS calls the cluster settled before it is: a refused login is believed only after a minute."""
    ground.credentials.takes, ground.credentials.shows_early = 40_000, True
    ground.rotate()
    assert CURRENT in ground.labels()[VERSION]
    ground.assert_everybody_can_log_in()


def test_password_that_never_takes_effect_puts_the_labels_back(ground: Ground) -> None:
    ground.credentials.deaf = True
    for step in ("create", "set", "test"):
        getattr(ground.rotation(), step)()
    with pytest.raises(RotationRefused, match=f"version {ground.first} is current again"):
        ground.rotation().finish()
    assert ground.current() == FIRST
    assert PENDING in ground.labels()[VERSION], "the next try goes on with it"
    ground.assert_everybody_can_log_in()
    ground.credentials.deaf = False
    ground.rotate()
    ground.assert_everybody_can_log_in()


def test_no_answer_is_no_refusal(ground: Ground) -> None:
    """The password was set. Putting the old version back would lock everybody out."""
    for step in ("create", "set", "test"):
        getattr(ground.rotation(), step)()
    ground.credentials.error = fakes.aws_error("StatementTimeoutException")
    with pytest.raises(RotationRefused, match="nobody could log in"):
        ground.rotation(30).finish()
    assert CURRENT in ground.labels()[VERSION]
    ground.credentials.error = None
    ground.rotation().finish()
    ground.assert_everybody_can_log_in()


def test_version_that_differs_in_more_than_its_password(ground: Ground) -> None:
    ground.versions.add(VERSION, {**FIRST, "username": "somebody", "password": "second"})
    with pytest.raises(RotationRefused, match="differs from the current one in username"):
        ground.rotation().test()


def test_configuration_that_is_tried_without_rotating(ground: Ground) -> None:
    """Secrets Manager does so when rotation is switched on but not begun: a pending copy of the current version, this step alone."""
    ground.versions.add(VERSION, dict(FIRST))
    ground.rotation().test()
    assert ground.credentials.asked == []
    another = "9c2f6a4e-2f5b-4c3e-9a37-d0a1c7f4b2e6"
    ground.versions.add(another, {**FIRST, "more": 1})
    with pytest.raises(RotationRefused, match="differs from the current one in nothing"):
        replace(ground.rotation(), version=another).test()


def test_version_that_was_never_announced(ground: Ground) -> None:
    with pytest.raises(RotationRefused, match="not labelled AWSPENDING"):
        ground.rotation().test()
    with pytest.raises(RotationRefused, match="has no content"):
        ground.rotation().set()


def test_cluster_that_is_not_settled_is_not_tested(ground: Ground) -> None:
    ground.rotation().create()
    ground.credentials.set("x")
    with pytest.raises(RotationRefused, match="still applies a password"):
        ground.rotation().test()


def test_twin_was_quicker(ground: Ground) -> None:
    """Two workers make the version: the second goes on with what the first wrote."""
    with Stubber(ground.client) as stub:
        stub.add_client_error("put_secret_value", "ResourceExistsException")
        stub.add_response("get_secret_value", {"SecretString": json.dumps(FIRST)})
        ground.versions.add(VERSION, {**FIRST, "password": "another"})
        stub.add_client_error("put_secret_value", "ResourceExistsException")
        stub.add_client_error("get_secret_value", "ResourceNotFoundException")
        with pytest.raises(RuntimeError, match="neither exists nor can be made"):
            ground.versions.add(VERSION, FIRST)


def _aurora() -> AuroraCredentials:
    rds = boto3.client("rds", region_name="us-east-1")
    data = boto3.client("rds-data", region_name="us-east-1")
    return AuroraCredentials(rds, data, RdsDatabase(rds, "aurora-global-demo"), "aurora-cluster-primary-demo", fakes.EAST, "ledger")


def test_cluster_is_asked_for_the_password_and_nothing_else() -> None:
    aurora = _aurora()
    asked = {"DBClusterIdentifier": aurora.cluster, "MasterUserPassword": "second", "ApplyImmediately": True}
    described = {"DBClusterIdentifier": aurora.cluster}
    with Stubber(aurora.rds) as stub:
        stub.add_response("modify_db_cluster", {"DBCluster": {}}, asked)
        aurora.set("second")
        for state in (
            {"Status": "resetting-master-credentials"},
            {"Status": "available", "PendingModifiedValues": {"MasterUserPassword": "****"}},
        ):
            stub.add_response("describe_db_clusters", {"DBClusters": [state]}, described)
            assert aurora.settled() is False
        stub.add_response("describe_db_clusters", {"DBClusters": [{"Status": "available"}]}, described)
        assert aurora.settled() is True
        stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("code", "message", "refused"),
    [
        ("BadRequestException", "Access denied for user 'lifeboat_admin'@'10.0.0.1' (using password: YES)", True),
        ("BadRequestException", 'FATAL: password authentication failed for user "lifeboat_admin"', True),
        ("DatabaseUnavailableException", "the writer is not available", False),
        ("AccessDeniedException", "User is not authorized to perform: rds-data:ExecuteStatement", False),
    ],
)
def test_only_the_database_itself_refuses_a_login(code: str, message: str, refused: bool) -> None:
    aurora = _aurora()
    with Stubber(aurora.data) as stub:
        stub.add_client_error("execute_statement", code, message)
        with pytest.raises(LoginRefused if refused else ClientError):
            aurora.log_in("arn:aws:secret")
