"""Route 53 health checks: every field is kept, defaults are AWS's, versions are counted."""

from typing import Any

import pytest

from tests.conftest import Client
from tests.errors import error_of

HTTPS: dict[str, Any] = {
    "Type": "HTTPS",
    "FullyQualifiedDomainName": "primary.example.net",
    "ResourcePath": "/healthz",
    "RequestInterval": 10,
    "FailureThreshold": 1,
    "MeasureLatency": True,
    "Regions": ["us-east-1", "us-west-1", "us-west-2"],
}
METRIC: dict[str, Any] = {
    "Type": "CLOUDWATCH_METRIC",
    "AlarmIdentifier": {"Region": "us-west-2", "Name": "switch-abc123"},
    "InsufficientDataHealthStatus": "LastKnownStatus",
    "Inverted": True,
}


def create(route53: Any, config: dict[str, Any], reference: str = "one") -> Any:
    return route53.create_health_check(CallerReference=reference, HealthCheckConfig=config)[
        "HealthCheck"
    ]


def read(route53: Any, identifier: str) -> Any:
    return route53.get_health_check(HealthCheckId=identifier)["HealthCheck"]


@pytest.mark.parametrize("config", [HTTPS, METRIC])
def test_what_was_given_is_read_back(client: Client, config: dict[str, Any]) -> None:
    route53 = client("route53")
    created = create(route53, config)
    described = read(route53, created["Id"])["HealthCheckConfig"]
    assert config.items() <= described.items()
    (listed,) = route53.list_health_checks()["HealthChecks"]
    assert listed["HealthCheckConfig"] == described


@pytest.mark.parametrize(
    ("kind", "defaults"),
    [
        ("HTTP", {"Port": 80, "RequestInterval": 30, "FailureThreshold": 3, "EnableSNI": False}),
        ("HTTPS", {"Port": 443, "EnableSNI": True, "MeasureLatency": False, "Inverted": False}),
    ],
)
def test_defaults_of_endpoint_checks(client: Client, kind: str, defaults: dict[str, Any]) -> None:
    created = create(client("route53"), {"Type": kind, "FullyQualifiedDomainName": "a.example.net"})
    assert defaults.items() <= created["HealthCheckConfig"].items()


def test_a_metric_check_has_none_of_an_endpoints_settings(client: Client) -> None:
    config = create(client("route53"), METRIC)["HealthCheckConfig"]
    assert not {"Port", "RequestInterval", "FailureThreshold", "MeasureLatency"} & config.keys()


def test_a_calculated_check_keeps_its_children(client: Client) -> None:
    route53 = client("route53")
    children = [
        create(route53, config, reference)["Id"]
        for config, reference in ((HTTPS, "one"), (METRIC, "two"))
    ]
    created = create(
        route53,
        {"Type": "CALCULATED", "ChildHealthChecks": children, "HealthThreshold": 2},
        "three",
    )
    config = read(route53, created["Id"])["HealthCheckConfig"]
    assert config["ChildHealthChecks"] == children
    assert config["HealthThreshold"] == 2
    code, _ = error_of(
        route53.update_health_check, HealthCheckId=created["Id"], ChildHealthChecks=["nobody"]
    )
    assert code == "InvalidInput"


def test_updates_change_fields_and_count_versions(client: Client) -> None:
    route53 = client("route53")
    created = create(route53, HTTPS)
    assert created["HealthCheckVersion"] == 1
    updated = route53.update_health_check(
        HealthCheckId=created["Id"],
        HealthCheckVersion=1,
        FailureThreshold=3,
        Inverted=True,
        ResetElements=["Regions"],
    )["HealthCheck"]
    assert updated["HealthCheckVersion"] == 2
    config = read(route53, created["Id"])["HealthCheckConfig"]
    assert (config["FailureThreshold"], config["Inverted"]) == (3, True)
    assert config["ResourcePath"] == "/healthz"
    assert "Regions" not in config


def test_an_update_against_an_older_version_is_refused(client: Client) -> None:
    route53 = client("route53")
    identifier = create(route53, HTTPS)["Id"]
    route53.update_health_check(HealthCheckId=identifier, FailureThreshold=2)
    code, _ = error_of(
        route53.update_health_check,
        HealthCheckId=identifier,
        HealthCheckVersion=1,
        FailureThreshold=3,
    )
    assert code == "HealthCheckVersionMismatch"
    assert read(route53, identifier)["HealthCheckConfig"]["FailureThreshold"] == 2


def test_an_unknown_check_is_not_found(client: Client) -> None:
    code, _ = error_of(
        client("route53").update_health_check, HealthCheckId="nobody", FailureThreshold=2
    )
    assert code == "NoSuchHealthCheck"
