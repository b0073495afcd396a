from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.model.institution import Institution
from egov_infra.plan.canonical import plain
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.stacks import plan_institution
from egov_infra.plan.value import Document, Ref, StackRef


def _stacks(institution: Institution, context: PlanContext) -> dict[str, StackPlan]:
    return {stack.name: stack for stack in plan_institution(institution, context)}


@pytest.fixture(scope="module")
def register(erb: LoadedInstitution, context: PlanContext) -> StackPlan:
    """ERB's register."""
    return _stacks(erb.institution, context)["erb.app-register.prod"]


@pytest.fixture(scope="module")
def tickets(source: EstateSource, context: PlanContext) -> StackPlan:
    """TRC's sale of tickets."""
    return _stacks(source.read("trc").institution, context)["trc.app-tickets.prod"]


def _changed(institution: Institution, context: PlanContext, **changes: Any) -> StackPlan:
    """The stack of the first application, with changes of what its manifest says."""
    data = institution.model_dump(by_alias=True)
    (application,) = data["services"]["applications"]
    data["services"]["applications"] = ({**application, **changes},)
    stacks = _stacks(Institution.model_validate(data), context)
    return next(stack for name, stack in stacks.items() if ".app-" in name)


def _one(stack: StackPlan, kind: str) -> Mapping[str, Any]:
    (found,) = _of(stack, kind)
    return found.inputs


def _of(stack: StackPlan, kind: str) -> list[PlannedResource]:
    return [item for item in stack.resources if item.type.endswith(f":{kind}")]


def _container(stack: StackPlan) -> Mapping[str, Any]:
    document = _one(stack, "TaskDefinition")["container_definitions"]
    assert isinstance(document, Document)
    (container,) = document.body
    assert isinstance(container, Mapping)
    return container


REGISTER = {
    "Alias": 0,
    "Bucket": 1,
    "BucketObjectLockConfiguration": 1,
    "Certificate": 1,
    "Cluster": 1,
    "Instance": 1,
    "Listener": 1,
    "LoadBalancer": 1,
    "LogGroup": 4,
    "MetricAlarm": 7,
    "ParameterGroup": 1,
    "Queue": 0,
    "Role": 3,
    "Schedule": 0,
    "SecurityGroup": 3,
    "Selection": 1,
    "Service": 1,
    "Table": 0,
    "TaskDefinition": 1,
    "WebAcl": 1,
}
TICKETS = {
    **REGISTER,
    "Bucket": 0,
    "BucketObjectLockConfiguration": 0,
    "MetricAlarm": 11,
    "Queue": 4,
    "Role": 4,
    "Schedule": 1,
    "Table": 2,
}


@pytest.mark.parametrize(("name", "expected"), [("register", REGISTER), ("tickets", TICKETS)])
def test_application_is_made_of(name: str, expected: dict[str, int], request: pytest.FixtureRequest) -> None:
    """What a register has, and what a sale of tickets has beside it or instead."""
    stack: StackPlan = request.getfixturevalue(name)
    found = Counter(item.type.rpartition(":")[2] for item in stack.resources)
    assert {kind: found[kind] for kind in expected} == expected


def test_only_records_stand_in_another_account(register: StackPlan, context: PlanContext) -> None:
    """The environment's own account holds it all but the names, which stand in the institution's zone."""
    domains = context.estate.accounts["domains"].account
    away = [item for item in register.resources if item.account != register.account]
    assert {(item.type, item.account) for item in away} == {("aws:route53/record:Record", domains)}
    assert {item.inputs["zone_id"] for item in away} == {StackRef("erb.domain", "zone_id_erb-go-tz")}
    named = {(item.inputs["type"]) for item in away if item.inputs["name"] == "register.erb.go.tz"}
    assert named == {"A", "MX", "TXT"}


