"""RDS parameter groups: what a person set is shown as such, and can be reset."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Client
from tests.errors import error_of

NAME = "params-abc123"
SET = [
    {"ParameterName": "require_secure_transport", "ParameterValue": "ON"},
    {"ParameterName": "long_query_time", "ParameterValue": "1"},
]


class Group:
    def __init__(self, rds: Any, kind: str) -> None:
        cluster = kind == "cluster"
        middle = "db_cluster" if cluster else "db"
        key = "DBClusterParameterGroupName" if cluster else "DBParameterGroupName"
        name = {key: NAME}
        self.describe: Callable[..., Any] = lambda **given: getattr(
            rds, f"describe_{middle}_parameters"
        )(**{**name, **given})["Parameters"]
        self.modify: Callable[..., Any] = lambda **given: getattr(
            rds, f"modify_{middle}_parameter_group"
        )(**name, **given)
        self.reset: Callable[..., Any] = lambda **given: getattr(
            rds, f"reset_{middle}_parameter_group"
        )(**name, **given)
        self.key = key
        getattr(rds, f"create_{middle}_parameter_group")(
            **name, DBParameterGroupFamily="aurora-mysql8.0", Description="for a test"
        )
        self.modify(Parameters=[{**each, "ApplyMethod": "pending-reboot"} for each in SET])


@pytest.fixture(params=["cluster", "instance"])
def group(request: pytest.FixtureRequest, client: Client) -> Group:
    return Group(client("rds"), request.param)


def test_parameters_are_shown_with_value_method_and_source(group: Group) -> None:
    shown = {each["ParameterName"]: each for each in group.describe(Source="user")}
    assert shown.keys() == {each["ParameterName"] for each in SET}
    for each in SET:
        assert shown[each["ParameterName"]]["ParameterValue"] == each["ParameterValue"]
        assert shown[each["ParameterName"]]["ApplyMethod"] == "pending-reboot"
        assert shown[each["ParameterName"]]["Source"] == "user"
    assert group.describe(Source="engine-default") == []


def test_one_or_all_can_be_reset(group: Group) -> None:
    group.reset(Parameters=[{"ParameterName": "long_query_time", "ApplyMethod": "immediate"}])
    assert [each["ParameterName"] for each in group.describe()] == ["require_secure_transport"]
    group.reset(ResetAllParameters=True)
    assert group.describe() == []


def test_an_unknown_group_is_not_found(group: Group) -> None:
    code, _ = error_of(group.describe, **{group.key: "nobody"})
    assert code == "DBParameterGroupNotFound"
