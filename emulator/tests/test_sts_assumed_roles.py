"""AssumeRole: what a caller sent can be looked at."""

import json

from tests.conftest import Client
from tests.control_client import Control

ROLE = "arn:aws:iam::123456789012:role/lifeboat-plan"
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "rds:*", "Resource": "*"}],
    }
)


def test_everything_about_the_request_is_recorded(client: Client, control: Control) -> None:
    client("sts", "us-west-2").assume_role(
        RoleArn=ROLE,
        RoleSessionName="run-42",
        ExternalId="team-7",
        Policy=POLICY,
        PolicyArns=[{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
        DurationSeconds=900,
    )
    (assumed,) = control.get("/sts/assumed")["assumed"]
    assert assumed.pop("at").endswith("Z")
    assert assumed == {
        "role_arn": ROLE,
        "session_name": "run-42",
        "external_id": "team-7",
        "session_policy": POLICY,
        "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
        "duration_seconds": 900,
        "region": "us-west-2",
    }


def test_what_was_not_sent_is_null(client: Client, control: Control) -> None:
    client("sts").assume_role(RoleArn=ROLE, RoleSessionName="run-42")
    (assumed,) = control.get("/sts/assumed")["assumed"]
    assert assumed["external_id"] is None
    assert assumed["session_policy"] is None
    assert assumed["policy_arns"] == []


def test_the_credentials_act_as_the_role(client: Client, control: Control) -> None:
    credentials = client("sts").assume_role(RoleArn=ROLE, RoleSessionName="run-42")["Credentials"]
    assert credentials["AccessKeyId"].startswith("ASIA")
    assert credentials["SessionToken"]
    # A role that was assumed is not something a profile left behind.
    assert control.leftovers() == []
