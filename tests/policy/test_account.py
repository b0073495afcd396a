from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.stacks import plan_institution, plan_platform
from egov_infra.policy.finding import Verdict
from egov_infra.policy.judge import Judge
from egov_infra.policy.policies import Policies
from egov_infra.policy.subjects.account import find_account


def test_every_account_is_one_subject(
    source: EstateSource, erb: LoadedInstitution, context: PlanContext
) -> None:
    """The shared ones and those of tenancies; a stack in an account beside its own stack is none."""
    stacks = (*plan_platform(context), *plan_institution(erb.institution, context))
    found = {stack.name: find_account(stack, context.estate) for stack in stacks}
    assert {name: item.path for name, item in found.items() if item} == {
        **{f"platform.{role}": ("accounts", role) for role in source.estate.accounts},
        **{f"erb.tenancy.{name}": ("tenancy", "environments", name) for name in ("prod", "test")},
    }
    assert {name for name, item in found.items() if item is None} == {
        "erb.app-register.prod",
        "erb.domain",
        "erb.e-office",
        "erb.gateway",
        "erb.helpdesk",
    }


@pytest.mark.parametrize(
    ("missing", "rule"),
    [
        ("trail", "tenancy-trail-missing"),
        ("detector", "tenancy-threats-unwatched"),
        ("findings-target", "tenancy-threats-unwatched"),
        ("public-access-block", "tenancy-account-open"),
        ("boundary", "tenancy-boundary-missing"),
    ],
)
def test_what_a_shared_account_misses_is_found_in_the_estate(
    missing: str, rule: str, source: EstateSource, policies: Policies, context: PlanContext
) -> None:
    """As for tenancies, and at the account's line in estate.yaml."""
    judge = Judge(source, policies, context)
    judge.shared(_without(stack, f"platform-gmp-{missing}") for stack in plan_platform(context))
    found = [finding for finding in judge.finish(is_whole=False).findings if finding.rule == rule]
    assert [(finding.institution, finding.verdict) for finding in found] == [("platform", Verdict.FAIL)]
    assert found[0].place == source.document.place(("accounts", "gmp"))
    assert found[0].message.startswith("platform.gmp")


def _without(stack: StackPlan, name: str) -> StackPlan:
    return replace(stack, resources=tuple(item for item in stack.resources if item.name != name))


_OPEN = {"cidr_ipv4": "0.0.0.0/0", "ip_protocol": "tcp", "from_port": 443, "to_port": 443}


@pytest.mark.parametrize(
    ("ingress", "has_balancer", "rules"),
    [
        (_OPEN, True, set()),
        (_OPEN, False, {"tenancy-group-open-unbalanced"}),
        ({**_OPEN, "from_port": 22, "to_port": 22}, True, {"tenancy-port-open-to-world"}),
        ({**_OPEN, "ip_protocol": "-1"}, True, {"tenancy-port-open-to-world"}),
    ],
)
def test_only_a_balancer_is_open_to_the_world_and_only_for_tls(
    ingress: dict[str, Any],
    has_balancer: bool,
    rules: set[str],
    source: EstateSource,
    policies: Policies,
    context: PlanContext,
) -> None:
    """Port 443 on the group of a load balancer, and nothing else."""
    stack = StackBuilder("platform.gmp", "platform", "110000000003", "af-south-1")
    add = stack.at("accounts", "gmp")
    group = add("ec2.SecurityGroup", "front", description="The front", vpc_id="vpc-1")
    add("vpc.SecurityGroupIngressRule", "front-tls", security_group_id=group.id, **ingress)
    if has_balancer:
        add("lb.LoadBalancer", "balancer", load_balancer_type="application", security_groups=(group.id,))
    judge = Judge(source, policies, context)
    judge.shared([stack.build()])
    watched = {"tenancy-group-open-unbalanced", "tenancy-port-open-to-world"}
    found = {finding.rule for finding in judge.finish(is_whole=False).findings}
    assert found & watched == rules
