"""Security groups of Amazon EC2, and their rules, each a resource of its own."""

from __future__ import annotations

from egov_infra.cloud.adapter import Adapter, Call, Members, Step
from egov_infra.cloud.adapters.ec2 import TAGS

GROUP = Adapter(
    type="aws:ec2/securityGroup:SecurityGroup",
    service="ec2",
    properties="name description vpc_id tags",
    local="revoke_rules_on_delete",
    id="{group_id}",
    names={"name": "GroupName"},
    create=Call("create_security_group"),
    reads=(Call("describe_security_groups", {"GroupIds": ["{group_id}"]}, at="SecurityGroups[0]"),),
    # a new group lets everything out; pulumi_aws takes that back
    steps=(
        Step(
            "description",
            Call(
                "revoke_security_group_egress",
                {"IpPermissions": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]},
            ),
            always=True,
        ),
    ),
    replaces="description",
    tags=TAGS,
    delete=Call("delete_security_group"),
    outputs={
        "arn": "arn:aws:ec2:{region}:{account}:security-group/{group_id}",
        "owner_id": "{account}",
    },
    listing=Call("describe_security_groups", at="SecurityGroups[].GroupId", is_paged=True),
)

_RULE = "ip_protocol from_port to_port cidr_ipv4 referenced_security_group_id description"


def _rule(direction: str) -> Adapter:
    """The adapter of rules that let something in, or out."""
    own = (
        f"SecurityGroupRules[?IsEgress==`{'true' if direction == 'egress' else 'false'}`].SecurityGroupRuleId"
    )
    return Adapter(
        type=f"aws:vpc/securityGroup{direction.capitalize()}Rule:SecurityGroup{direction.capitalize()}Rule",
        service="ec2",
        properties=f"security_group_id {_RULE} tags",
        id="{security_group_rule_id}",
        # the API has places of these names beside its permissions, for an older form
        names={"security_group_id": "GroupId", "ip_protocol": "-", "from_port": "-", "to_port": "-"},
        answers={
            "ip_protocol": "IpProtocol",
            "from_port": "FromPort",
            "to_port": "ToPort",
            "referenced_security_group_id": "ReferencedGroupInfo.GroupId",
        },
        create=Call(
            f"authorize_security_group_{direction}",
            {
                "IpPermissions": [
                    {
                        "IpProtocol": "{ip_protocol}",
                        "FromPort": "{from_port}",
                        "ToPort": "{to_port}",
                        "IpRanges": [{"CidrIp": "{cidr_ipv4}"}],
                        "UserIdGroupPairs": [{"GroupId": "{referenced_security_group_id}"}],
                    }
                ]
            },
            at="SecurityGroupRules[0]",
        ),
        reads=(
            Call(
                "describe_security_group_rules",
                {"SecurityGroupRuleIds": ["{security_group_rule_id}"]},
                at="SecurityGroupRules[0]",
            ),
        ),
        steps=(
            Step(
                _RULE,
                Call(
                    "modify_security_group_rules",
                    {
                        "GroupId": "{security_group_id}",
                        "SecurityGroupRules": [
                            {
                                "SecurityGroupRuleId": "{security_group_rule_id}",
                                "SecurityGroupRule": {
                                    "IpProtocol": "{ip_protocol}",
                                    "FromPort": "{from_port}",
                                    "ToPort": "{to_port}",
                                    "CidrIpv4": "{cidr_ipv4}",
                                    "ReferencedGroupId": "{referenced_security_group_id}",
                                    "Description": "{description}",
                                },
                            }
                        ],
                    },
                ),
            ),
        ),
        tags=TAGS,
        delete=Call(
            f"revoke_security_group_{direction}",
            {"GroupId": "{security_group_id}", "SecurityGroupRuleIds": ["{security_group_rule_id}"]},
        ),
        # moto's ModifySecurityGroupRules keeps the group that a rule refers to
        replaces="referenced_security_group_id",
        outputs={
            "arn": "arn:aws:ec2:{region}:{account}:security-group-rule/{security_group_rule_id}",
            "security_group_rule_id": "SecurityGroupRuleId",
        },
        listing=Call("describe_security_group_rules", at=own, is_paged=True),
        members=(
            Members(
                GROUP.type,
                Call(
                    "describe_security_group_rules",
                    {"Filters": [{"Name": "group-id", "Values": ["{group_id}"]}]},
                    at=own,
                    is_paged=True,
                ),
            ),
        ),
    )


ADAPTERS = (GROUP, _rule("ingress"), _rule("egress"))
