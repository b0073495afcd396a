from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.model.institution import Institution
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.stacks import plan_institution, plan_platform
from egov_infra.plan.value import Document, Ref


@pytest.fixture(scope="module")
def stacks(erb: LoadedInstitution, context: PlanContext) -> dict[str, StackPlan]:
    """ERB's tenancies by environment."""
    planned = plan_institution(erb.institution, context)
    return {stack.name.rpartition(".")[2]: stack for stack in planned if ".tenancy." in stack.name}


def _of(stack: StackPlan, kind: str) -> list[PlannedResource]:
    return [resource for resource in stack.resources if resource.type.endswith(f":{kind}")]


def test_each_environment_is_a_stack_in_its_own_account(stacks: dict[str, StackPlan]) -> None:
    """Nothing of an environment stands in another account, but what the hub holds of it."""
    accounts = {
        name: {item.account for item in stack.resources if "ec2transitgateway/" not in item.type}
        for name, stack in stacks.items()
    }
    assert accounts == {"prod": {"210000000017"}, "test": {"210000000018"}}


def test_network_is_the_range_of_the_ledger(stacks: dict[str, StackPlan], context: PlanContext) -> None:
    """Subnets are disjoint parts of it, one a zone, three where the environment is not small."""
    for name, zones in (("prod", 3), ("test", 2)):
        stack = stacks[name]
        whole = IPv4Network(str(_of(stack, "Vpc")[0].inputs["cidr_block"]))
        assert str(whole) == context.addresses[f"erb/{name}"]
        subnets = [item for item in _of(stack, "Subnet") if "-front-" not in item.name]
        parts = [IPv4Network(str(subnet.inputs["cidr_block"])) for subnet in subnets]
        assert len({subnet.inputs["availability_zone"] for subnet in subnets}) == len(parts) == zones
        assert all(part.subnet_of(whole) for part in parts)
        assert not any(one.overlaps(other) for number, one in enumerate(parts) for other in parts[:number])


def test_no_way_leads_to_the_internet(stacks: dict[str, StackPlan]) -> None:
    """No gateway, no public address, no rule in the default group; where applications run, a way in for load balancers."""
    for name, stack in stacks.items():
        kinds = {resource.type.rpartition(":")[2] for resource in stack.resources}
        ways = kinds & {"InternetGateway", "NatGateway", "EgressOnlyInternetGateway", "Eip"}
        assert ways == ({"InternetGateway"} if name == "prod" else set())
        assert all(subnet.inputs["map_public_ip_on_launch"] is False for subnet in _of(stack, "Subnet"))
        assert [
            (group.inputs["ingress"], group.inputs["egress"]) for group in _of(stack, "DefaultSecurityGroup")
        ] == [((), ())]


def test_declared_buckets_keep_what_the_manifest_promises(stacks: dict[str, StackPlan]) -> None:
    """Locked for its retention where asked, kept as long, encrypted with the tenant's key, every access logged."""
    stack = stacks["prod"]
    locks = {
        lock.inputs["bucket"]: lock.inputs["rule"] for lock in _of(stack, "BucketObjectLockConfiguration")
    }
    records = Ref("erb-tenancy-prod-data-records-bucket", "id")
    assert locks == {records: {"default_retention": {"mode": "GOVERNANCE", "days": 3650}}}
    waiting = {lock.name: lock.options.depends_on for lock in _of(stack, "BucketObjectLockConfiguration")}
    assert waiting == {"erb-tenancy-prod-data-records-lock": ("erb-tenancy-prod-data-records-versioning",)}
    lifecycles = {str(item.name): item.inputs["rules"] for item in _of(stack, "BucketLifecycleConfiguration")}
    kept = {name: rules[0]["expiration"]["days"] for name, rules in lifecycles.items()}  # type: ignore[index,call-overload]
    assert kept == {
        "erb-tenancy-prod-access-logs-lifecycle": 400,
        "erb-tenancy-prod-data-records-lifecycle": 3650,
        "erb-tenancy-prod-data-exports-lifecycle": 90,
    }
    logged = {item.inputs["bucket"] for item in _of(stack, "BucketLogging")}
    assert logged == {records, Ref("erb-tenancy-prod-data-exports-bucket", "id")}


