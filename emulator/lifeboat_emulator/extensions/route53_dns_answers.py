"""TestDNSAnswer says what the name servers answer now; moto lacks the operation."""

from typing import Any

from moto.core.responses import ActionResult
from moto.route53 import urls
from moto.route53.exceptions import Route53ClientError
from moto.route53.responses import Route53

from lifeboat_emulator import dns

_PATH = r"{0}/(?P<api_version>[\d_-]+)/testdnsanswer$"


class NoSuchZoneError(Route53ClientError):
    """The zone of a question does not exist."""

    def __init__(self, zone_id: str) -> None:
        super().__init__("NoSuchHostedZone", f"No hosted zone found with ID: {zone_id}")


def install() -> None:
    """Add the operation and its path."""
    urls.url_paths.setdefault(_PATH, Route53.dispatch)
    setattr(Route53, "test_dns_answer", _test)


def _test(self: Route53) -> ActionResult:
    zone_id = self._get_param("HostedZoneId").removeprefix("/hostedzone/")
    zone = self.backend.zones.get(zone_id)
    if zone is None:
        raise NoSuchZoneError(zone_id)
    name, kind = self._get_param("RecordName"), self._get_param("RecordType")
    found = dns.answer(name, kind, zone)
    result: dict[str, Any] = {
        "Nameserver": (zone.delegation_set.name_servers if zone.delegation_set else [""])[0],
        "RecordName": name,
        "RecordType": found[0].type if found else kind,
        "RecordData": [value for each in found for value in each.values],
        "ResponseCode": "NOERROR" if found or dns.exists(name, zone) else "NXDOMAIN",
        "Protocol": "UDP",
    }
    return ActionResult(result)
