"""The deep health check: only a region that can book is served."""

import json
from collections.abc import Iterator
from unittest.mock import MagicMock

import pytest
from botocore.exceptions import EndpointConnectionError

import payments.handler as handler
from lifeboat_dr.settings import SettingsError
from payments.log import LogUnavailable, S3TransactionLog, key_of
from tests.payments_world import PRIMARY, STANDBY, World, gone
from tests.test_handlers import context


def health(world: World) -> tuple[int, dict[str, object]]:
    return world.send("GET", "/health")


def test_the_writer_is_healthy_while_its_database_answers() -> None:
    world = World(PRIMARY)
    status, body = health(world)
    assert (status, body["role"], body["status"]) == (200, "writer", "ok")
    world.data.before = gone
    status, body = health(world)
    assert (status, body["status"]) == (503, "unavailable")


def test_a_primary_that_follows_is_not_served() -> None:
    world = World(PRIMARY)
    world.roles.writer = STANDBY
    status, body = health(world)
    assert (status, body["role"]) == (503, "follower")


@pytest.mark.parametrize(("lag", "status"), [(200.0, 200), (300_001.0, 503), (None, 503)])
def test_a_primary_that_follows_closely_is_alive_for_who_asks_that(lag: float | None, status: int) -> None:
    """A region of which the monitor said dead could never be failed back to."""
    world = World(PRIMARY)
    world.roles.writer, world.roles.lag = STANDBY, lag
    told, body = world.send("GET", "/health", queryStringParameters={"role": "any"})
    assert (told, body["role"]) == (status, "follower")
    assert world.send("GET", "/health", queryStringParameters={"role": "primary"})[0] == 503


def test_a_writer_that_does_not_answer_is_dead_for_everybody() -> None:
    world = World(PRIMARY)
    world.data.before = gone
    assert world.send("GET", "/health", queryStringParameters={"role": "any"})[0] == 503


@pytest.mark.parametrize(("lag", "status"), [(200.0, 200), (300_000.0, 200), (300_001.0, 503), (None, 503)])
def test_a_standby_is_ready_while_it_follows_closely(lag: float | None, status: int) -> None:
    world = World(STANDBY)
    world.roles.lag = lag
    told, body = health(world)
    assert (told, body["role"]) == (status, "standby")
    assert body["replication_lag_seconds"] == (None if lag is None else lag / 1000)


def test_a_promoted_standby_is_the_writer() -> None:
    world = World(STANDBY)
    world.roles.writer = STANDBY
    assert health(world)[1]["role"] == "writer"


def test_without_rds_the_database_itself_decides() -> None:
    world = World(PRIMARY)
    world.roles.silent = True
    status, body = health(world)
    assert status == 200
    assert "RDS did not answer" in str(body["detail"])
    world.data.before = gone
    assert health(world)[0] == 503


def test_a_lag_that_cannot_be_read_is_no_readiness() -> None:
    world = World(STANDBY)
    world.roles.points = gone  # type: ignore[assignment]
    assert health(world)[0] == 503


def test_many_checkers_ask_rds_once_in_a_while() -> None:
    world = World(PRIMARY)
    for _ in range(20):
        health(world)
    assert world.roles.asked == 1
    world.clock.sleep(11_000)
    health(world)
    assert world.roles.asked == 2


def test_many_checkers_of_a_standby_ask_cloudwatch_once_in_a_while() -> None:
    """Each question costs: asked for every check, it would cost more than the API."""
    world = World(STANDBY)
    for _ in range(20):
        health(world)
    assert world.roles.measured == 1
    world.clock.sleep(11_000)
    world.roles.lag = 300_001.0
    assert health(world)[0] == 503
    assert world.roles.measured == 2


@pytest.fixture
def deployed(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The function's variables, in a region whose cluster does not answer."""
    variables = {
        "ENVIRONMENT_SUFFIX": "demo",
        "REGION_ROLE": "primary",
        "CLUSTER_ARN": f"arn:aws:rds:{PRIMARY}:123456789012:cluster:aurora-cluster-primary-demo",
        "CLUSTER_IDENTIFIER": "aurora-cluster-primary-demo",
        "GLOBAL_CLUSTER_IDENTIFIER": "aurora-global-demo",
        "SECRET_ARN": f"arn:aws:secretsmanager:{PRIMARY}:123456789012:secret:payments-database-AbCdEf",
        "DATABASE_NAME": "payments",
        "TRANSACTION_LOG_BUCKET": "s3-transaction-logs-primary-demo",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    handler.wiring.cache_clear()
    yield
    handler.wiring.cache_clear()


@pytest.mark.usefixtures("deployed")
def test_the_entry_point_answers_api_gateway() -> None:
    answer = handler.handle({"httpMethod": "GET", "resource": "/health"}, context(15_000))
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert "RDS did not answer" in answer["body"]
    refused = handler.handle({"httpMethod": "POST", "resource": "/payments", "headers": {}, "body": "{}"}, context(15_000))
    assert refused["statusCode"] == 422


@pytest.mark.usefixtures("deployed")
def test_a_wrong_role_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGION_ROLE", "third")
    with pytest.raises(SettingsError, match="REGION_ROLE is 'third'"):
        handler.handle({"httpMethod": "GET", "resource": "/health"}, context(15_000))


def test_the_log_is_an_object_a_day_and_payment() -> None:
    world = World()
    world.book()
    (booked,) = world.objects.held.values()
    client = MagicMock()
    S3TransactionLog(client, "s3-transaction-logs-primary-demo").write(booked)
    sent = client.put_object.call_args.kwargs
    assert sent["Key"] == key_of(booked)
    assert json.loads(sent["Body"])["amount"] == "12.34"
    client.put_object.side_effect = EndpointConnectionError(endpoint_url="https://s3")
    with pytest.raises(LogUnavailable, match="EndpointConnectionError"):
        S3TransactionLog(client, "s3-transaction-logs-primary-demo").write(booked)