def test_every_role_stands_under_the_boundary(stacks: dict[str, StackPlan]) -> None:
    """And people need a second factor for theirs; break-glass lasts an hour."""
    for stack in stacks.values():
        roles = {str(role.inputs["name"]): role for role in _of(stack, "Role")}
        people = {"egov-reader", "egov-operator", "egov-break-glass"}
        services = {"egov-findings-router", "egov-trail"}
        buckets = {"egov-backup"} if _of(stack, "Selection") else set()
        assert set(roles) == people | services | buckets
        boundary = f"arn:aws:iam::{stack.account}:policy/egov-boundary"
        assert {role.inputs["permissions_boundary"] for role in roles.values()} == {boundary}
        assert roles["egov-break-glass"].inputs["max_session_duration"] == 3600
        trust = roles["egov-break-glass"].inputs["assume_role_policy"]
        assert isinstance(trust, Document)
        assert "aws:MultiFactorAuthPresent" in str(trust.body)


def test_keys_wait_as_long_as_their_class_says(stacks: dict[str, StackPlan]) -> None:
    """30 days in prod, 7 in test; both rotate."""
    found = {name: _of(stack, "Key")[0].inputs for name, stack in stacks.items()}
    assert {
        name: (key["deletion_window_in_days"], key["enable_key_rotation"]) for name, key in found.items()
    } == {
        "prod": (30, True),
        "test": (7, True),
    }


def test_environment_without_a_range_is_not_planned(erb: LoadedInstitution, context: PlanContext) -> None:
    """The check of the lock names it; nothing gets a network by accident."""
    without = replace(context, addresses={"erb/prod": context.addresses["erb/prod"]})
    names = [stack.name for stack in plan_institution(erb.institution, without)]
    assert names == [
        "erb.app-register.prod",
        "erb.domain",
        "erb.e-office",
        "erb.gateway",
        "erb.helpdesk",
        "erb.tenancy.prod",
    ]


def test_every_tenancy_of_the_estate_plans(source: EstateSource, context: PlanContext) -> None:
    """All 86 environments, with names that no two share within an account."""
    hosted = [item.institution for item in source.institutions() if item.institution.tenancy]
    planned = [
        stack
        for institution in hosted
        for stack in plan_institution(institution, context)
        if ".tenancy." in stack.name
    ]
    buckets = [str(bucket.inputs["bucket"]) for stack in planned for bucket in _of(stack, "Bucket")]
    assert len({stack.account for stack in planned}) == len(planned) == 86
    assert len(set(buckets)) == len(buckets)


def test_trails_go_to_the_archive_of_the_platform(stacks: dict[str, StackPlan], context: PlanContext) -> None:
    """The bucket that tenancies name is the one that the platform plans, locked for seven years."""
    platform = next(stack for stack in plan_platform(context) if stack.name == "platform.platform")
    archive = _of(platform, "Bucket")[0].inputs["bucket"]
    assert {_of(stack, "Trail")[0].inputs["s3_bucket_name"] for stack in stacks.values()} == {archive}
    assert _of(platform, "BucketObjectLockConfiguration")[0].inputs["rule"] == {
        "default_retention": {"mode": "GOVERNANCE", "days": 2557}
    }


def test_secret_data_is_logged_longest(erb: LoadedInstitution, context: PlanContext) -> None:
    """The classification decides how long logs are kept."""
    data = erb.institution.model_dump(by_alias=True)
    days = {}
    for classification in ("public", "secret"):
        data["institution"] = {**data["institution"], "classification": classification}
        stacks = plan_institution(Institution.model_validate(data), context)
        stack = next(item for item in stacks if item.name == "erb.tenancy.prod")
        days[classification] = _of(stack, "LogGroup")[0].inputs["retention_in_days"]
    assert days == {"public": 365, "secret": 1096}
