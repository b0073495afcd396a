"""Services of AWS that a network reaches without the internet, and what may go through each endpoint."""

from __future__ import annotations

from egov_infra.plan.access_policy import policy, statement
from egov_infra.plan.key import USE
from egov_infra.plan.network.private import Network
from egov_infra.plan.network.scope import NetworkScope
from egov_infra.plan.resource import PlannedResource
from egov_infra.plan.value import Document, Value

HTTPS = 443
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
"""Services that have a gateway endpoint, which costs nothing, and what may go through it."""
_SMALL = {
    "kms": USE,
    "logs": ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
    "sts": ("sts:AssumeRole", "sts:GetCallerIdentity"),
}
_MEDIUM = {
    **_SMALL,
    "secretsmanager": ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
    "ssm": ("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"),
}
_LARGE = {**_MEDIUM, "monitoring": ("cloudwatch:PutMetricData",)}
_INTERFACES = {"small": _SMALL, "medium": _MEDIUM, "large": _LARGE}
"""By size of what runs there: an interface endpoint costs money by the hour, and an address in each subnet."""


def add_endpoints(scope: NetworkScope, network: Network) -> None:
    """Gateway endpoints for what holds data, interface endpoints for the rest, and the group that guards these."""
    add, tags = scope.add, scope.tags
    for service, actions in _GATEWAYS.items():
        add(
            "ec2.VpcEndpoint",
            f"endpoint-{service}",
            vpc_id=network.vpc.id,
            service_name=f"com.amazonaws.{scope.stack.region}.{service}",
            vpc_endpoint_type="Gateway",
            route_table_ids=(network.table.id,),
            policy=_own_account_only(scope.stack.account, actions),
            tags=tags,
        )
    group = _add_group(scope, network)
    for service, actions in {**scope.needs.endpoints, **_INTERFACES[scope.size]}.items():
        add(
            "ec2.VpcEndpoint",
            f"endpoint-{service}",
            vpc_id=network.vpc.id,
            service_name=f"com.amazonaws.{scope.stack.region}.{service}",
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=tuple(subnet.id for subnet in network.subnets),
            security_group_ids=(group.id,),
            policy=_own_account_only(scope.stack.account, actions),
            tags=tags,
        )


def _add_group(scope: NetworkScope, network: Network) -> PlannedResource:
    """Only the network itself reaches its endpoints, and only with TLS; nothing leaves them."""
    add, tags = scope.add, scope.tags
    group = add(
        "ec2.SecurityGroup",
        "endpoints-group",
        name="egov-endpoints",
        description="Interface endpoints",
        vpc_id=network.vpc.id,
        tags={**tags, "Name": f"{scope.stack.name}-endpoints"},
    )
    add(
        "vpc.SecurityGroupIngressRule",
        "endpoints-group-tls",
        security_group_id=group.id,
        description="TLS from this network",
        ip_protocol="tcp",
        from_port=HTTPS,
        to_port=HTTPS,
        cidr_ipv4=scope.range,
        tags=tags,
    )
    return group


def _own_account_only(account: str, actions: tuple[str, ...]) -> Document:
    """Through the endpoint only principals of this account reach only what is this account's (NIST AC-4).

    An action without a resource, such as `sts:GetCallerIdentity`, has no account of a resource either.
    """
    condition: dict[str, Value] = {
        "StringEquals": {"aws:PrincipalAccount": account},
        "StringEqualsIfExists": {"aws:ResourceAccount": account},
    }
    return policy(statement("*", actions, condition=condition))
