"""Names: routing policies, aliases, wildcards, and the face on UDP."""

from typing import Any

import pytest
from dnslib import RCODE, DNSRecord

from lifeboat_emulator import dns_server
from tests.conftest import Client
from tests.control_client import Control


@pytest.fixture
def zone(client: Client) -> "Zone":
    return Zone(client("route53"))


class Zone:
    def __init__(self, route53: Any) -> None:
        self._route53 = route53
        self.id = route53.create_hosted_zone(Name="example.test", CallerReference="z")[
            "HostedZone"
        ]["Id"].rsplit("/")[-1]

    def put(self, name: str, kind: str, *values: str, **given: Any) -> None:
        record: dict[str, Any] = {"Name": f"{name}.example.test", "Type": kind, **given}
        if values:
            record["ResourceRecords"] = [{"Value": value} for value in values]
            record["TTL"] = 30
        change = {"Action": "UPSERT", "ResourceRecordSet": record}
        self._route53.change_resource_record_sets(
            HostedZoneId=self.id, ChangeBatch={"Changes": [change]}
        )

    def unhealthy(self) -> str:
        """The id of a check that is never healthy."""
        config = {"Type": "TCP", "IPAddress": "192.0.2.1", "Port": 1, "Disabled": True}
        made = self._route53.create_health_check(
            CallerReference="never", HealthCheckConfig={**config, "Inverted": True}
        )
        identifier: str = made["HealthCheck"]["Id"]
        return identifier


def ask(control: Control, name: str, kind: str = "A") -> Any:
    return control.get(f"/dns?name={name}.example.test&type={kind}")


def test_a_chain_of_names_is_followed(zone: Zone, control: Control) -> None:
    zone.put("app", "CNAME", "primary.example.test")
    zone.put("primary", "A", "192.0.2.7")
    answer = ask(control, "app")
    assert (answer["answers"], answer["type"], answer["ttl"]) == (
        ["primary.example.test"],
        "CNAME",
        30,
    )
    assert answer["chain"] == [["primary.example.test"], ["192.0.2.7"]]
    assert ask(control, "app", "CNAME")["chain"] == [["primary.example.test"]]


def test_a_wildcard_stands_for_what_has_no_record(zone: Zone, control: Control) -> None:
    zone.put("*", "A", "192.0.2.1")
    zone.put("known", "TXT", '"here"')
    assert ask(control, "any")["answers"] == ["192.0.2.1"]
    assert ask(control, "known")["answers"] == []


def test_weights_and_health_decide_together(zone: Zone, control: Control) -> None:
    zone.put("w", "A", "192.0.2.1", SetIdentifier="a", Weight=0)
    zone.put("w", "A", "192.0.2.2", SetIdentifier="b", Weight=10)
    never = zone.unhealthy()
    zone.put("w", "A", "192.0.2.3", SetIdentifier="c", Weight=200, HealthCheckId=never)
    assert {tuple(ask(control, "w")["answers"]) for _ in range(20)} == {("192.0.2.2",)}


def test_unhealthy_values_are_left_out_of_many(zone: Zone, control: Control) -> None:
    zone.put("m", "A", "192.0.2.1", SetIdentifier="a", MultiValueAnswer=True)
    zone.put("m", "A", "192.0.2.2", SetIdentifier="b", MultiValueAnswer=True)
    never = zone.unhealthy()
    zone.put("m", "A", "192.0.2.3", SetIdentifier="c", MultiValueAnswer=True, HealthCheckId=never)
    assert ask(control, "m")["answers"] == ["192.0.2.1", "192.0.2.2"]


def test_an_alias_follows_the_health_of_what_it_leads_to(zone: Zone, control: Control) -> None:
    zone.put("east", "A", "192.0.2.1", SetIdentifier="e", Weight=1, HealthCheckId=zone.unhealthy())
    zone.put("west", "A", "192.0.2.2")
    for role, target in (("PRIMARY", "east"), ("SECONDARY", "west")):
        alias = {
            "HostedZoneId": zone.id,
            "DNSName": f"{target}.example.test",
            "EvaluateTargetHealth": True,
        }
        zone.put("app", "A", SetIdentifier=role, Failover=role, AliasTarget=alias)
    answer = ask(control, "app")
    assert (answer["answers"], answer["set_identifier"]) == (["192.0.2.2"], "SECONDARY")


