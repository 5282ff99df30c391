"""A region that is taken down: nobody answers there, whatever the service; the others go on."""

import time
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from lifeboat_emulator import regions
from tests.conftest import Client
from tests.control_client import Control


def fails(call: object, **arguments: object) -> int:
    with pytest.raises(ClientError) as caught:
        call(**arguments)  # type: ignore[operator]
    assert caught.value.response["Error"]["Code"] in ("ServiceUnavailable", "503")
    return int(caught.value.response["ResponseMetadata"]["HTTPStatusCode"])


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("rds", "describe_db_clusters"),
        ("ec2", "describe_vpcs"),
        ("s3", "list_buckets"),
        ("dynamodb", "list_tables"),
        ("lambda", "list_functions"),
        ("cloudwatch", "describe_alarms"),
        ("sts", "get_caller_identity"),
        ("iam", "list_roles"),
        ("route53", "list_hosted_zones"),
    ],
)
def test_a_dead_us_east_1_takes_its_control_planes_along(
    client: Client, control: Control, service: str, operation: str
) -> None:
    call = getattr(client(service, "us-east-1"), operation)
    control.put("/regions/us-east-1", {"state": "down"})
    assert fails(call) == 503
    control.put("/regions/us-east-1", {"state": "up"})
    assert call()["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize("service", ["iam", "route53"])
def test_global_control_planes_stand_in_us_east_1_whoever_signs(
    client: Client, control: Control, service: str
) -> None:
    operation = {"iam": "list_roles", "route53": "list_hosted_zones"}[service]
    call = getattr(client(service, "us-west-2"), operation)
    control.put("/regions/us-east-1", {"state": "down"})
    assert fails(call) == 503
    control.put("/regions/us-east-1", {"state": "up"})
    control.put("/regions/us-west-2", {"state": "down"})
    assert call()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_other_regions_and_the_control_endpoints_go_on(client: Client, control: Control) -> None:
    control.put("/regions/us-east-1", {"state": "down"})
    client("sts", "us-west-2").get_caller_identity()
    client("rds", "us-west-2").describe_db_clusters()
    assert control.get("/leftovers")["count"] == 0


def test_a_presigned_address_of_a_dead_region_fails(client: Client, control: Control) -> None:
    address = client("sts").generate_presigned_url("get_caller_identity")
    assert "X-Amz-Credential" in address
    assert control.status_of_address(address) == 200
    control.put("/regions/us-east-1", {"state": "down"})
    assert control.status_of_address(address) == 503


def test_states_are_listed_and_a_reset_brings_all_back(control: Control) -> None:
    put = control.put("/regions/us-west-2", {"state": "down"})
    assert put["state"] == "down"
    listed = control.get("/regions")["regions"]
    assert listed["us-west-2"] == {"state": "down", "since": put["since"]}
    assert listed["us-east-1"] == {"state": "up"}
    control.reset()
    assert control.get("/regions")["regions"]["us-west-2"] == {"state": "up"}


def test_watchers_hear_of_changes_only(control: Control) -> None:
    heard: list[tuple[str, bool]] = []

    def watcher(region: str, down: bool) -> None:
        heard.append((region, down))

    regions.watch(watcher)
    for state in ("down", "down", "up", "up"):
        control.put("/regions/eu-west-1", {"state": state})
    assert heard == [("eu-west-1", True), ("eu-west-1", False)]


def eventually(what: Callable[[], bool]) -> None:
    for _ in range(250):
        if what():
            return
        time.sleep(0.02)
    pytest.fail("it did not happen")


QUICK = {"state": "flapping", "down_seconds": 0.05, "up_seconds": 0.05}


def test_a_flapping_region_goes_down_and_up_and_ends_up_by_itself(control: Control) -> None:
    heard: list[bool] = []

    def watcher(region: str, down: bool) -> None:
        if region == "eu-west-2":
            heard.append(down)

    regions.watch(watcher)
    put = control.put("/regions/eu-west-2", {**QUICK, "times": 3})
    assert put["state"] == "down"
    assert put["flapping"] == {"times_left": 3}
    eventually(lambda: control.get("/regions")["regions"]["eu-west-2"] == {"state": "up"})
    assert heard == [True, False] * 3
    time.sleep(0.2)
    assert len(heard) == 6


@pytest.mark.parametrize("state", ["up", "down"])
def test_a_region_that_is_set_flaps_no_more(control: Control, state: str) -> None:
    control.put("/regions/us-west-2", {**QUICK, "times": 20})
    assert control.put("/regions/us-west-2", {"state": state})["state"] == state
    time.sleep(0.2)
    shown = control.get("/regions")["regions"]["us-west-2"]
    assert (shown["state"], "flapping" in shown) == (state, False)


def test_no_flapping_survives_a_reset(control: Control) -> None:
    control.put("/regions/us-west-2", {**QUICK, "times": 20})
    control.reset()
    time.sleep(0.2)
    assert control.get("/regions")["regions"]["us-west-2"] == {"state": "up"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"times": 0},
        {"times": 21},
        {"times": True},
        {"times": 1.5},
        {"down_seconds": 0},
        {"up_seconds": "long"},
        {"up_seconds": 601},
    ],
)
def test_flapping_that_makes_no_sense_changes_nothing(
    control: Control, wrong: dict[str, object]
) -> None:
    control.put("/regions/us-west-2", {"state": "down"})
    assert control.status_of("PUT", "/regions/us-west-2", {**QUICK, **wrong}) == 400
    assert control.get("/regions")["regions"]["us-west-2"]["state"] == "down"


@pytest.mark.parametrize(
    ("region", "body", "status"),
    [
        ("us-esat-1", {"state": "down"}, 404),
        ("us-east-1", {"state": "gone"}, 400),
        ("us-east-1", {}, 400),
    ],
)
def test_what_makes_no_sense_is_refused(
    control: Control, region: str, body: dict[str, str], status: int
) -> None:
    assert control.status_of("PUT", f"/regions/{region}", body) == status
