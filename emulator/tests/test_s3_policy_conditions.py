"""Bucket policies: conditions decide whether a statement counts."""

import json
from typing import Any

import pytest

from tests.conftest import Client
from tests.errors import error_of

BUCKET = "data-abc123"


def deny(condition: dict[str, Any] | None) -> str:
    statement: dict[str, Any] = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
    }
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def s3(client: Client) -> Any:
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="one", Body=b"1")
    return s3


def test_a_tls_only_policy_lets_the_emulators_clients_in(s3: Any) -> None:
    policy = deny({"Bool": {"aws:SecureTransport": "false"}})
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy)
    assert s3.get_object(Bucket=BUCKET, Key="one")["Body"].read() == b"1"
    deleted = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "one"}]})
    assert [each["Key"] for each in deleted["Deleted"]] == ["one"]
    assert s3.get_bucket_policy(Bucket=BUCKET)["Policy"] == policy


@pytest.mark.parametrize("condition", [None, {"Bool": {"aws:SecureTransport": "true"}}])
def test_a_denial_that_holds_is_obeyed(s3: Any, condition: dict[str, Any] | None) -> None:
    s3.put_bucket_policy(Bucket=BUCKET, Policy=deny(condition))
    code, _ = error_of(s3.get_object, Bucket=BUCKET, Key="one")
    assert code == "403"
