from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from egov_infra.manifest.load import LoadedInstitution
from egov_infra.model.institution import Institution
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.stacks import plan_institution
from egov_infra.plan.value import Document, Ref

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
GROUP = "aws:ec2/securityGroup:SecurityGroup"


def _prod(erb: LoadedInstitution, context: PlanContext, size: str) -> StackPlan:
    data = erb.institution.model_dump(by_alias=True)
    data["tenancy"]["environments"]["prod"]["size"] = size
    data["services"]["applications"] = ()
    stacks = plan_institution(Institution.model_validate(data), context)
    return next(stack for stack in stacks if stack.name == "erb.tenancy.prod")


def _of(stack: StackPlan, token: str) -> list[PlannedResource]:
    return [resource for resource in stack.resources if resource.type == token]


def test_larger_environments_reach_more_services(erb: LoadedInstitution, context: PlanContext) -> None:
    """A small one has what its roles, keys and logs need; each size has what the smaller one has."""
    found = {
        size: [
            str(item.inputs["service_name"]).rpartition(".")[2]
            for item in _of(_prod(erb, context, size), ENDPOINT)
            if item.inputs["vpc_endpoint_type"] == "Interface"
        ]
        for size in ("small", "medium", "large")
    }
    assert found == {
        "small": ["kms", "logs", "sts"],
        "medium": ["kms", "logs", "sts", "secretsmanager", "ssm"],
        "large": ["kms", "logs", "sts", "secretsmanager", "ssm", "monitoring"],
    }


def test_endpoints_let_in_tls_from_their_own_network_only(
    erb: LoadedInstitution, context: PlanContext
) -> None:
    """One group guards them all; it has one rule, and nothing leaves it."""
    stack = _prod(erb, context, "medium")
    (group,) = _of(stack, GROUP)
    rules = [dict(item.inputs) for item in stack.resources if "SecurityGroup" in item.type and item != group]
    openings = [
        {key: rule[key] for key in ("security_group_id", "ip_protocol", "from_port", "to_port", "cidr_ipv4")}
        for rule in rules
        if "security_group_id" in rule
    ]
    assert openings == [
        {
            "security_group_id": Ref(group.name, "id"),
            "ip_protocol": "tcp",
            "from_port": 443,
            "to_port": 443,
            "cidr_ipv4": context.addresses["erb/prod"],
        }
    ]
    assert "egress" not in group.inputs
    interfaces = [item for item in _of(stack, ENDPOINT) if item.inputs["vpc_endpoint_type"] == "Interface"]
    assert {item.inputs["security_group_ids"] for item in interfaces} == {(Ref(group.name, "id"),)}


def test_through_an_endpoint_only_the_own_account_is_reached(
    erb: LoadedInstitution, context: PlanContext
) -> None:
    """By principals of the account, and nobody's actions are a service's all."""
    stack = _prod(erb, context, "large")
    for endpoint in _of(stack, ENDPOINT):
        policy = endpoint.inputs["policy"]
        assert isinstance(policy, Document)
        assert isinstance(policy.body, Mapping)
        statements: Any = policy.body["Statement"]
        assert [item["Condition"] for item in statements] == [
            {
                "StringEquals": {"aws:PrincipalAccount": stack.account},
                "StringEqualsIfExists": {"aws:ResourceAccount": stack.account},
            }
        ]
        assert not [action for item in statements for action in item["Action"] if action.endswith(":*")]
