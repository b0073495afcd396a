"""What is planned for an environment, taken together: what no single resource shows, above all what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from egov_infra.plan.arn import role_arn
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.tenancy.access import BREAK_GLASS
from egov_infra.plan.value import StackRef
from egov_infra.source.frozen import frozen

_AT_HUB = (
    "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation",
    "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation",
)
_WAYS_OUT = (
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",
    "aws:ec2/eip:Eip",
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/natGateway:NatGateway",
)
_LOG_DELIVERY = "logging.s3.amazonaws.com"
_ANYWHERE = ("0.0.0.0/0", "::/0")


@frozen
class Contents:
    """A tenancy stack as a whole."""

    networks: tuple[str, ...]
    """Ranges of its networks."""
    subnets: tuple[str, ...]
    """Ranges of their parts."""
    budget_usd: int | None
    """Its share of the tenancy's limit of cost, in US dollars a month; absent without a budget."""
    told_percent: tuple[int, ...]
    """Shares of that at which somebody is told, in percent."""
    hears_break_glass: bool
    """Whether use of the emergency role raises an alarm that tells somebody."""
    internet_ways: tuple[str, ...]
    """Resources that lead to the internet or from it."""
    hub_tables: tuple[str, ...]
    """The hub's route tables in which the network is placed: outputs of the platform, or what stands there instead."""
    stores: tuple[str, ...]
    """Buckets that hold data: all but those that take access logs."""
    unselected: tuple[str, ...]
    """Those of them that no backup selection names."""
    is_continuous: bool
    """Whether its backups can be restored to any point in time."""
    is_copied: bool
    """Whether its backups are copied to a vault elsewhere."""


def contents_of(stack: StackPlan) -> Contents:
    """What a tenancy stack holds."""
    by_type: dict[str, list[PlannedResource]] = {}
    for resource in stack.resources:
        by_type.setdefault(resource.type, []).append(resource)

    def values(token: str, name: str) -> list[Any]:
        return [item.inputs.get(name) for item in by_type.get(token, ())]

    stores = _stores(by_type)
    selected = {arn for arns in values("aws:backup/selection:Selection", "resources") for arn in arns or ()}
    rules = [rule for found in values("aws:backup/plan:Plan", "rules") for rule in found or ()]
    limits = values("aws:budgets/budget:Budget", "limit_amount")
    alerts = [
        alert for found in values("aws:budgets/budget:Budget", "notifications") for alert in found or ()
    ]
    placed = [value for token in _AT_HUB for value in values(token, "transit_gateway_route_table_id")]
    return Contents(
        networks=tuple(values("aws:ec2/vpc:Vpc", "cidr_block")),
        subnets=tuple(values("aws:ec2/subnet:Subnet", "cidr_block")),
        budget_usd=sum(int(float(limit or 0)) for limit in limits) if limits else None,
        told_percent=tuple(sorted({int(alert["threshold"]) for alert in alerts if _tells(alert)})),
        hears_break_glass=_hears(by_type, role_arn(stack.account, BREAK_GLASS)),
        internet_ways=tuple(_internet_ways(by_type)),
        hub_tables=tuple(value.output if isinstance(value, StackRef) else str(value) for value in placed),
        stores=tuple(str(store) for store in stores.values()),
        unselected=tuple(str(store) for store in stores.values() if f"arn:aws:s3:::{store}" not in selected),
        is_continuous=any(rule.get("enable_continuous_backup") is True for rule in rules),
        is_copied=any(rule.get("copy_actions") for rule in rules),
    )


def _tells(alert: Mapping[str, Any]) -> bool:
    """Whether an alert of a budget reaches somebody."""
    return bool(alert.get("subscriber_email_addresses") or alert.get("subscriber_sns_topic_arns"))


def _stores(by_type: Mapping[str, list[PlannedResource]]) -> dict[str, Any]:
    """Logical name to bucket's name."""
    policies = by_type.get("aws:s3/bucketPolicy:BucketPolicy", ())
    targets = {
        item.inputs.get("bucket") for item in policies if _LOG_DELIVERY in str(item.inputs.get("policy"))
    }
    buckets = by_type.get("aws:s3/bucket:Bucket", ())
    return {item.name: item.inputs.get("bucket") for item in buckets if item.id not in targets}


def _hears(by_type: Mapping[str, list[PlannedResource]], role: str) -> bool:
    """Whether a filter of the account's trail counts uses of a role, and an alarm on that count tells somebody."""
    counted = {
        (transformation.get("namespace"), transformation.get("name"))
        for item in by_type.get("aws:cloudwatch/logMetricFilter:LogMetricFilter", ())
        if role in str(item.inputs.get("pattern"))
        and isinstance(transformation := item.inputs.get("metric_transformation"), Mapping)
    }
    return any(
        (item.inputs.get("namespace"), item.inputs.get("metric_name")) in counted
        and bool(item.inputs.get("alarm_actions"))
        for item in by_type.get("aws:cloudwatch/metricAlarm:MetricAlarm", ())
    )


def _internet_ways(by_type: Mapping[str, list[PlannedResource]]) -> Iterator[str]:
    for token in _WAYS_OUT:
        yield from (item.name for item in by_type.get(token, ()))
    for item in by_type.get("aws:ec2/route:Route", ()):
        ends = ("destination_cidr_block", "destination_ipv6_cidr_block")
        if any(item.inputs.get(end) in _ANYWHERE for end in ends):
            yield item.name
    for item in by_type.get("aws:ec2/subnet:Subnet", ()):
        if item.inputs.get("map_public_ip_on_launch") is True:
            yield item.name