@pytest.mark.parametrize(
    ("target", "answered"),
    [
        ("front.{region}.elb.amazonaws.com", "SECONDARY"),
        # Route 53 does not say that it looks at these.
        ("d-abc123.execute-api.{region}.amazonaws.com", "PRIMARY"),
    ],
)
def test_an_alias_to_an_aws_endpoint_is_as_healthy_as_its_region(
    zone: Zone, control: Control, target: str, answered: str
) -> None:
    for role, region in (("PRIMARY", "us-east-1"), ("SECONDARY", "us-west-2")):
        alias = {
            "HostedZoneId": "Z1UJRXOUMOOFQ8",
            "DNSName": target.format(region=region),
            "EvaluateTargetHealth": True,
        }
        zone.put("api", "A", SetIdentifier=role, Failover=role, AliasTarget=alias)
    assert ask(control, "api")["set_identifier"] == "PRIMARY"
    control.put("/regions/us-east-1", {"state": "down"})
    assert ask(control, "api")["set_identifier"] == answered


def test_the_longest_zone_answers(client: Client, zone: Zone, control: Control) -> None:
    zone.put("deep.inner", "A", "192.0.2.1")
    inner = client("route53").create_hosted_zone(Name="inner.example.test", CallerReference="i")
    assert inner["HostedZone"]["Id"]
    assert ask(control, "deep.inner")["answers"] == []


def test_names_of_no_zone_and_bad_questions(control: Control) -> None:
    assert control.get("/dns?name=nobody.test")["answers"] == []
    assert control.status_of("GET", "/dns") == 400


def test_a_stuck_name_leads_where_it_led_until_it_is_released(
    client: Client, zone: Zone, control: Control
) -> None:
    zone.put("app", "A", "192.0.2.1")
    held = control.put("/dns/app.example.test", {"stuck": True})
    zone.put("app", "A", "192.0.2.2")
    assert ask(control, "app")["answers"] == ["192.0.2.1"]
    assert str(_question("app.example.test").rr[0].rdata) == "192.0.2.1"
    asked = {"HostedZoneId": zone.id, "RecordName": "app.example.test", "RecordType": "A"}
    # The name servers know better than the resolvers.
    assert client("route53").test_dns_answer(**asked)["RecordData"] == ["192.0.2.2"]
    # Broken twice it stays as it was the first time.
    assert control.put("/dns/app.example.test", {"stuck": True}) == held
    assert control.get("/dns/APP.example.test") == held
    control.put("/dns/app.example.test", {"stuck": False})
    assert ask(control, "app")["answers"] == ["192.0.2.2"]
    assert control.get("/dns/app.example.test") == {"name": "app.example.test.", "stuck": False}


def test_nothing_is_stuck_after_a_reset_and_only_what_is_there(
    zone: Zone, control: Control
) -> None:
    zone.put("app", "A", "192.0.2.1")
    control.put("/dns/app.example.test", {"stuck": True})
    control.reset()
    assert not control.get("/dns/app.example.test")["stuck"]
    assert control.status_of("PUT", "/dns/app.example.test", {"stuck": True}) == 404
    assert control.status_of("PUT", "/dns/app.example.test", {"stuck": "yes"}) == 400


def test_over_udp(zone: Zone, control: Control) -> None:
    control.put("/applications/primary.example.test", {"region": "us-east-1"})
    zone.put("app", "CNAME", "primary.example.test")
    alias, address = _question("app.example.test").rr
    assert str(alias.rdata) == "primary.example.test."
    assert str(address.rdata).startswith("198.18.")
    alias_of_a_host = {
        "HostedZoneId": "Z1UJRXOUMOOFQ8",
        "DNSName": "primary.example.test",
        "EvaluateTargetHealth": False,
    }
    zone.put("api", "A", AliasTarget=alias_of_a_host)
    (answer,) = _question("api.example.test").rr
    assert str(answer.rdata) == str(address.rdata)
    assert _question("nobody.example.test").header.rcode == RCODE.NXDOMAIN
    zone.put("broken", "A", "no address")
    assert _question("broken.example.test").header.rcode == RCODE.SERVFAIL


def _question(name: str) -> Any:
    port = dns_server.port()
    return DNSRecord.parse(DNSRecord.question(name).send("127.0.0.1", port, timeout=5))
