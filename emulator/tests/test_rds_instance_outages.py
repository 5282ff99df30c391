"""A standby whose instances failed: seen by everybody, and nobody can fail over to it."""

from typing import Any

import pytest

from tests.conftest import Client
from tests.control_client import Control
from tests.data_plane import Pair, pair
from tests.errors import error_of

STANDBY = "/clusters/us-west-2/secondary-abc123"


@pytest.fixture
def both(client: Client, control: Control) -> Pair:
    return pair(client, control)


def statuses(rds: Any) -> list[str]:
    return [each["DBInstanceStatus"] for each in rds.describe_db_instances()["DBInstances"]]


def test_a_standby_without_instances_is_seen_and_takes_nothing_over(both: Pair) -> None:
    both.control.put(STANDBY, {"instances": "failed"})
    assert statuses(both.database.secondary) == ["failed", "failed"]
    assert statuses(both.database.primary) == ["available", "available"]
    for move in (both.fail_over, lambda: both.switch_over(both.database.secondary_arn)):
        code, message = error_of(move)
        assert code == "InvalidDBClusterStateFault"
        assert "no DB instance" in message
    shown = both.control.put(STANDBY, {"instances": "available"})
    assert set(shown["instances"].values()) == {"available"}
    assert not shown["writes"]
    both.switch_over(both.database.secondary_arn)
    both.until_available()
    assert both.control.get(STANDBY)["writes"]


def test_its_storage_goes_on_following(both: Pair) -> None:
    both.lag(0)
    both.control.put(STANDBY, {"instances": "failed"})
    both.primary.run("create table t (id bigint not null primary key)")
    both.primary.run("insert into t (id) values (1)")
    both.control.put(STANDBY, {"instances": "available"})
    both.switch_over(both.database.secondary_arn)
    both.until_available()
    assert both.secondary.rows("select id from t") == [[1]]


def test_what_makes_no_sense_is_refused(both: Pair) -> None:
    writer = "/clusters/us-east-1/primary-abc123"
    assert both.control.status_of("PUT", writer, {"instances": "failed"}) == 409
    assert both.control.status_of("PUT", writer, {"instances": "available"}) == 200
    assert both.control.status_of("PUT", STANDBY, {"instances": "gone"}) == 400
    assert both.control.status_of("PUT", "/clusters/us-west-2/nobody", {}) == 404
    assert both.control.status_of("GET", "/clusters/us-wset-2/secondary-abc123") == 404
