"""An isolated network: private subnets, nothing open by default, every packet logged, no way to the internet."""

from __future__ import annotations

from ipaddress import IPv4Network

from egov_infra.plan.account.platform import archive_bucket
from egov_infra.plan.arn import bucket_arn
from egov_infra.plan.network.scope import NetworkScope
from egov_infra.plan.resource import PlannedResource
from egov_infra.source.frozen import frozen

_ZONES = {"small": 2, "medium": 3, "large": 3}


@frozen
class Network:
    """A network, for what is joined to it."""

    vpc: PlannedResource
    table: PlannedResource
    """The route table of every subnet."""
    subnets: tuple[PlannedResource, ...]
    """One a zone."""


def add_network(scope: NetworkScope) -> Network:
    """VPC, locked default security group, subnets over the zones, flow logs."""
    add, stack, tags = scope.add, scope.stack, scope.tags
    named = {**tags, "Name": stack.name}
    vpc = add(
        "ec2.Vpc",
        "vpc",
        cidr_block=scope.range,
        enable_dns_support=True,
        enable_dns_hostnames=True,
        tags=named,
    )
    add("ec2.DefaultSecurityGroup", "default-security-group", vpc_id=vpc.id, ingress=(), egress=(), tags=tags)
    table = add("ec2.RouteTable", "routes", vpc_id=vpc.id, tags=named)
    pieces = list(IPv4Network(scope.range).subnets(prefixlen_diff=2))
    subnets = []
    for number in range(_ZONES[scope.size]):
        letter = "abc"[number]
        subnet = add(
            "ec2.Subnet",
            f"subnet-{letter}",
            vpc_id=vpc.id,
            cidr_block=str(pieces[number]),
            availability_zone=f"{stack.region}{letter}",
            map_public_ip_on_launch=False,
            tags={**tags, "Name": f"{stack.name}-{letter}"},
        )
        add(
            "ec2.RouteTableAssociation",
            f"routes-{letter}",
            subnet_id=subnet.id,
            route_table_id=table.id,
        )
        subnets.append(subnet)
    add(
        "ec2.FlowLog",
        "flow-log",
        vpc_id=vpc.id,
        traffic_type="ALL",
        log_destination_type="s3",
        log_destination=bucket_arn(archive_bucket(scope.estate)),
        max_aggregation_interval=600,
        tags=tags,
    )
    return Network(vpc, table, tuple(subnets))
