"""Names move: by the static switch of the standby region, and by a host that is dead."""

import time
from typing import Any

import pytest

from tests.clock import compressed
from tests.conftest import Client
from tests.control_client import Control
from tests.errors import error_of
from tests.test_cloudwatch_alarms import REGION, SWITCH, publish
from tests.zips import eventually

QUICK = 60
PRIMARY, SECONDARY = "primary.example.test", "secondary.example.test"
APP = "app.example.test"


class Failover:
    """The failover records of an application, their health checks and the switch's alarm."""

    def __init__(self, client: Client, control: Control, **endpoint: Any) -> None:
        self._control = control
        self.cloudwatch = client("cloudwatch", REGION)
        self.route53 = client("route53")
        for name, region in ((PRIMARY, "us-east-1"), (SECONDARY, REGION)):
            control.put(f"/applications/{name}", {"region": region})
        self.cloudwatch.put_metric_alarm(**SWITCH)
        settings = {"Type": "HTTPS", "RequestInterval": 10, "FailureThreshold": 2, **endpoint}
        self.endpoint = self.check(
            "endpoint", FullyQualifiedDomainName=PRIMARY, ResourcePath="/healthz", **settings
        )
        self.switch = self.check(
            "switch",
            Type="CLOUDWATCH_METRIC",
            AlarmIdentifier={"Region": REGION, "Name": "switch"},
            InsufficientDataHealthStatus="LastKnownStatus",
        )
        self.both = self.check(
            "both",
            Type="CALCULATED",
            ChildHealthChecks=[self.endpoint, self.switch],
            HealthThreshold=2,
        )
        self.zone = self.route53.create_hosted_zone(Name="example.test", CallerReference="z")[
            "HostedZone"
        ]["Id"]
        self.put(_record("PRIMARY", PRIMARY, HealthCheckId=self.both))
        self.put(_record("SECONDARY", SECONDARY))

    def check(self, reference: str, **config: Any) -> str:
        made = self.route53.create_health_check(CallerReference=reference, HealthCheckConfig=config)
        identifier: str = made["HealthCheck"]["Id"]
        return identifier

    def put(self, record: dict[str, Any]) -> None:
        change = {"Action": "UPSERT", "ResourceRecordSet": record}
        self.route53.change_resource_record_sets(
            HostedZoneId=self.zone, ChangeBatch={"Changes": [change]}
        )

    def leads_to(self, host: str) -> bool:
        answer = self._control.get(f"/dns?name={APP}&type=CNAME")
        return bool(answer["answers"] == [host])

    def until(self, host: str) -> float:
        """Emulated seconds until the name leads there."""
        started = time.monotonic()
        eventually(lambda: self.leads_to(host))
        return (time.monotonic() - started) * QUICK


def _record(role: str, host: str, **given: Any) -> dict[str, Any]:
    return {
        "Name": APP,
        "Type": "CNAME",
        "TTL": 20,
        "SetIdentifier": role.lower(),
        "Failover": role,
        "ResourceRecords": [{"Value": host}],
        **given,
    }


@pytest.fixture
def failover(client: Client, control: Control) -> Failover:
    return Failover(client, control)


def test_the_switch_moves_the_name_without_the_primary_region(
    failover: Failover, control: Control
) -> None:
    with compressed(QUICK):
        publish(failover.cloudwatch, 0)
        control.put("/regions/us-east-1", {"state": "down"})
        control.put(f"/applications/{PRIMARY}", {"region": "us-west-1"})
        assert failover.leads_to(PRIMARY)
        publish(failover.cloudwatch, 1)
        assert failover.until(SECONDARY) < 400
        # The metric falls silent: the switch stays as it was thrown.
        time.sleep(4)
        assert failover.leads_to(SECONDARY)
        publish(failover.cloudwatch, 0)
        failover.until(PRIMARY)


def test_the_state_of_the_alarm_does_not_throw_the_switch(failover: Failover) -> None:
    publish(failover.cloudwatch, 0)
    with compressed(QUICK):
        for _ in range(20):
            failover.cloudwatch.set_alarm_state(
                AlarmName="switch", StateValue="ALARM", StateReason="by hand"
            )
            time.sleep(0.05)
            assert failover.leads_to(PRIMARY)