def test_public_reaches_the_balancer_and_nothing_behind_it(register: StackPlan) -> None:
    """Front subnets for it alone; one rule lets in the world, by TLS; every other one names the group it lets in."""
    assert _one(register, "LoadBalancer")["subnets"] == tuple(
        StackRef("erb.tenancy.prod", f"front_subnet_{letter}") for letter in "ab"
    )
    private = tuple(StackRef("erb.tenancy.prod", f"subnet_{letter}") for letter in "ab")
    network = _one(register, "Service")["network_configuration"]
    assert (network["subnets"], network["assign_public_ip"]) == (private, False)
    assert _one(register, "SubnetGroup")["subnet_ids"] == private
    entrances = {
        item.inputs["security_group_id"].resource.removeprefix("erb-app-register-prod-"): (  # type: ignore[union-attr]
            item.inputs["from_port"],
            plain(item.inputs.get("cidr_ipv4") or item.inputs["referenced_security_group_id"]),
        )
        for item in _of(register, "SecurityGroupIngressRule")
    }
    assert entrances == {
        "balancer-group": (443, "0.0.0.0/0"),
        "containers-group": (8443, {"$ref": ["erb-app-register-prod-balancer-group", "id"]}),
        "database-group": (5432, {"$ref": ["erb-app-register-prod-containers-group", "id"]}),
    }


def test_container_is_as_little_as_can_be(register: StackPlan) -> None:
    """By digest, read-only, nobody, without capabilities; it gets secrets by reference and settings without any."""
    container = _container(register)
    assert "@sha256:" in container["image"]
    assert (container["readonlyRootFilesystem"], container["user"], container["privileged"]) == (
        True,
        "10001",
        False,
    )
    assert container["linuxParameters"]["capabilities"] == {"drop": ("ALL",)}
    secret = Ref("erb-app-register-prod-database", "master_user_secrets[0].secret_arn")
    assert {one["name"]: one["valueFrom"].parts for one in container["secrets"]} == {
        "DATABASE_PASSWORD": (secret, ":password::"),
        "DATABASE_USER": (secret, ":username::"),
    }
    assert not {one["name"] for one in container["environment"]} & {"DATABASE_PASSWORD", "DATABASE_USER"}


def test_roles_reach_what_they_name(register: StackPlan) -> None:
    """The program writes certificates and nothing else; what starts it reads one secret."""
    policies = {
        str(item.inputs["name"]): plain(item.inputs["policy"])["$document"]["Statement"]
        for item in _of(register, "RolePolicy")
    }
    key = {"$stack": ["erb.tenancy.prod", "key_arn"]}
    assert [(one["Action"], one["Resource"]) for one in policies["task"]] == [
        (["s3:GetObject", "s3:PutObject"], ["arn:aws:s3:::erb-register-certificates-210000000017/*"]),
        (["kms:Decrypt", "kms:GenerateDataKey"], [key]),
    ]
    secret = {"$ref": ["erb-app-register-prod-database", "master_user_secrets[0].secret_arn"]}
    assert [one["Resource"] for one in policies["execution"]] == [
        ["arn:aws:logs:af-south-1:210000000017:log-group:/egov/erb-register:*"],
        [secret, key],
    ]


def test_boundary_permits_what_roles_of_applications_do(erb: LoadedInstitution, context: PlanContext) -> None:
    """Every action of every role of the application; and no more than before where none runs."""
    stacks = _stacks(erb.institution, context)

    def permitted(stack: StackPlan) -> set[str]:
        policy = next(item for item in stack.resources if item.type == "aws:iam/policy:Policy")
        return set(plain(policy.inputs["policy"])["$document"]["Statement"][0]["Action"])

    done = {
        action
        for item in _of(stacks["erb.app-register.prod"], "RolePolicy")
        for statement in plain(item.inputs["policy"])["$document"]["Statement"]
        for action in statement["Action"]
    }
    assert done <= permitted(stacks["erb.tenancy.prod"])
    assert not any(action.startswith("rds:") for action in permitted(stacks["erb.tenancy.test"]))


@pytest.mark.parametrize(
    ("tier", "expected"),
    [("T0", (True, 35, 4)), ("T1", (True, 35, 2)), ("T2", (True, 14, 2)), ("T3", (False, 7, 1))],
)
def test_tier_decides_zones_backup_and_containers(
    tier: str, expected: tuple[bool, int, int], erb: LoadedInstitution, context: PlanContext
) -> None:
    """What is lost with a zone, how far back one can go, and how many containers always run."""
    stack = _changed(erb.institution, context, tier=tier)
    database, scaling = _one(stack, "Instance"), _one(stack, "Target")
    assert (database["multi_az"], database["backup_retention_period"], scaling["min_capacity"]) == expected


def test_size_decides_containers_and_database(erb: LoadedInstitution, context: PlanContext) -> None:
    """A larger one has more of each."""
    found = []
    for size in ("small", "medium", "large"):
        stack = _changed(erb.institution, context, size=size)
        definition, database = _one(stack, "TaskDefinition"), _one(stack, "Instance")
        found.append((definition["cpu"], definition["memory"], database["instance_class"]))
    assert found == [
        ("512", "1024", "db.t4g.medium"),
        ("1024", "2048", "db.m7g.large"),
        ("2048", "4096", "db.m7g.xlarge"),
    ]


