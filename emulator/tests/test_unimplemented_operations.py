"""An operation that is missing fails at once, in the shape the caller's protocol expects."""

import json
import logging
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.conftest import Client
from tests.control_client import Control
from tests.errors import error_of

# One operation of each protocol that moto 5.2.5 lacks.
MISSING: list[tuple[str, str, dict[str, Any]]] = [
    ("rds", "describe_db_major_engine_versions", {}),
    ("ec2", "describe_fast_launch_images", {}),
    ("kms", "describe_custom_key_stores", {}),
    ("lambda", "get_runtime_management_config", {"FunctionName": "monitor"}),
    ("cloudwatch", "put_anomaly_detector", {}),
    ("devicefarm", "list_projects", {}),
    ("arc-zonal-shift", "list_zonal_shifts", {}),
    ("iam", "get_organizations_access_report", {"JobId": "1" * 36}),
]


@pytest.mark.parametrize(("service", "operation", "arguments"), MISSING)
def test_the_error_names_service_and_operation_and_is_logged_once(
    client: Client,
    caplog: pytest.LogCaptureFixture,
    service: str,
    operation: str,
    arguments: dict[str, Any],
) -> None:
    rds = client(service, "us-west-2")
    with caplog.at_level(logging.WARNING, "lifeboat_emulator"):
        code, message = error_of(getattr(rds, operation), **arguments)
    name = rds.meta.method_to_api_mapping[operation]
    assert code == "NotImplemented"
    assert name in message
    (record,) = [each for each in caplog.records if "not implemented" in each.message]
    assert name in record.message
    assert "us-west-2" in record.message


def test_a_fault_of_the_emulator_itself_is_no_outage(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from moto.rds.models import RDSBackend

    def broken(*_arguments: Any, **_keywords: Any) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(RDSBackend, "describe_db_clusters", broken)
    with caplog.at_level(logging.ERROR, "lifeboat_emulator"):
        code, message = error_of(client("rds").describe_db_clusters)
    assert code == "EmulatorFault"
    assert "a bug" in message
    assert any(record.exc_info for record in caplog.records)


def test_cbor_callers_are_answered_in_cbor(endpoint: str, control: Control) -> None:
    request = urllib.request.Request(
        f"{endpoint}/service/GraniteServiceVersion20100801/operation/PutAnomalyDetector",
        data=b"\xa0",
        headers={
            "Smithy-Protocol": "rpc-v2-cbor",
            "Content-Type": "application/cbor",
            "Authorization": "AWS4-HMAC-SHA256 Credential=test/20250101/us-west-2/monitoring/"
            "aws4_request, SignedHeaders=host, Signature=0",
        },
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code == 400
    assert caught.value.headers["Smithy-Protocol"] == "rpc-v2-cbor"
    assert b"NotImplemented" in caught.value.read()


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/2015-03-31/no-such-thing"), ("PATCH", "/2015-03-31/functions/monitor")],
)
def test_a_rest_request_without_an_operation_is_no_empty_404(
    endpoint: str, control: Control, method: str, path: str
) -> None:
    request = urllib.request.Request(
        f"{endpoint}{path}",
        method=method,
        headers={
            "Authorization": "AWS4-HMAC-SHA256 Credential=test/20250101/us-west-2/lambda/"
            "aws4_request, SignedHeaders=host, Signature=0",
        },
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code == 400
    assert json.load(caught.value)["__type"] == "NotImplemented"


def test_missing_resources_still_answer_as_aws_does(client: Client) -> None:
    code, _ = error_of(client("s3").get_bucket_tagging, Bucket="nobodys")
    assert code == "NoSuchBucket"
    code, _ = error_of(client("lambda").get_function, FunctionName="nobodys")
    assert code == "ResourceNotFoundException"
