"""What an environment has for the applications that run there: a way in for the public, and what they read of it.

Containers and databases stand in the private subnets, whose table has no default route. Only load balancers stand in
the front subnets: the last quarter of the range, from which alone a route leads to the internet.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network

from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.tenancy.network import Network
from egov_infra.plan.tenancy.scope import TenancyScope
from egov_infra.plan.value import StackRef, Value

LETTERS = "ab"
"""Zones in which applications run."""
SUBNETS = tuple(f"subnet_{letter}" for letter in LETTERS)
"""Outputs that name private subnets."""
FRONT_SUBNETS = tuple(f"front_subnet_{letter}" for letter in LETTERS)
"""Outputs that name front subnets."""


def tenancy_output(slug: str, environment: str, name: str) -> StackRef:
    """An output of a tenancy stack, as the stacks of its applications read it."""
    return StackRef(f"{slug}.tenancy.{environment}", name)


def add_hosting(
    scope: TenancyScope, network: Network, key: PlannedResource, backup_plan: PlannedResource
) -> Mapping[str, Value]:
    """Plan internet gateway and front subnets with their routes; gives the stack's outputs."""
    add, stack = scope.add(), scope.stack
    named = {**scope.tags, "Name": f"{stack.name}-front"}
    gateway = add("ec2.InternetGateway", "front-gateway", vpc_id=network.vpc.id, tags=named)
    table = add("ec2.RouteTable", "front-routes", vpc_id=network.vpc.id, tags=named)
    add(
        "ec2.Route",
        "front-route",
        opts=Options(depends_on=(gateway.name,)),
        route_table_id=table.id,
        destination_cidr_block="0.0.0.0/0",
        gateway_id=gateway.id,
    )
    *_, quarter = IPv4Network(scope.range).subnets(prefixlen_diff=2)
    outputs: dict[str, Value] = {
        "vpc_id": network.vpc.id,
        "key_arn": key.arn,
        "backup_plan_id": backup_plan.id,
        **{name: subnet.id for name, subnet in zip(SUBNETS, network.subnets, strict=False)},
    }
    for letter, output, piece in zip(LETTERS, FRONT_SUBNETS, quarter.subnets(prefixlen_diff=1), strict=True):
        subnet = add(
            "ec2.Subnet",
            f"front-subnet-{letter}",
            vpc_id=network.vpc.id,
            cidr_block=str(piece),
            availability_zone=f"{stack.region}{letter}",
            map_public_ip_on_launch=False,
            tags={**scope.tags, "Name": f"{stack.name}-front-{letter}"},
        )
        add(
            "ec2.RouteTableAssociation",
            f"front-routes-{letter}",
            subnet_id=subnet.id,
            route_table_id=table.id,
        )
        outputs[output] = subnet.id
    return outputs
