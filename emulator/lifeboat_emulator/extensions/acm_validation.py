"""A certificate is issued once the records that prove its names are in a zone, and not before.

Moto issues every certificate after a minute, whatever the zones hold, makes RSA keys alone, and
deletes a certificate that a custom domain uses.
"""

from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from moto.acm.models import AWSCertificateManagerBackend, CertBundle, acm_backends
from moto.acm.responses import AWSCertificateManagerResponse
from moto.apigateway.models import apigateway_backends
from moto.core.exceptions import AWSError
from moto.core.responses import ActionResult

from lifeboat_emulator import dns, timing

_SEEN = "lifeboat_validated_at"
# How long ACM takes after the record can be seen: some minutes, shortened as all waiting is here.
_SECONDS = 2.0
_CURVES: dict[str, type[ec.EllipticCurve]] = {
    "EC_prime256v1": ec.SECP256R1,
    "EC_secp384r1": ec.SECP384R1,
}


class _InUseError(AWSError):
    TYPE = "ResourceInUseException"


def install() -> None:
    """Replace the wait, and wrap requests, descriptions and deletions."""
    _wrap_check()
    _wrap_requests()
    _guard_deletion()


def _wrap_check() -> None:
    original = CertBundle.check

    def check(self: CertBundle) -> None:
        region = self.arn.split(":")[3]
        self.in_use_by[:] = _users(self.arn, region)
        if self.type != "AMAZON_ISSUED" or self.status != "PENDING_VALIDATION":
            original(self)
            return
        if not _is_proven(self):
            self.__dict__.pop(_SEEN, None)
            return
        seen_at = self.__dict__.setdefault(_SEEN, timing.emulated())
        if timing.emulated() - seen_at >= _SECONDS:
            self.status = "ISSUED"

    setattr(CertBundle, "check", check)


def _is_proven(certificate: CertBundle) -> bool:
    """Whether the zones hold each record that was asked for."""
    options = certificate.describe()["Certificate"]["DomainValidationOptions"]
    return all(_is_there(option["ResourceRecord"]) for option in options)


def _is_there(record: dict[str, str]) -> bool:
    try:
        answers = dns.answer(record["Name"], record["Type"])
    except dns.NoSuchNameError:
        return False
    wanted = record["Value"].rstrip(".")
    return any(value.rstrip(".") == wanted for each in answers for value in each.values)


def _users(arn: str, region: str) -> list[str]:
    """The custom domains of API Gateway that use a certificate."""
    account = arn.split(":")[4]
    domains = apigateway_backends[account][region].domain_names.values()
    return [
        f"arn:aws:apigateway:{region}::/domainnames/{domain.domain_name}"
        for domain in domains
        if arn in (domain.regional_certificate_arn, domain.certificate_arn)
    ]


def _wrap_requests() -> None:
    original = AWSCertificateManagerResponse.request_certificate

    def request_certificate(self: AWSCertificateManagerResponse) -> ActionResult:
        curve = _CURVES.get(self._get_param("KeyAlgorithm") or "")
        answer = original(self)
        if curve is not None:
            arn = answer.result["CertificateArn"]  # type: ignore[index]
            known = acm_backends[self.current_account][self.region]._certificates
            _give_key(known[arn], ec.generate_private_key(curve()))
        return answer

    setattr(AWSCertificateManagerResponse, "request_certificate", request_certificate)


def _give_key(certificate: CertBundle, key: ec.EllipticCurvePrivateKey) -> None:
    """Another key, and a certificate for it that says the same."""
    made = certificate._cert
    builder = x509.CertificateBuilder(
        issuer_name=made.issuer,
        subject_name=made.subject,
        public_key=key.public_key(),
        serial_number=made.serial_number,
        not_valid_before=made.not_valid_before_utc,
        not_valid_after=made.not_valid_after_utc,
        extensions=list(made.extensions),
    )
    certificate._cert = builder.sign(key, hashes.SHA384())
    certificate._key = key
    certificate.cert = certificate._cert.public_bytes(serialization.Encoding.PEM)
    certificate.key = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _guard_deletion() -> None:
    original = AWSCertificateManagerBackend.delete_certificate

    def delete_certificate(self: AWSCertificateManagerBackend, arn: str) -> None:
        users: list[Any] = _users(arn, self.region_name) if arn in self._certificates else []
        if users:
            raise _InUseError(f"Certificate {arn} is in use by {', '.join(users)}.")
        original(self, arn)

    setattr(AWSCertificateManagerBackend, "delete_certificate", delete_certificate)