def test_applications_of_one_blueprint_differ_in_data_only(
    register: StackPlan, source: EstateSource, context: PlanContext
) -> None:
    """Two registers plan the same resources, but for names, accounts and images."""
    other = _stacks(source.read("psptb").institution, context)["psptb.app-register.prod"]
    assert [item.name.replace("psptb", "erb") for item in other.resources] == [
        item.name for item in register.resources
    ]
    assert [sorted(item.inputs) for item in other.resources] == [
        sorted(item.inputs) for item in register.resources
    ]


def test_payments_are_kept_seen_and_restorable(tickets: StackPlan) -> None:
    """Both queues have dead letters; payments that were seen expire, bookings stay and can be restored."""
    queues = {str(item.inputs["name"]): "redrive_policy" in item.inputs for item in _of(tickets, "Queue")}
    assert queues == {
        "trc-tickets-payments": True,
        "trc-tickets-payments-dead": False,
        "trc-tickets-releases": True,
        "trc-tickets-releases-dead": False,
    }
    tables = {
        str(item.inputs["name"]): (item.inputs.get("ttl"), item.inputs["point_in_time_recovery"])
        for item in _of(tickets, "Table")
    }
    assert tables == {
        "trc-tickets-bookings": (None, {"enabled": True}),
        "trc-tickets-seen-payments": (
            {"attribute_name": "expires_at", "enabled": True},
            {"enabled": True},
        ),
    }


def test_seats_are_given_back_on_schedule(tickets: StackPlan) -> None:
    """A reminder goes into the queue of releases, by a role that may do nothing else."""
    schedule = _one(tickets, "Schedule")
    target = schedule["target"]
    queue = Ref("trc-app-tickets-prod-releases-queue", "arn")
    assert (schedule["schedule_expression"], target["arn"]) == ("rate(5 minutes)", queue)
    assert json.loads(json.dumps(target["input"].body)) == {"do": "release-seats"}


def test_closed_institution_is_no_longer_guarded_by_aws(erb: LoadedInstitution, context: PlanContext) -> None:
    """AWS refuses to delete what it guards: whoever closes an institution applies that first, and destroys then."""
    data = erb.institution.model_dump(by_alias=True)
    data["institution"] = {**data["institution"], "state": "closed"}
    stack = _stacks(Institution.model_validate(data), context)["erb.app-register.prod"]
    assert _one(stack, "Instance")["deletion_protection"] is False
    assert _one(stack, "LoadBalancer")["enable_deletion_protection"] is False
    assert _one(stack, "Instance")["skip_final_snapshot"] is False


def test_secrets_of_the_manifest_are_handed_over_by_reference(
    erb: LoadedInstitution, context: PlanContext
) -> None:
    """ECS reads them when it starts a container; a note says where somebody puts the value."""
    secret = {"store": "secretsmanager", "name": "erb/mailer"}
    stack = _changed(erb.institution, context, secrets={"MAILER_KEY": secret})
    handed = {one["name"]: one["valueFrom"] for one in _container(stack)["secrets"]}
    arn = "arn:aws:secretsmanager:af-south-1:210000000017:secret:erb/mailer"
    assert handed["MAILER_KEY"] == arn
    assert stack.notes == (
        "keep the value of MAILER_KEY as secret erb/mailer in account 210000000017, region af-south-1",
    )


def test_application_without_a_range_is_not_planned(erb: LoadedInstitution, context: PlanContext) -> None:
    """It has no network to stand in; the check of the lock names that."""
    without = replace(context, addresses={"erb/test": context.addresses["erb/test"]})
    assert not [name for name in _stacks(erb.institution, without) if ".app-" in name]


@pytest.mark.parametrize("name", ["register", "a--b-", "register-of-all-the-engineers"])
def test_names_are_such_as_aws_takes(name: str, erb: LoadedInstitution, context: PlanContext) -> None:
    """A database's and a load balancer's: no two hyphens in a row, none at the end, 32 characters at most."""
    stack = _changed(erb.institution, context, name=name)
    for found in (_one(stack, "Instance")["identifier"], _one(stack, "LoadBalancer")["name"]):
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", found)
        assert len(found) <= 32
