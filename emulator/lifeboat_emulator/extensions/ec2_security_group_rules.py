"""A security group rule keeps its description whatever its peer is, and can be changed whole.

Moto knows descriptions of address ranges only: those of rules between groups are lost, and
ModifySecurityGroupRules changes nothing else than ranges.
"""

from typing import Any

from moto.ec2.exceptions import (
    InvalidParameterCombination,
    InvalidSecurityGroupNotFoundError,
    InvalidSecurityGroupRuleIdNotFoundError,
    MissingParameter,
)
from moto.ec2.models import EC2Backend
from moto.ec2.models.security_groups import SecurityGroup, SecurityGroupRule

_PEERS = ("CidrIpv4", "CidrIpv6", "PrefixListId", "ReferencedGroupId")


def install() -> None:
    """Wrap the rule's constructor, replace its description and the modification."""
    original = SecurityGroupRule.__init__

    def __init__(self: SecurityGroupRule, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        peers = (self.ip_range, self.source_group, kwargs.get("prefix_list_id") or {})
        given = [peer["Description"] for peer in peers if peer.get("Description")]
        self.__dict__["lifeboat_description"] = given[0] if given else None
        # The description is no part of the peer: two rules that differ in it alone are the same.
        self.source_group.pop("Description", None)

    setattr(SecurityGroupRule, "__init__", __init__)
    setattr(SecurityGroupRule, "description", property(_description))
    setattr(EC2Backend, "modify_security_group_rules", _modify)


def _description(rule: SecurityGroupRule) -> str | None:
    described = rule.ip_range.get("Description") or rule.__dict__.get("lifeboat_description")
    return str(described) if described else None


def _modify(self: EC2Backend, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
    group = self.get_security_group_by_name_or_id(group_id)
    if group is None:
        raise InvalidSecurityGroupNotFoundError(group_id)
    for rule_id, wanted in rules.items():
        rule = group.get_rule(rule_id)
        if rule is None:
            raise InvalidSecurityGroupRuleIdNotFoundError(rule_id)
        _check(wanted)
        _change(rule, wanted, group)


def _check(wanted: dict[str, Any]) -> None:
    given = [name for name in _PEERS if wanted.get(name)]
    if not given:
        raise MissingParameter(
            "The request must contain exactly one of: cidrIp, cidrIpv6, prefixListId, or "
            "referencedGroupId"
        )
    if len(given) > 1:
        raise InvalidParameterCombination(
            "Only one of cidrIp, cidrIpv6, prefixListId, or referencedGroupId can be specified"
        )


def _change(rule: SecurityGroupRule, wanted: dict[str, Any], group: SecurityGroup) -> None:
    rule.ip_protocol = wanted.get("IpProtocol", rule.ip_protocol)
    everything = rule.ip_protocol == "-1"
    rule.from_port = None if everything else int(wanted["FromPort"])
    rule.to_port = None if everything else int(wanted["ToPort"])
    # AWS takes a missing description for none.
    description = wanted.get("Description")
    rule.__dict__["lifeboat_description"] = description
    rule.ip_range, rule.source_group, rule.prefix_list_id = {}, {}, None
    if wanted.get("CidrIpv4"):
        rule.ip_range = {"CidrIp": wanted["CidrIpv4"]}
    elif wanted.get("CidrIpv6"):
        rule.ip_range = {"CidrIpv6": wanted["CidrIpv6"]}
    elif wanted.get("PrefixListId"):
        rule.prefix_list_id = wanted["PrefixListId"]
    else:
        owner = group.owner_id
        rule.source_group = {
            "GroupId": wanted["ReferencedGroupId"],
            "OwnerId": owner,
            "UserId": owner,
        }
    if description and rule.ip_range:
        rule.ip_range["Description"] = description
