"""Whether a resource's policy lets a service in: principals, actions, sources, refusals."""

import json
from typing import Any

import pytest

from lifeboat_emulator import policies

RULE = "arn:aws:events:us-west-2:123456789012:rule/rule-a"
SERVICE = "events.amazonaws.com"


def statement(**changes: Any) -> dict[str, Any]:
    plain = {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sns:Publish"}
    return {**plain, **changes}


def allowed(*statements: dict[str, Any]) -> bool:
    policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return policies.allows(policy, "sns:Publish", SERVICE, RULE)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"Action": ["sns:*"]},
        {"Action": "SNS:Publish"},
        {"Principal": "*"},
        {"Principal": {"Service": ["other.amazonaws.com", SERVICE]}},
        {"Condition": {"ArnEquals": {"aws:SourceArn": RULE}}},
        {"Condition": {"ArnLike": {"AWS:SourceArn": ["arn:aws:events:*:*:rule/*"]}}},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}},
    ],
)
def test_a_statement_that_fits_lets_it_in(changes: dict[str, Any]) -> None:
    assert allowed(statement(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"Action": "sns:Subscribe"},
        {"Principal": {"Service": "sqs.amazonaws.com"}},
        {"Principal": {"AWS": "123456789012"}},
        {"Condition": {"ArnEquals": {"aws:SourceArn": RULE + "-other"}}},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "210987654321"}}},
        {"Condition": {"StringEquals": {"aws:SourceOwner": "123456789012"}}},
        {"Condition": {"Bool": {"aws:Unknown": "true"}}},
    ],
)
def test_one_that_does_not_keeps_it_out(changes: dict[str, Any]) -> None:
    assert not allowed(statement(**changes))


def test_a_denial_outweighs() -> None:
    insecure = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    assert allowed(statement(), statement(Effect="Deny", Principal="*", **insecure))
    assert not allowed(statement(), statement(Effect="Deny", Principal="*"))


def test_no_policy_lets_nobody_in() -> None:
    assert not policies.allows(None, "sns:Publish", SERVICE, RULE)
    assert not policies.allows("", "sns:Publish", SERVICE, RULE)
