"""What a network has for the applications that run there: a way in for the public.

Containers and databases stand in the private subnets, whose table has no default route. Only load balancers stand in
the front subnets: the last quarter of the range, from which alone a route leads to the internet.
"""

from __future__ import annotations

from ipaddress import IPv4Network

from egov_infra.plan.network.private import Network
from egov_infra.plan.network.scope import NetworkScope
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.source.frozen import frozen

LETTERS = "ab"
"""Zones in which applications run."""


@frozen
class Front:
    """Where load balancers stand."""

    subnets: tuple[PlannedResource, ...]
    """One a zone."""
    route: PlannedResource
    """The way to the internet, without which no load balancer can face it."""


def add_front(scope: NetworkScope, network: Network) -> Front:
    """Plan internet gateway and front subnets with their routes."""
    add, stack = scope.add, scope.stack
    named = {**scope.tags, "Name": f"{stack.name}-front"}
    gateway = add("ec2.InternetGateway", "front-gateway", vpc_id=network.vpc.id, tags=named)
    table = add("ec2.RouteTable", "front-routes", vpc_id=network.vpc.id, tags=named)
    route = add(
        "ec2.Route",
        "front-route",
        opts=Options(depends_on=(gateway.name,)),
        route_table_id=table.id,
        destination_cidr_block="0.0.0.0/0",
        gateway_id=gateway.id,
    )
    *_, quarter = IPv4Network(scope.range).subnets(prefixlen_diff=2)
    subnets = []
    for letter, piece in zip(LETTERS, quarter.subnets(prefixlen_diff=1), strict=True):
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
        subnets.append(subnet)
    return Front(tuple(subnets), route)
