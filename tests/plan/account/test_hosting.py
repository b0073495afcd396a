from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from egov_infra.manifest.load import LoadedInstitution
from egov_infra.model.estate import Estate, Role
from egov_infra.plan.canonical import plain
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.stacks import plan_institution, plan_platform
from egov_infra.plan.value import Ref, StackRef

ROLES: tuple[Role, ...] = ("e-office", "helpdesk")


def _platform(context: PlanContext) -> dict[str, StackPlan]:
    return {stack.name: stack for stack in plan_platform(context)}


def _of(stack: StackPlan, kind: str) -> list[PlannedResource]:
    return [item for item in stack.resources if item.type.endswith(f":{kind}")]


def _one(stack: StackPlan, kind: str) -> Mapping[str, Any]:
    (found,) = _of(stack, kind)
    return found.inputs


def _roles(stack: StackPlan) -> set[str]:
    prefix = f"{stack.name.replace('.', '-')}-"
    return {item.name.removeprefix(prefix) for item in stack.resources}


@pytest.mark.parametrize("role", ROLES)
def test_shared_account_hosts_with_what_an_environment_and_an_application_have(
    role: Role, erb: LoadedInstitution, context: PlanContext
) -> None:
    """Network, endpoints, place at the hub, backups, and the application itself: nothing of it is missing."""
    stacks = {stack.name: stack for stack in plan_institution(erb.institution, context)}
    tenancy, application = (_roles(stacks[f"erb.{part}.prod"]) for part in ("tenancy", "app-register"))
    of_people = {name for name in tenancy if name.startswith(("role-", "break-glass", "trail-", "data-"))}
    of_people |= {"budget", "alarms-security", "backup-selection", "logs"}
    third_zone = {"subnet-c", "routes-c"}
    more_endpoints = {"endpoint-ssm", "endpoint-monitoring"}
    certificates = {name for name in application if name.startswith("certificates-")}
    expected = (tenancy - of_people - third_zone - more_endpoints) | (application - certificates)
    assert expected - _roles(_platform(context)[f"platform.{role}"]) == set()


@pytest.mark.parametrize(("role", "given"), [("e-office", "10.50.0"), ("helpdesk", "10.50.1")])
def test_network_has_the_range_of_the_lock_and_one_way_in(
    role: Role, given: str, context: PlanContext
) -> None:
    """Two private subnets without a default route, two front subnets with one, and the hub's table of the class."""
    stack, prefix = _platform(context)[f"platform.{role}"], f"platform-{role}"
    assert _one(stack, "Vpc")["cidr_block"] == f"{given}.0/24"
    subnets = {
        item.name.removeprefix(f"{prefix}-"): item.inputs["cidr_block"] for item in _of(stack, "Subnet")
    }
    assert subnets == {
        "subnet-a": f"{given}.0/26",
        "subnet-b": f"{given}.64/26",
        "front-subnet-a": f"{given}.192/27",
        "front-subnet-b": f"{given}.224/27",
    }
    routes = {
        (item.inputs["route_table_id"].resource, item.inputs["destination_cidr_block"])  # type: ignore[union-attr]
        for item in _of(stack, "Route")
    }
    assert routes == {(f"{prefix}-front-routes", "0.0.0.0/0"), (f"{prefix}-routes", "10.50.0.0/20")}
    group = _one(stack, "DefaultSecurityGroup")
    assert (group["ingress"], group["egress"]) == ((), ())
    tables = {
        item.inputs["transit_gateway_route_table_id"]
        for item in stack.resources
        if "transit_gateway_route_table_id" in item.inputs
    }
    assert tables == {StackRef("platform.platform", "hub_routes_shared")}


@pytest.mark.parametrize("role", ROLES)
def test_what_stands_in_the_same_stack_is_waited_for(role: Role, context: PlanContext) -> None:
    """Roles need the boundary, a load balancer a way to the internet and a bucket that takes its logs."""
    stack, prefix = _platform(context)[f"platform.{role}"], f"platform-{role}"
    after = (f"{prefix}-boundary", f"{prefix}-front-route", f"{prefix}-access-logs-policy")
    waiting = {item.name for item in stack.resources if item.options.depends_on == after}
    assert waiting == {
        f"{prefix}-{name}" for name in ("balancer", "execution-role", "task-role", "backup-role")
    }
    (policy,) = (item for item in stack.resources if item.name == after[2])
    sids = [one["Sid"] for one in plain(policy.inputs["policy"])["$document"]["Statement"]]
    assert sids == ["TlsOnly", "AccessLogs", "BalancerLogs"]
    bucket = _one(stack, "LoadBalancer")["access_logs"]["bucket"]
    assert (
        bucket == next(item for item in _of(stack, "Bucket") if "access-logs" in item.name).inputs["bucket"]
    )


