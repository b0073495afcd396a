from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.stacks import plan_institution
from egov_infra.plan.value import Ref, StackRef


@pytest.fixture(scope="module")
def stacks(erb: LoadedInstitution, context: PlanContext) -> dict[str, StackPlan]:
    """ERB's tenancies by environment."""
    planned = plan_institution(erb.institution, context)
    return {stack.name.rpartition(".")[2]: stack for stack in planned if ".tenancy." in stack.name}


def _of(stack: StackPlan, token: str) -> list[PlannedResource]:
    return [resource for resource in stack.resources if resource.type == f"aws:{token}"]


def test_attachment_takes_one_address_in_each_zone(stacks: dict[str, StackPlan]) -> None:
    """All subnets of the environment, and traffic of one flow may change its zone."""
    for name, letters in (("prod", "abc"), ("test", "ab")):
        (attachment,) = _of(stacks[name], "ec2transitgateway/vpcAttachment:VpcAttachment")
        assert attachment.inputs["subnet_ids"] == tuple(
            Ref(f"erb-tenancy-{name}-subnet-{letter}", "id") for letter in letters
        )
        assert attachment.inputs["appliance_mode_support"] == "disable"
        assert attachment.account == stacks[name].account


def test_hub_places_an_environment_in_the_table_of_its_class_only(
    stacks: dict[str, StackPlan], context: PlanContext
) -> None:
    """Association and propagation, both in the platform's account, after the attachment was accepted there."""
    platform = context.estate.accounts["platform"].account
    for name, stack in stacks.items():
        placed = [
            item
            for kind in ("Association", "Propagation")
            for item in _of(stack, f"ec2transitgateway/routeTable{kind}:RouteTable{kind}")
        ]
        (accepter,) = _of(stack, "ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter")
        assert {item.account for item in (*placed, accepter)} == {platform}
        assert [dict(item.inputs) for item in placed] == [
            {
                "transit_gateway_attachment_id": Ref(accepter.name, "id"),
                "transit_gateway_route_table_id": StackRef("platform.platform", f"hub_routes_{name}"),
            }
        ] * 2


def test_routes_lead_to_the_own_class_and_nowhere_else(source: EstateSource, context: PlanContext) -> None:
    """In the whole estate: every route goes to the hub, stays in the class's supernets and meets no other class's."""
    classes = context.estate.network.classes
    seen = set()
    for item in source.institutions():
        for stack in plan_institution(item.institution, context):
            for route in _of(stack, "ec2/route:Route"):
                if "gateway_id" in route.inputs:
                    continue  # the way in of an environment in which applications run
                name = stack.name.rpartition(".")[2]
                target = str(route.inputs["destination_cidr_block"])
                assert route.inputs["transit_gateway_id"] == StackRef("platform.platform", "hub_id")
                assert target in classes[name].supernets
                others = [net for other in classes if other != name for net in classes[other].supernets]
                assert not any(IPv4Network(target).overlaps(IPv4Network(net)) for net in others)
                seen.add((name, target))
    assert seen == {("prod", "10.40.0.0/14"), ("test", "10.48.0.0/15")}
