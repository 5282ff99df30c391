"""Custom domains of API Gateway: certificates, zones, updates, and what goes with them."""

from typing import Any

import pytest

from tests.clock import compressed
from tests.conftest import Client
from tests.errors import error_of
from tests.rest_api import ZONE, Api, certificate, zone

DOMAIN = f"api.{ZONE}"


def create(client: Client, region: str, arn: str, **given: Any) -> Any:
    return client("apigateway", region).create_domain_name(
        domainName=DOMAIN,
        regionalCertificateArn=arn,
        endpointConfiguration={"types": ["REGIONAL"]},
        **given,
    )


@pytest.mark.parametrize(
    ("region", "hosted_zone"), [("us-east-1", "Z1UJRXOUMOOFQ8"), ("us-east-2", "ZOJJZC49E0EPZ")]
)
def test_each_region_has_a_zone_of_its_own(client: Client, region: str, hosted_zone: str) -> None:
    with compressed(50):
        made = create(client, region, certificate(client, region, DOMAIN, zone(client)))
    assert made["regionalHostedZoneId"] == hosted_zone
    assert made["regionalDomainName"].endswith(f".execute-api.{region}.amazonaws.com")
    assert "distributionDomainName" not in made
    assert client("apigateway", region).get_base_path_mappings(domainName=DOMAIN)["items"] == []


def test_a_certificate_must_be_issued_here_and_for_this_name(client: Client) -> None:
    hosted = zone(client)
    gateway = client("apigateway", "us-east-2")
    pending = client("acm", "us-east-2").request_certificate(
        DomainName=DOMAIN, ValidationMethod="DNS"
    )
    with compressed(50):
        foreign = certificate(client, "us-east-1", DOMAIN, hosted)
        other = certificate(client, "us-east-2", f"other.{ZONE}", hosted)
        wildcard = certificate(client, "us-east-2", f"*.{ZONE}", hosted)
    for arn in (pending["CertificateArn"], foreign, other):
        given = {"domainName": DOMAIN, "regionalCertificateArn": arn}
        assert error_of(gateway.create_domain_name, **given)[0] == "BadRequestException"
    assert gateway.get_domain_names()["items"] == []
    create(client, "us-east-2", wildcard)
    again = {"domainName": DOMAIN, "regionalCertificateArn": wildcard}
    assert error_of(gateway.create_domain_name, **again)[0] == "ConflictException"


def test_certificate_and_tags_change_in_place(client: Client) -> None:
    gateway = client("apigateway")
    hosted = zone(client)
    with compressed(50):
        first, second = (certificate(client, "us-east-1", DOMAIN, hosted) for _ in range(2))
    create(client, "us-east-1", first, tags={"a": "1", "b": "2"}, securityPolicy="TLS_1_0")
    patches = [
        {"op": "replace", "path": "/regionalCertificateArn", "value": second},
        {"op": "replace", "path": "/securityPolicy", "value": "TLS_1_2"},
    ]
    gateway.update_domain_name(domainName=DOMAIN, patchOperations=patches)
    wrong = [{"op": "replace", "path": "/regionalCertificateArn", "value": f"{second}0"}]
    refused = error_of(gateway.update_domain_name, domainName=DOMAIN, patchOperations=wrong)
    assert refused[0] == "BadRequestException"
    arn = f"arn:aws:apigateway:us-east-1::/domainnames/{DOMAIN}"
    gateway.tag_resource(resourceArn=arn, tags={"c": "3"})
    gateway.untag_resource(resourceArn=arn, tagKeys=["a"])
    found = gateway.get_domain_name(domainName=DOMAIN)
    assert (found["regionalCertificateArn"], found["securityPolicy"]) == (second, "TLS_1_2")
    assert found["tags"] == gateway.get_tags(resourceArn=arn)["tags"] == {"b": "2", "c": "3"}


def test_what_a_domain_leads_to_stays(client: Client) -> None:
    api = Api(client)
    api.deploy()
    with compressed(50):
        api.serve(DOMAIN, zone(client))
    stage = {"restApiId": api.id, "stageName": "live"}
    assert error_of(api.gateway.delete_stage, **stage)[0] == "BadRequestException"
    assert error_of(api.gateway.delete_rest_api, restApiId=api.id)[0] == "BadRequestException"
    api.gateway.delete_domain_name(domainName=DOMAIN)
    api.gateway.delete_stage(**stage)
    api.gateway.delete_rest_api(restApiId=api.id)
