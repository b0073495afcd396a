"""`application`: a hosted application beside its tier, and what is planned for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from egov_infra.model.estate import SHARED_CLASS
from egov_infra.plan.account.shared import application_host, application_path
from egov_infra.plan.context import PlanContext
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.resource import StackPlan
from egov_infra.policy.subject import Kind, Planned, Stacks, Subject, model_kind
from egov_infra.policy.subjects.contents import contents_of
from egov_infra.policy.subjects.hosted import Hosted, hosted_of
from egov_infra.source.frozen import frozen


@frozen
class Application:
    """An application, what its tier demands, and what is planned."""

    name: str
    """Its name in the manifest."""
    blueprint: str
    """What it is built from, such as `registry`."""
    environment: str
    """The environment that it runs in."""
    tier: Literal["T0", "T1", "T2", "T3"]
    """How soon it must be back, and how little may get lost."""
    recovery_point_minutes: int
    """How much its tier lets get lost."""
    tenancy_recovery_point_minutes: int
    """How much the tier of its tenancy lets get lost."""
    copies: int
    """Backup copies that its tier demands; two and more include another account."""
    is_copied: bool
    """Whether the backups of its environment are copied to a vault elsewhere."""
    host: str
    """Name under which the public reaches it."""
    is_delegated: bool
    """Whether the world asks our name servers for the host's domain."""
    plan: Hosted | None
    """What is planned for it; absent until the address lock gives its environment a range."""


def find(planned: Planned) -> Iterator[Subject]:
    """Each application of the institution."""
    institution, context = planned.loaded.institution, planned.context
    tenancy, tiers = institution.tenancy, context.estate.tiers
    if tenancy is None:
        return
    stacks = {stack.name: stack for stack in planned.stacks}
    for index, application in enumerate(institution.services.applications):
        environment, host = application.environment, institution.host_of(application) or ""
        stack = stacks.get(f"{institution.slug}.app-{application.name}.{environment}")
        ground = stacks.get(f"{institution.slug}.tenancy.{environment}")
        domain = institution.domain_of(host)
        delegated_on = domain.delegated_on if domain else None
        tier = tiers[application.in_tier]
        facts = Application(
            name=application.name,
            blueprint=application.blueprint,
            environment=environment,
            tier=application.in_tier,
            recovery_point_minutes=tier.recovery_point_minutes,
            tenancy_recovery_point_minutes=tiers[tenancy.tier].recovery_point_minutes,
            copies=tier.copies,
            is_copied=_is_copied(ground),
            host=host,
            is_delegated=delegated_on is not None and delegated_on <= context.today,
            plan=hosted_of(stack) if stack else None,
        )
        path = ("services", "applications", index)
        yield Subject(facts, f"services/applications/{application.name}", path)


def shared(context: PlanContext, stacks: Stacks) -> Iterator[Subject]:
    """The application of each shared account in which one runs; it is in no tenancy, so that its tier stands for both."""
    named = {stack.name: stack for stack in stacks}
    estate = context.estate
    for role, application in estate.hosting.items():
        stack = named.get(f"{PLATFORM}.{role}")
        tier = estate.tiers[application.in_tier]
        delegated_on = application.delegated_on
        facts = Application(
            name=role,
            blueprint=role,
            environment=SHARED_CLASS,
            tier=application.in_tier,
            recovery_point_minutes=tier.recovery_point_minutes,
            tenancy_recovery_point_minutes=tier.recovery_point_minutes,
            copies=tier.copies,
            is_copied=_is_copied(stack),
            host=application_host(estate, role),
            is_delegated=delegated_on is not None and delegated_on <= context.today,
            plan=hosted_of(stack) if stack else None,
        )
        yield Subject(facts, f"accounts/{role}/application", application_path(role))


def _is_copied(ground: StackPlan | None) -> bool:
    return ground is not None and contents_of(ground).is_copied


KIND: Kind = model_kind("application", Application, find, shared)
