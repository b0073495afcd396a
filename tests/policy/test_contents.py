from __future__ import annotations

from dataclasses import replace

import pytest

from egov_infra.manifest.load import LoadedInstitution
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.stacks import plan_institution
from egov_infra.policy.subjects.contents import Contents, contents_of


@pytest.fixture(scope="module")
def stack(erb: LoadedInstitution, context: PlanContext) -> StackPlan:
    """ERB's production environment."""
    planned = plan_institution(erb.institution, context)
    return next(item for item in planned if item.name == "erb.tenancy.prod")


def _contents(stack: StackPlan, *more: PlannedResource) -> Contents:
    return contents_of(replace(stack, resources=(*stack.resources, *more)))


def _resource(stack: StackPlan, kind: str, **inputs: str) -> PlannedResource:
    return PlannedResource(
        f"aws:{kind}", "extra", inputs, stack.owner, stack.name, stack.account, stack.region, ()
    )


def test_production_of_the_baseline_is_whole(stack: StackPlan) -> None:
    """Everything that rules ask of an environment, as the blueprint plans it."""
    assert _contents(stack) == Contents(
        networks=("10.40.18.0/24",),
        subnets=(
            "10.40.18.0/26",
            "10.40.18.64/26",
            "10.40.18.128/26",
            "10.40.18.192/27",
            "10.40.18.224/27",
        ),
        budget_usd=450,
        told_percent=(50, 80, 100),
        hears_break_glass=True,
        internet_ways=("erb-tenancy-prod-front-gateway", "erb-tenancy-prod-front-route"),
        hub_tables=("hub_routes_prod", "hub_routes_prod"),
        stores=("erb-prod-records-210000000017", "erb-prod-exports-210000000017"),
        unselected=(),
        is_continuous=False,
        is_copied=False,
    )


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("ec2/internetGateway:InternetGateway", {}),
        ("ec2/natGateway:NatGateway", {}),
        ("ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway", {}),
        ("ec2/eip:Eip", {}),
        ("ec2/route:Route", {"destination_cidr_block": "0.0.0.0/0"}),
        ("ec2/route:Route", {"destination_ipv6_cidr_block": "::/0"}),
    ],
)
def test_every_way_to_the_internet_is_seen(stack: StackPlan, kind: str, inputs: dict[str, str]) -> None:
    """Gateways of each kind, addresses of its own, and default routes whatever they lead to."""
    found = _contents(stack, _resource(stack, kind, **inputs)).internet_ways
    assert set(found) - set(_contents(stack).internet_ways) == {"extra"}


def test_bucket_that_nobody_backs_up_is_named(stack: StackPlan) -> None:
    """Also one that no blueprint of today plans; the bucket of access logs is not meant."""
    extra = _resource(stack, "s3/bucket:Bucket", bucket="forgotten")
    assert _contents(stack, extra).unselected == ("forgotten",)


def test_alarm_that_tells_nobody_is_not_heard(stack: StackPlan) -> None:
    """An alarm without an action, or on another metric, is no alarm on the emergency role."""
    for change in ({"alarm_actions": ()}, {"metric_name": "SomethingElse"}):
        resources = tuple(
            replace(item, inputs={**item.inputs, **change}) if item.type.endswith(":MetricAlarm") else item
            for item in stack.resources
        )
        assert not contents_of(replace(stack, resources=resources)).hears_break_glass
