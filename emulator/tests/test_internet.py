"""The emulated internet, as a function's process sees it."""

import http.client
import os
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Any

import pytest

from lifeboat_emulator import internet, timing
from lifeboat_emulator.hosts import Request
from tests.conftest import Client
from tests.control_client import Control

HOST = "primary.example.test"


def get(host: str = HOST, *, trusted: bool = True, timeout: float = 5) -> tuple[int, str]:
    """Status and body of an HTTPS request, made as a function makes it."""
    given = internet.environment()
    context = ssl.create_default_context(cafile=given["SSL_CERT_FILE"] if trusted else None)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({"https": given["HTTPS_PROXY"]}),
        urllib.request.HTTPSHandler(context=context),
    )
    try:
        with opener.open(f"https://{host}/healthz", timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def place(control: Control, **given: Any) -> Any:
    return control.put(f"/applications/{HOST}", {"region": "us-east-1", **given})


def test_a_process_reaches_an_application_by_its_environment_alone(control: Control) -> None:
    place(control, body="here")
    program = f"import urllib.request as r; print(r.urlopen('https://{HOST}/').read().decode())"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": os.environ["PATH"], **control.get("/internet")["environment"]},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout.strip() == "here"


def test_the_certificate_is_for_that_host_and_of_that_authority(control: Control) -> None:
    place(control)
    assert get() == (200, "ok\n")
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        get(trusted=False)


def test_an_application_answers_what_it_was_told(control: Control) -> None:
    place(control, status=503, body="closed")
    assert get() == (503, "closed")
    place(control, delay_ms=300)
    started = time.monotonic()
    assert get()[0] == 200
    assert time.monotonic() - started >= 0.3
    with pytest.raises(TimeoutError):
        get(timeout=0.1)


def test_hosts_of_a_dead_region_and_hosts_that_are_not_there_refuse(control: Control) -> None:
    place(control)
    control.put("/regions/us-east-1", {"state": "down"})
    with pytest.raises(urllib.error.URLError, match="connection refused"):
        get()
    control.put("/regions/us-east-1", {"state": "up"})
    assert get()[0] == 200
    with pytest.raises(urllib.error.URLError, match="does not resolve"):
        get("nobody.example.test")


def test_a_region_that_dies_ends_open_tunnels(control: Control) -> None:
    place(control)
    given = internet.environment()
    context = ssl.create_default_context(cafile=given["SSL_CERT_FILE"])
    proxy = given["HTTPS_PROXY"].removeprefix("http://")
    connection = http.client.HTTPSConnection(proxy, timeout=5, context=context)
    connection.set_tunnel(HOST, 443)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"ok\n"
    control.put("/regions/us-east-1", {"state": "down"})
    connection.request("GET", "/")
    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()
    connection.close()


def test_a_name_of_a_hosted_zone_leads_to_the_application(client: Client, control: Control) -> None:
    place(control, body="here")
    route53 = client("route53")
    zone = route53.create_hosted_zone(Name="example.test", CallerReference="z")["HostedZone"]["Id"]
    record = {
        "Name": "app.example.test",
        "Type": "CNAME",
        "TTL": 20,
        "ResourceRecords": [{"Value": HOST}],
    }
    route53.change_resource_record_sets(
        HostedZoneId=zone,
        ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]},
    )
    assert get("app.example.test") == (200, "here")


def test_a_flapping_application_answers_by_turns(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(control, flapping={"up_seconds": 10, "down_seconds": 5})
    found = internet.host(HOST)
    assert isinstance(found, internet.Application)
    seen = []
    for passed in (0, 9, 11, 14, 16, 26):
        monkeypatch.setattr(timing, "emulated", lambda at=passed: found.placed_at + at)
        answer = found.ask(Request(HOST))
        seen.append(answer and answer.status)
    assert seen == [200, 200, 503, 503, 200, 503]


def test_applications_are_listed_checked_and_removed(control: Control) -> None:
    placed = place(control)
    assert (placed["answers"], placed["region"]) == (True, "us-east-1")
    assert control.get("/applications") == {"applications": [placed]}
    assert control.get(f"/applications/{HOST}") == placed
    for wrong in (
        {},
        {"region": "moon-1"},
        {"region": "us-east-1", "status": 99},
        {"region": "us-east-1", "colour": "red"},
        {"region": "us-east-1", "flapping": {"up_seconds": 1}},
    ):
        assert control.status_of("PUT", f"/applications/{HOST}", wrong) == 400
    assert control.status_of("DELETE", f"/applications/{HOST}") == 200
    assert control.status_of("GET", f"/applications/{HOST}") == 404
