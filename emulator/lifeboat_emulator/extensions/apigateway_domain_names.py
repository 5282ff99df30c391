"""Custom domains: their certificate is checked, they can be updated, and go with their mappings.

Moto takes any certificate, has no update, gives every region the zone id of CloudFront, and keeps
the mappings of a domain that is gone.
"""

import json
from collections.abc import Mapping
from typing import Any

from moto.acm.models import acm_backends
from moto.apigateway.exceptions import BadRequestException, ConflictException
from moto.apigateway.models import APIGatewayBackend, DomainName
from moto.apigateway.responses import APIGatewayResponse
from moto.core.exceptions import JsonRESTError

from lifeboat_emulator.extensions.apigateway_patches import Field, apply, pointer

# The hosted zones of API Gateway's regional names, which alias records name.
_ZONES = {
    "ap-northeast-1": "Z1YSHQZHG15GKL",
    "ap-south-1": "Z3VO1THU9YC4UR",
    "ap-southeast-1": "ZL327KTPIQFUL",
    "ap-southeast-2": "Z2RPCDW04V8134",
    "ca-central-1": "Z19DQILCV0OWEC",
    "eu-central-1": "Z1U9ULNL0V5AJ3",
    "eu-north-1": "Z3UWIKFBOOGXPP",
    "eu-west-1": "ZLY8HYME6SFDD",
    "eu-west-2": "ZJ5UAJN8Y3Z2Q",
    "eu-west-3": "Z3KY65QIEKYHQQ",
    "sa-east-1": "ZCMLWB8V5SYIT",
    "us-east-1": "Z1UJRXOUMOOFQ8",
    "us-east-2": "ZOJJZC49E0EPZ",
    "us-west-1": "Z2MUQ32089INYE",
    "us-west-2": "Z2OJLYMUO9EFXC",
}
_REGIONAL = ["REGIONAL"]
_FIELDS = {
    "certificateArn": Field("certificate_arn"),
    "certificateName": Field("certificate_name"),
    "regionalCertificateArn": Field("regional_certificate_arn"),
    "regionalCertificateName": Field("regional_certificate_name"),
    "securityPolicy": Field("security_policy"),
}


def install() -> None:
    """Wrap creation, deletion and description; add the update."""
    _wrap_creation()
    _wrap_deletion()
    _wrap_description()
    setattr(APIGatewayResponse, "update_domain_name", _update)


def _wrap_creation() -> None:
    original = APIGatewayBackend.create_domain_name

    def create_domain_name(
        self: APIGatewayBackend, domain_name: str, *others: Any, **named: Any
    ) -> DomainName:
        if domain_name in self.domain_names:
            raise ConflictException("The domain name you provided already exists.")
        made = original(self, domain_name, *others, **named)
        try:
            _check_certificate(self, made)
        except JsonRESTError:
            del self.domain_names[domain_name]
            raise
        made.regional_hosted_zone_id = _ZONES.get(self.region_name, made.regional_hosted_zone_id)
        self.base_path_mappings.setdefault(domain_name, {})
        return made

    setattr(APIGatewayBackend, "create_domain_name", create_domain_name)


def _wrap_deletion() -> None:
    original = APIGatewayBackend.delete_domain_name

    def delete_domain_name(self: APIGatewayBackend, domain_name: str) -> None:
        original(self, domain_name)
        self.base_path_mappings.pop(domain_name, None)

    setattr(APIGatewayBackend, "delete_domain_name", delete_domain_name)


def _wrap_description() -> None:
    original = DomainName.to_json

    def to_json(self: DomainName) -> dict[str, Any]:
        described = original(self)
        if (self.endpoint_configuration or {}).get("types") == _REGIONAL:
            # A regional domain has no distribution.
            for name in ("distributionDomainName", "distributionHostedZoneId"):
                described.pop(name)
        return described

    setattr(DomainName, "to_json", to_json)


def _update(self: APIGatewayResponse) -> str:
    domain = self.backend.get_domain_name(pointer(self.path)[1])
    before = dict(domain.__dict__)
    for patch in self._get_param("patchOperations") or []:
        _patch(domain, patch)
    try:
        _check_certificate(self.backend, domain)
    except JsonRESTError:
        domain.__dict__.update(before)
        raise
    return json.dumps(domain.to_json())


def _patch(domain: DomainName, patch: Mapping[str, Any]) -> None:
    name, *rest = pointer(patch["path"])
    if name == "endpointConfiguration" and rest and rest[0] == "types":
        domain.endpoint_configuration = {"types": [patch["value"]]}
    else:
        apply(domain, [patch], _FIELDS)


def _check_certificate(backend: APIGatewayBackend, domain: DomainName) -> None:
    """A regional domain needs a certificate of its region that is issued, and for its name."""
    arn = domain.regional_certificate_arn
    if arn is None:
        return
    known = acm_backends[backend.account_id][backend.region_name]._certificates
    certificate = known.get(arn)
    if certificate is None:
        raise BadRequestException("The provided certificate does not exist.")
    certificate.check()
    if certificate.status != "ISSUED":
        raise BadRequestException("The provided certificate is not issued.")
    names = {certificate.common_name, *certificate.sans}
    wildcard = f"*.{domain.domain_name.split('.', 1)[-1]}"
    if not names & {domain.domain_name, wildcard}:
        raise BadRequestException(
            "The domain name to be created is not covered by the provided certificate."
        )
