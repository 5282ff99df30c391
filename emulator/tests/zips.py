"""Small functions for Lambda, as zips, and what a test needs around them."""

import io
import json
import time
import zipfile
from collections.abc import Callable
from typing import Any

from tests.conftest import Client

ROLE = "role-fn-abc123"
PATIENCE = 20.0


def zipped(source: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app/main.py", source)
        archive.writestr("app/__init__.py", "")
    return packed.getvalue()


def create_function(
    client: Client, name: str, source: str, *, region: str = "us-east-1", **settings: Any
) -> str:
    """The ARN of a new function, which handles events with `handle`."""
    made = client("lambda", region).create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=_role(client),
        Handler="app.main.handle",
        Code={"ZipFile": zipped(source)},
        **settings,
    )
    return str(made["FunctionArn"])


def allow(client: Client, actions: str | list[str], resources: str | list[str]) -> None:
    """Let the role of the tests' functions do this, and nothing else."""
    statement = {"Effect": "Allow", "Action": actions, "Resource": resources}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client("iam").put_role_policy(RoleName=ROLE, PolicyName="allow", PolicyDocument=policy)


def _role(client: Client) -> str:
    iam = client("iam")
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "lambda.amazonaws.com"},
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    known = [role["RoleName"] for role in iam.list_roles()["Roles"]]
    if ROLE not in known:
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust)
        allow(client, "*", "*")
    return str(iam.get_role(RoleName=ROLE)["Role"]["Arn"])


def invoke(awslambda: Any, name: str, event: Any = None, **how: Any) -> Any:
    answer = awslambda.invoke(FunctionName=name, Payload=json.dumps(event), **how)
    return answer, json.load(answer["Payload"])


def eventually(look: Callable[[], Any]) -> Any:
    """What `look` finds as soon as it finds something."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it never came")
