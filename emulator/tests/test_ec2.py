"""EC2: rules between security groups keep their description; a NAT gateway leaves nothing."""

from typing import Any

import pytest

from tests.conftest import Client
from tests.control_client import Control
from tests.errors import error_of


@pytest.fixture
def network(client: Client) -> Any:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    groups = [
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("database", "workload")
    ]
    return ec2, vpc, groups


def permission(**peer: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306, **peer}


def only_rule(ec2: Any, rule_id: str) -> Any:
    (rule,) = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule_id])[
        "SecurityGroupRules"
    ]
    return rule


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_a_rule_between_groups_keeps_its_description(network: Any, direction: str) -> None:
    ec2, _, (database, workload) = network
    authorize = getattr(ec2, f"authorize_security_group_{direction}")
    pair = {"GroupId": workload, "Description": "MySQL"}
    (created,) = authorize(GroupId=database, IpPermissions=[permission(UserIdGroupPairs=[pair])])[
        "SecurityGroupRules"
    ]
    rule = only_rule(ec2, created["SecurityGroupRuleId"])
    assert rule["Description"] == "MySQL"
    assert rule["ReferencedGroupInfo"]["GroupId"] == workload
    code, _ = error_of(
        authorize,
        GroupId=database,
        IpPermissions=[permission(UserIdGroupPairs=[{**pair, "Description": "other words"}])],
    )
    assert code == "InvalidPermission.Duplicate"


def test_a_rule_can_be_changed_whole(network: Any) -> None:
    ec2, _, (database, workload) = network
    (created,) = ec2.authorize_security_group_ingress(
        GroupId=database, IpPermissions=[permission(UserIdGroupPairs=[{"GroupId": workload}])]
    )["SecurityGroupRules"]
    rule_id = created["SecurityGroupRuleId"]

    def change(**wanted: Any) -> Any:
        ec2.modify_security_group_rules(
            GroupId=database,
            SecurityGroupRules=[
                {
                    "SecurityGroupRuleId": rule_id,
                    "SecurityGroupRule": {
                        "IpProtocol": "tcp",
                        "FromPort": 3307,
                        "ToPort": 3307,
                        **wanted,
                    },
                }
            ],
        )
        return only_rule(ec2, rule_id)

    rule = change(ReferencedGroupId=workload, Description="said later")
    assert (rule["FromPort"], rule["Description"]) == (3307, "said later")
    assert rule["ReferencedGroupInfo"]["GroupId"] == workload
    rule = change(CidrIpv4="10.0.0.0/24", Description="a range")
    assert (rule["CidrIpv4"], rule["Description"]) == ("10.0.0.0/24", "a range")
    assert "ReferencedGroupInfo" not in rule
    rule = change(IpProtocol="-1", FromPort=-1, ToPort=-1, CidrIpv6="2001:db8::/32")
    assert rule["CidrIpv6"] == "2001:db8::/32"
    assert "Description" not in rule
    code, _ = error_of(change)
    assert code == "MissingParameter"


def test_a_deleted_nat_gateway_frees_its_address_and_interface(
    network: Any, control: Control
) -> None:
    ec2, vpc, groups = network
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
    gateway = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation)["NatGateway"]
    ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
    (address,) = ec2.describe_addresses(AllocationIds=[allocation])["Addresses"]
    assert not address.get("AssociationId")

    ec2.release_address(AllocationId=allocation)
    ec2.delete_subnet(SubnetId=subnet)
    for group in groups:
        ec2.delete_security_group(GroupId=group)
    ec2.delete_vpc(VpcId=vpc)
    assert control.leftovers() == []


def test_a_fresh_region_has_no_volumes(client: Client) -> None:
    ec2 = client("ec2", "us-west-2")
    assert ec2.describe_volumes()["Volumes"] == []
    assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []
