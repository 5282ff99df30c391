"""Route 53 hosted zones: ids as AWS makes them."""

import re

from tests.conftest import Client


def test_ids_begin_with_z_and_differ(client: Client) -> None:
    route53 = client("route53")
    ids = {
        route53.create_hosted_zone(Name="example.net", CallerReference=reference)["HostedZone"][
            "Id"
        ]
        for reference in ("one", "two")
    }
    assert len(ids) == 2
    assert all(re.fullmatch(r"/hostedzone/Z[A-Z0-9]{10,31}", each) for each in ids)
