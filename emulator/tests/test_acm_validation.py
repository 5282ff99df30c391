"""A certificate is issued for names that are proven, and stays while it is used."""

from typing import Any

import pytest

from tests.clock import compressed
from tests.conftest import Client
from tests.errors import error_of
from tests.rest_api import ZONE, certificate, prove, status, zone
from tests.zips import eventually

DOMAIN = f"api.{ZONE}"
OTHER = "elsewhere.example.test"
REGION = "us-east-2"


def request(client: Client, **given: Any) -> str:
    acm = client("acm", REGION)
    made = acm.request_certificate(DomainName=DOMAIN, ValidationMethod="DNS", **given)
    return str(made["CertificateArn"])


def test_it_waits_for_the_records_of_all_names(client: Client) -> None:
    hosted = zone(client)
    arn = request(client, SubjectAlternativeNames=[OTHER])
    with compressed(1000):
        prove(client, REGION, arn, hosted)
        looks = [status(client, REGION, arn) for _ in range(20)]
        assert set(looks) == {"PENDING_VALIDATION"}
        made = client("route53").create_hosted_zone(Name=OTHER, CallerReference=OTHER)
        prove(client, REGION, arn, made["HostedZone"]["Id"], within=OTHER)
        eventually(lambda: status(client, REGION, arn) == "ISSUED")


def test_it_takes_a_moment_after_the_records_are_there(client: Client) -> None:
    arn = request(client)
    prove(client, REGION, arn, zone(client))
    assert status(client, REGION, arn) == "PENDING_VALIDATION"
    with compressed(1000):
        eventually(lambda: status(client, REGION, arn) == "ISSUED")


@pytest.mark.parametrize("algorithm", ["RSA_2048", "EC_prime256v1", "EC_secp384r1"])
def test_the_key_is_of_the_kind_that_was_asked_for(client: Client, algorithm: str) -> None:
    arn = request(client, KeyAlgorithm=algorithm)
    described = client("acm", REGION).describe_certificate(CertificateArn=arn)["Certificate"]
    assert described["KeyAlgorithm"] == algorithm
    assert described["SubjectAlternativeNames"] == [DOMAIN]


def test_one_that_a_domain_uses_cannot_be_deleted(client: Client) -> None:
    acm, gateway = client("acm", REGION), client("apigateway", REGION)
    with compressed(50):
        arn = certificate(client, REGION, DOMAIN, zone(client))
    gateway.create_domain_name(
        domainName=DOMAIN,
        regionalCertificateArn=arn,
        endpointConfiguration={"types": ["REGIONAL"]},
    )
    used_by = acm.describe_certificate(CertificateArn=arn)["Certificate"]["InUseBy"]
    assert used_by == [f"arn:aws:apigateway:{REGION}::/domainnames/{DOMAIN}"]
    assert error_of(acm.delete_certificate, CertificateArn=arn)[0] == "ResourceInUseException"
    gateway.delete_domain_name(domainName=DOMAIN)
    acm.delete_certificate(CertificateArn=arn)
