"""An isolated network: private subnets, nothing open by default, every packet logged, no way to the internet."""

from __future__ import annotations

from ipaddress import IPv4Network

from egov_infra.plan.account.platform import archive_bucket
from egov_infra.plan.arn import bucket_arn
from egov_infra.plan.tenancy.scope import TenancyScope
from egov_infra.plan.value import Document

_ZONES = {"small": 2, "medium": 3, "large": 3}
_GATEWAYS = {
    "s3": ("s3:GetObject", "s3:ListBucket", "s3:PutObject"),
    "dynamodb": (
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:DeleteItem",
        "dynamodb:DescribeTable",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
    ),
}
"""Services that have a gateway endpoint, and what may go through it."""


def add_network(scope: TenancyScope) -> None:
    """VPC, locked default security group, subnets over the zones, gateway endpoints, flow logs."""
    add, stack, tags = scope.add(), scope.stack, scope.tags
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
    zones = _ZONES[scope.environment.size]
    pieces = list(IPv4Network(scope.range).subnets(prefixlen_diff=2))
    for number in range(zones):
        zone = f"{stack.region}{'abc'[number]}"
        subnet = add(
            "ec2.Subnet",
            f"subnet-{'abc'[number]}",
            vpc_id=vpc.id,
            cidr_block=str(pieces[number]),
            availability_zone=zone,
            map_public_ip_on_launch=False,
            tags={**tags, "Name": f"{stack.name}-{'abc'[number]}"},
        )
        add(
            "ec2.RouteTableAssociation",
            f"routes-{'abc'[number]}",
            subnet_id=subnet.id,
            route_table_id=table.id,
        )
    for service, actions in _GATEWAYS.items():
        add(
            "ec2.VpcEndpoint",
            f"endpoint-{service}",
            vpc_id=vpc.id,
            service_name=f"com.amazonaws.{stack.region}.{service}",
            vpc_endpoint_type="Gateway",
            route_table_ids=(table.id,),
            policy=_own_account_only(stack.account, actions),
            tags=tags,
        )
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


def _own_account_only(account: str, actions: tuple[str, ...]) -> Document:
    """Through the endpoint only principals of this account reach only what is this account's (NIST AC-4)."""
    return Document(
        {
            "Version": "2012-10-17",
            "Statement": (
                {
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": actions,
                    "Resource": "*",
                    "Condition": {
                        "StringEquals": {"aws:PrincipalAccount": account, "aws:ResourceAccount": account}
                    },
                },
            ),
        }
    )
