"""AWS's managed policies can be attached in a fresh account."""

from tests.conftest import Client
from tests.control_client import Control

MONITORING = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"


def test_a_managed_policy_attaches_and_is_nobodys_leftover(
    client: Client, control: Control
) -> None:
    iam = client("iam")
    iam.create_role(RoleName="monitoring", AssumeRolePolicyDocument="{}")
    iam.attach_role_policy(RoleName="monitoring", PolicyArn=MONITORING)
    attached = iam.list_attached_role_policies(RoleName="monitoring")["AttachedPolicies"]
    assert [each["PolicyArn"] for each in attached] == [MONITORING]
    assert iam.get_policy(PolicyArn=MONITORING)["Policy"]["AttachmentCount"] == 1
    assert [each["type"] for each in control.leftovers()] == ["role"]

    control.reset()
    assert client("iam").get_policy(PolicyArn=MONITORING)["Policy"]["AttachmentCount"] == 0