@pytest.mark.parametrize("role", ROLES)
def test_boundary_permits_what_roles_of_the_application_do(role: Role, context: PlanContext) -> None:
    """A role under a boundary that lacks an action fails in use only."""
    stack = _platform(context)[f"platform.{role}"]
    (boundary,) = (item for item in stack.resources if item.type == "aws:iam/policy:Policy")
    permitted = set(plain(boundary.inputs["policy"])["$document"]["Statement"][0]["Action"])
    done = [
        statement["Action"]
        for item in _of(stack, "RolePolicy")
        for statement in plain(item.inputs["policy"])["$document"]["Statement"]
    ]
    named = {action for one in done for action in ((one,) if isinstance(one, str) else one)}
    assert named - permitted == set()


def test_tier_decides_about_copies_in_another_account(context: PlanContext) -> None:
    """The e-office, which may lose a quarter of an hour, is copied to the platform's account; the helpdesk is not."""
    stacks = _platform(context)
    vaults = {
        role: [(item.account, item.inputs["name"]) for item in _of(stacks[f"platform.{role}"], "Vault")]
        for role in ROLES
    }
    assert vaults == {
        "e-office": [
            ("110000000004", "platform-e-office"),
            ("110000000001", "platform-e-office"),
        ],
        "helpdesk": [("110000000005", "platform-helpdesk")],
    }
    selected = {role: _one(stacks[f"platform.{role}"], "Selection")["resources"] for role in ROLES}
    assert selected == {
        "e-office": (
            "arn:aws:rds:af-south-1:110000000004:db:e-office",
            "arn:aws:dynamodb:af-south-1:110000000004:table/offices",
        ),
        "helpdesk": (
            "arn:aws:rds:af-south-1:110000000005:db:helpdesk",
            "arn:aws:dynamodb:af-south-1:110000000005:table/desk",
        ),
    }


def test_another_image_changes_the_definition_and_nothing_else(context: PlanContext) -> None:
    """What the application is made of does not depend on which version runs."""
    data = context.estate.model_dump(by_alias=True)
    data["helpdesk"]["application"]["image"] = f"registry.example.go.tz/ega/dawati@sha256:{'5' * 64}"
    before, after = (
        _platform(replace(context, estate=estate))["platform.helpdesk"].resources
        for estate in (context.estate, Estate.model_validate(data))
    )
    changed = [new.name for old, new in zip(before, after, strict=True) if old != new]
    assert changed == ["platform-helpdesk-definition"]


@pytest.mark.parametrize("role", ROLES)
def test_application_without_a_range_is_not_planned(role: Role, context: PlanContext) -> None:
    """It has no network to stand in; the check of the lock names that."""
    addresses = {key: given for key, given in context.addresses.items() if key != f"platform/{role}"}
    stack = _platform(replace(context, addresses=addresses))[f"platform.{role}"]
    assert not {"vpc", "balancer", "service", "database"} & _roles(stack)
    assert "key" in _roles(stack)


def test_host_stands_in_the_zone_of_its_own_stack(context: PlanContext) -> None:
    """All offices under one certificate; the desk has one name, in the domain that takes its mail."""
    expected = {"e-office": ("*.ofisi.ega.go.tz", "ofisi"), "helpdesk": ("tiketi.dawati.ega.go.tz", "dawati")}
    for role, (host, zone) in expected.items():
        stack = _platform(context)[f"platform.{role}"]
        assert _one(stack, "Certificate")["domain_name"] == host
        records = {
            item.inputs["type"]: item.inputs["zone_id"]
            for item in _of(stack, "Record")
            if item.inputs["name"] == host
        }
        own = Ref(f"platform-{role}-zone-{zone}-ega-go-tz", "id")
        assert records == dict.fromkeys(("A", "MX", "TXT"), own)