def test_a_dead_host_moves_the_name_after_threshold_times_interval(
    failover: Failover, control: Control
) -> None:
    with compressed(QUICK):
        time.sleep(0.4)
        control.put("/regions/us-east-1", {"state": "down"})
        # Two failures of nearly all of sixteen checkers that ask each ten seconds.
        assert 5 <= failover.until(SECONDARY) < 180
        checks = {each["id"]: each for each in control.get("/health-checks")["health_checks"]}
        assert "could not connect" in checks[failover.endpoint]["why"]
        assert [checks[each]["healthy"] for each in (failover.switch, failover.both)] == [
            True,
            False,
        ]
        control.put("/regions/us-east-1", {"state": "up"})
        failover.until(PRIMARY)


def test_one_failure_is_below_a_threshold_of_two(failover: Failover, control: Control) -> None:
    with compressed(QUICK):
        # Down for less than an interval, so that no checker sees it twice in a row.
        flapping = {"up_seconds": 30, "down_seconds": 8}
        control.put(f"/applications/{PRIMARY}", {"region": "us-east-1", "flapping": flapping})
        until = time.monotonic() + 3
        while time.monotonic() < until:
            assert failover.leads_to(PRIMARY)


@pytest.mark.parametrize(
    "answer", [{"status": 503}, {"delay_ms": 2500}, {"body": "we are closed"}, None]
)
def test_what_an_endpoint_check_takes_for_a_failure(
    client: Client, control: Control, answer: dict[str, Any] | None
) -> None:
    settings = {"Type": "HTTPS_STR_MATCH", "SearchString": "ok", "FailureThreshold": 1}
    failover = Failover(client, control, **settings)
    if answer is None:
        assert control.status_of("DELETE", f"/applications/{PRIMARY}") == 200
    else:
        control.put(f"/applications/{PRIMARY}", {"region": "us-east-1", **answer})
    with compressed(QUICK):
        failover.until(SECONDARY)


def test_when_both_are_unhealthy_the_primary_is_served(
    failover: Failover, control: Control
) -> None:
    failover.put(_record("SECONDARY", SECONDARY, HealthCheckId=failover.switch))
    with compressed(QUICK):
        control.put("/regions/us-east-1", {"state": "down"})
        failover.until(SECONDARY)
        publish(failover.cloudwatch, 1)
        failover.until(PRIMARY)


def test_disabled_is_healthy_and_inverted_turns_it_round(failover: Failover) -> None:
    failover.route53.update_health_check(HealthCheckId=failover.both, Disabled=True)
    assert failover.leads_to(PRIMARY)
    failover.route53.update_health_check(HealthCheckId=failover.both, Inverted=True)
    assert failover.leads_to(SECONDARY)


def test_the_status_is_told_with_its_reason(failover: Failover, control: Control) -> None:
    control.put(f"/applications/{PRIMARY}", {"region": "us-east-1", "status": 418})

    def status() -> str:
        (observation,) = failover.route53.get_health_check_status(HealthCheckId=failover.endpoint)[
            "HealthCheckObservations"
        ]
        text: str = observation["StatusReport"]["Status"]
        return text

    with compressed(QUICK):
        eventually(lambda: "418" in status())
    code, _ = error_of(failover.route53.get_health_check_status, HealthCheckId=failover.both)
    assert code == "InvalidInput"


def test_the_status_is_a_metric_of_us_east_1(client: Client, failover: Failover) -> None:
    def points() -> Any:
        return client("cloudwatch").get_metric_statistics(
            Namespace="AWS/Route53",
            MetricName="HealthCheckStatus",
            Dimensions=[{"Name": "HealthCheckId", "Value": failover.endpoint}],
            StartTime=time.time() - 300,
            EndTime=time.time() + 60,
            Period=60,
            Statistics=["Minimum"],
        )["Datapoints"]

    with compressed(QUICK):
        (point, *_) = eventually(points)
    assert point["Minimum"] == 1
    assert failover.cloudwatch.list_metrics(Namespace="AWS/Route53")["Metrics"] == []


def test_the_answer_by_the_api(failover: Failover) -> None:
    answer = failover.route53.test_dns_answer(
        HostedZoneId=failover.zone, RecordName=APP, RecordType="A"
    )
    assert (answer["RecordType"], answer["RecordData"]) == ("CNAME", [PRIMARY])
    missing = failover.route53.test_dns_answer(
        HostedZoneId=failover.zone, RecordName=f"no.{APP}", RecordType="A"
    )
    assert (missing["ResponseCode"], missing["RecordData"]) == ("NXDOMAIN", [])
    code, _ = error_of(
        failover.route53.test_dns_answer, HostedZoneId="Z1", RecordName=APP, RecordType="A"
    )
    assert code == "NoSuchHostedZone"
