"""What serves the public from the edge or from a database: Amazon CloudFront, load balancers, Amazon RDS."""

from __future__ import annotations

from egov_infra.cloud.adapter import Call
from egov_infra.cloud.holding import Holding

HOLDINGS = (
    Holding(
        "distribution",
        "cloudfront",
        Call("list_distributions", at="DistributionList.Items[].{id: Id, name: DomainName}", is_paged=True),
        "serves content to the world",
        types=("aws:cloudfront/distribution:Distribution",),
        is_global=True,
    ),
    Holding(
        "public load balancer",
        "elbv2",
        Call(
            "describe_load_balancers",
            at="LoadBalancers[?Scheme=='internet-facing'].{id: LoadBalancerArn, name: DNSName}",
            is_paged=True,
        ),
        "takes requests from the internet",
        types=("aws:lb/loadBalancer:LoadBalancer",),
    ),
    Holding(
        "public database",
        "rds",
        Call(
            "describe_db_instances",
            at="DBInstances[?PubliclyAccessible].{id: DBInstanceIdentifier, name: Engine}",
            is_paged=True,
        ),
        "is reachable from the internet",
        types=("aws:rds/instance:Instance",),
    ),
)
